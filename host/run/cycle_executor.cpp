// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>
#include <utility>

#include "host/run/executor.hpp"

namespace edgemoe::host {
namespace {

class CycleExecutor : public Executor {
 public:
  CycleExecutor(Programs& programs, const models::BoardConfig& board,
                std::function<void(std::uint64_t)> progress)
      : programs_(programs), board_(board), progress_(std::move(progress)) {}

  Execution execute(const Frame& frame) override {
    if (frame.routing == nullptr) throw std::logic_error("cycle: no routing trace");
    const LoweredProgram& program = programs_.get(frame.tasks);
    sim::SimulationOptions options;
    options.progress = progress_;
    Execution execution;
    execution.timing =
        sim::simulate(program.commands, *frame.routing, programs_.design(), board_, options);
    return execution;
  }

 private:
  Programs& programs_;
  const models::BoardConfig& board_;
  std::function<void(std::uint64_t)> progress_;
};

}  // namespace

std::unique_ptr<Executor> make_cycle_executor(Programs& programs, const models::BoardConfig& board,
                                              std::function<void(std::uint64_t)> progress) {
  return std::make_unique<CycleExecutor>(programs, board, std::move(progress));
}

}  // namespace edgemoe::host
