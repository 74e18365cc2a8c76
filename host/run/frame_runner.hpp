// SPDX-License-Identifier: Apache-2.0
/// Runs one frame through the executors that an engine needs. Not for use outside this folder.
#pragma once

#include <chrono>
#include <ctime>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "host/compiler/bounds.hpp"
#include "host/run/executor.hpp"
#include "host/run/rtl_executor.hpp"
#include "host/run/session.hpp"

namespace edgemoe::host {

/// Wall time per phase, added up over a call, and the processor time of all its threads, which says
/// more on a busy machine.
class PhaseClock {
 public:
  template <class F>
  auto measure(const std::string& phase, F&& work) {
    const auto start = std::chrono::steady_clock::now();
    const std::clock_t cpu = std::clock();
    auto result = work();
    cpu_[phase] += static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC;
    phases_[phase] +=
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return result;
  }
  void add(const std::string& phase, double seconds) { phases_[phase] += seconds; }
  const std::map<std::string, double>& phases() const { return phases_; }
  const std::map<std::string, double>& cpu() const { return cpu_; }

 private:
  std::map<std::string, double> phases_, cpu_;
};

/// What the executors made of one frame.
struct FrameRun {
  std::optional<Execution> reference;
  std::optional<Execution> kernels;  ///< as it runs, or forced with force_routing
  std::optional<Execution>
      forced;  ///< kernels with the reference's routing, when not the one above
  std::optional<Execution> cycle;
  std::optional<RtlOutcome> rtl;  ///< beside `cycle`

  /// The values that maps, taps and queues come from: the reference's where no kernels exist.
  const Execution& shown() const { return kernels ? *kernels : *reference; }
  /// Values with the reference's routing; null when there are none.
  const Execution* with_forced_routing(bool force_routing) const {
    if (forced) return &*forced;
    return force_routing && kernels ? &*kernels : nullptr;
  }
};

class FrameRunner {
 public:
  using ImageLoader = std::function<std::vector<models::Image>()>;

  /// Loads weights and, for models without quantisation parameters (or when options.calibrate names
  /// images), calibrates on the images that `calibration` loads.
  FrameRunner(const SessionOptions& options, const Setup& setup, const ImageLoader& calibration,
              PhaseClock* clock);

  FrameRun run(const models::Image& image, const std::vector<int>& tasks);

  /// The program on the RTL, whose model is built when it is first needed; pixels are set.
  RtlOutcome run_rtl(LoweredProgram& program, const sim::SimulationResult& engine);

  /// Predicted quantisation noise of every tap for this image and task, from the reference's taps.
  TapPredictions predict_noise(const models::Image& image, const TaskValues& reference, int draws);

  Programs& programs() { return *programs_; }
  const models::Reference& reference() const { return *reference_; }
  /// Float weights and `quant.*`.
  const models::TensorMap& weights() const { return weights_; }
  std::uint64_t parameters() const { return parameters_; }
  /// Told what takes long, in words.
  void set_note(std::function<void(const std::string&)> note) { note_ = std::move(note); }
  /// Called by the cycle engine and the RTL now and then.
  void set_cycle_progress(std::function<void(std::uint64_t)> progress) {
    cycle_progress_ = std::move(progress);
  }

 private:
  /// As the gates choose, and with the reference's routing where that is asked for.
  void run_kernels(const std::vector<models::Routing>& routings, Frame* frame, FrameRun* run);
  void add_quantisation(const ImageLoader& calibration);
  void make_rtl();
  void write_event_log(const std::string& engine, const std::vector<sim::UnitEvent>& events) const;

  const SessionOptions& options_;
  const Setup& setup_;
  PhaseClock* clock_;
  models::TensorMap weights_;
  std::uint64_t parameters_ = 0;
  program::Precision precision_ = program::Precision::kW8A8;
  std::unique_ptr<models::Reference> reference_;
  std::unique_ptr<Programs> programs_;
  std::unique_ptr<NoisePredictor> predictor_;
  std::unique_ptr<Executor> reference_executor_, kernels_executor_, cycle_executor_,
      loops_executor_;
  std::unique_ptr<RtlExecutor> rtl_executor_;
  int frames_ = 0;
  std::function<void(std::uint64_t)> cycle_progress_;
  std::function<void(const std::string&)> note_;
};

}  // namespace edgemoe::host
