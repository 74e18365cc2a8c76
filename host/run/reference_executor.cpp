// SPDX-License-Identifier: Apache-2.0
#include "host/run/executor.hpp"
#include "models/reference/taps.hpp"

namespace edgemoe::host {
namespace {

/// Per-slot hidden activations have no counterpart in the kernels and are by far the largest
/// tensors.
class ComparableTaps : public models::TapRecorder {
 public:
  bool wants(const std::string& name) const override {
    return name.find(".moe.hidden") == std::string::npos;
  }
};

class ReferenceExecutor : public Executor {
 public:
  explicit ReferenceExecutor(const models::Reference& reference) : reference_(reference) {}

  Execution execute(const Frame& frame) override {
    std::vector<ComparableTaps> taps(frame.tasks.size());
    std::vector<models::TaskRequest> requests(frame.tasks.size());
    for (std::size_t s = 0; s < frame.tasks.size(); ++s) {
      requests[s].task = frame.tasks[s];
      requests[s].sink = &taps[s];
      if (frame.forced != nullptr) requests[s].forced = &(*frame.forced)[s];
    }
    std::vector<models::TaskResult> results = reference_.run_tasks(*frame.image, requests);
    Execution execution;
    for (std::size_t s = 0; s < results.size(); ++s) {
      TaskValues values;
      values.task = results[s].task;
      values.taps = std::move(taps[s].taps());
      values.tokens = std::move(results[s].tokens);
      values.routing = std::move(results[s].routing);
      values.head = std::move(results[s].head);
      execution.tasks.push_back(std::move(values));
    }
    return execution;
  }

 private:
  const models::Reference& reference_;
};

}  // namespace

std::unique_ptr<Executor> make_reference_executor(const models::Reference& reference) {
  return std::make_unique<ReferenceExecutor>(reference);
}

}  // namespace edgemoe::host
