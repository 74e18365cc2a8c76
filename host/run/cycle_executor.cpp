// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>
#include <utility>

#include "host/run/executor.hpp"

namespace edgemoe::host {
namespace {

class CycleExecutor : public Executor {
 public:
  CycleExecutor(Programs& programs, const models::BoardConfig& board,
                sim::SimulationOptions options)
      : programs_(programs), board_(board), options_(std::move(options)) {}

  Execution execute(const Frame& frame) override {
    if (frame.routing == nullptr) throw std::logic_error("cycle: no routing trace");
    const LoweredProgram& program = programs_.get(frame.tasks);
    Execution execution;
    execution.timing =
        sim::simulate(program.commands, *frame.routing, programs_.design(), board_, options_);
    return execution;
  }

 private:
  Programs& programs_;
  const models::BoardConfig& board_;
  sim::SimulationOptions options_;
};

}  // namespace

std::unique_ptr<Executor> make_cycle_executor(Programs& programs, const models::BoardConfig& board,
                                              sim::SimulationOptions options) {
  return std::make_unique<CycleExecutor>(programs, board, std::move(options));
}

}  // namespace edgemoe::host
