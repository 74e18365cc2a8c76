// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>

#include "host/run/executor.hpp"
#include "host/run/routing_bridge.hpp"
#include "sim/engine/errors.hpp"

namespace edgemoe::host {
namespace {

class LoopsExecutor : public Executor {
 public:
  LoopsExecutor(const models::LoopDesignConfig& loops, const models::ModelConfig& model,
                const models::BoardConfig& board, std::uint64_t max_cycles)
      : loops_(loops), model_(model), board_(board), max_cycles_(max_cycles) {}

  Execution execute(const Frame& frame) override {
    if (frame.routing == nullptr) throw std::logic_error("loops: no routing trace");
    Execution execution;
    for (std::size_t s = 0; s < frame.tasks.size(); ++s) {
      execution.loops.push_back(sim::run_design(
          loops_, model_, queues_of(*frame.routing, static_cast<int>(s)), board_.dram, &cache_));
      check_time(execution.loops.back().cycles);
    }
    return execution;
  }

 private:
  sim::Queues queues_of(const program::RoutingTrace& trace, int segment) const {
    sim::Queues queues;
    for (const auto& [layer, block] : routing_of_segment(trace, segment).blocks) {
      queues.push_back(block.load(model_.moe.experts));
    }
    return queues;
  }

  void check_time(sim::Cycle cycles) const {
    if (cycles <= max_cycles_) return;
    throw sim::TimeoutError(loops_.name + ": error: expected at most " +
                                std::to_string(max_cycles_) + " cycles a task, got " +
                                std::to_string(cycles),
                            cycles, {});
  }

  const models::LoopDesignConfig& loops_;
  const models::ModelConfig& model_;
  const models::BoardConfig& board_;
  std::uint64_t max_cycles_;
  sim::StageCache cache_;  // most stages are equal from frame to frame
};

}  // namespace

std::unique_ptr<Executor> make_loops_executor(const models::LoopDesignConfig& loops,
                                              const models::ModelConfig& model,
                                              const models::BoardConfig& board,
                                              std::uint64_t max_cycles) {
  return std::make_unique<LoopsExecutor>(loops, model, board, max_cycles);
}

}  // namespace edgemoe::host
