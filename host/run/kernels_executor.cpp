// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <stdexcept>

#include "host/run/executor.hpp"
#include "host/run/routing_bridge.hpp"
#include "host/run/tap_collector.hpp"
#include "models/reference/taps.hpp"

namespace edgemoe::host {
namespace {

class KernelsExecutor : public Executor {
 public:
  KernelsExecutor(const models::Reference& reference, Programs& programs)
      : reference_(reference), programs_(programs) {}

  Execution execute(const Frame& frame) override {
    LoweredProgram& program = programs_.get(frame.tasks);
    set_pixels(program, *frame.image);
    Execution execution;
    TapCollector collector(program);
    program::RoutingTrace forced;
    hls::SimulationHooks hooks;
    hooks.observer = &collector;
    hooks.routing = &execution.trace;
    if (frame.forced != nullptr) {
      forced = trace_of_routings(*frame.forced);
      hooks.forced = &forced;
    }
    execution.status = hls::run_program(program.image.data(), program.image.size(), hooks);
    check(*execution.status, program);
    for (const auto& [id, values] : collector.overflows())
      execution.overflows[program.info.at(static_cast<std::size_t>(id)).name] += values;
    collect(program, collector.finish(execution.trace), &execution);
    return execution;
  }

 private:
  static void check(const hls::RunStatus& status, const LoweredProgram& program) {
    if (status.error == hls::RunError::kNone) return;
    const std::size_t at = status.failed_command;
    throw std::logic_error("kernels refuse command " + std::to_string(at) + " (" +
                           (at < program.info.size() ? program.info[at].name : "?") + "), error " +
                           std::to_string(static_cast<int>(status.error)));
  }

  void collect(const LoweredProgram& program, std::vector<models::TensorMap> taps,
               Execution* execution) const {
    const models::ModelConfig& model = programs_.model();
    const std::string last = models::block_tap(model.depth() - 1, "x");
    for (std::size_t s = 0; s < program.tasks.size(); ++s) {
      TaskValues values;
      values.task = program.tasks[s];
      values.taps = std::move(taps[s]);
      values.tokens = result_tokens(program, model, 0, static_cast<int>(s));
      values.routing = routing_of_segment(execution->trace, static_cast<int>(s));
      const auto tap = values.taps.find(last);
      if (tap == values.taps.end() || tap->second.data != values.tokens.data)
        execution->results_match_taps = false;
      const auto start = std::chrono::steady_clock::now();
      values.head = reference_.head_forward(values.tokens, values.task);
      execution->head_seconds +=
          std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      if (values.head.size() != 0) {
        values.taps["head." + model.tasks[static_cast<std::size_t>(values.task)].name] =
            values.head;
      }
      execution->tasks.push_back(std::move(values));
    }
  }

  const models::Reference& reference_;
  Programs& programs_;
};

}  // namespace

std::unique_ptr<Executor> make_kernels_executor(const models::Reference& reference,
                                                Programs& programs) {
  return std::make_unique<KernelsExecutor>(reference, programs);
}

}  // namespace edgemoe::host
