// SPDX-License-Identifier: Apache-2.0
#include "host/run/frame_runner.hpp"

#include "host/compiler/calibrate.hpp"
#include "host/compiler/precision.hpp"
#include "host/run/calibration.hpp"
#include "host/run/routing_bridge.hpp"
#include "models/io/file.hpp"
#include "models/reference/taps.hpp"
#include "models/reference/weights.hpp"

namespace edgemoe::host {
namespace {

std::uint64_t count_parameters(const models::TensorMap& weights) {
  std::uint64_t count = 0;
  for (const auto& [name, tensor] : weights) {
    if (name.rfind("quant.", 0) != 0) count += tensor.size();
  }
  return count;
}

}  // namespace

FrameRunner::FrameRunner(const SessionOptions& options, const Setup& setup,
                         const ImageLoader& calibration, PhaseClock* clock)
    : options_(options), setup_(setup), clock_(clock) {
  weights_ = clock_->measure("weights", [&] { return models::load_weights(setup.model); });
  parameters_ = count_parameters(weights_);
  reference_ = std::make_unique<models::Reference>(setup.model, weights_);
  reference_executor_ = make_reference_executor(*reference_);
  if (setup.loops) {
    loops_executor_ =
        make_loops_executor(*setup.loops, setup.model, setup.board, options.max_cycles);
  }
  if (!setup.has_kernels()) return;
  precision_ = precision_of(setup.design.precision);
  const bool has_parameters =
      has_quantisation(weights_, precision_) &&
      (options.calibrate.empty() || precision_ == program::Precision::kW16A32);
  if (options.engine != Engine::kReference && !has_parameters) add_quantisation(calibration);
  programs_ = std::make_unique<Programs>(setup.model, weights_, setup.design);
  kernels_executor_ = make_kernels_executor(*reference_, *programs_);
  sim::SimulationOptions simulation;
  simulation.max_cycles = options.max_cycles;
  simulation.record_events = options.engine == Engine::kRtl || options.event_log;
  simulation.progress = [this](std::uint64_t cycle) {
    if (cycle_progress_) cycle_progress_(cycle);
  };
  cycle_executor_ = make_cycle_executor(*programs_, setup.board, std::move(simulation));
}

/// The model is built when it is first needed: that can take minutes, and a note says so.
void FrameRunner::make_rtl() {
  RtlOptions rtl;
  rtl.repository = setup_.root;
  rtl.libraries = setup_.root / "build" / "rtl";
  rtl.wave = options_.wave;
  rtl.wave_folder = options_.file_folder;
  rtl.max_cycles = options_.max_cycles;
  if (options_.event_log) {
    rtl.events = [this](const std::vector<sim::UnitEvent>& events) {
      write_event_log("rtl", events);
    };
  }
  rtl.progress = [this](std::uint64_t cycle) {
    if (cycle_progress_) cycle_progress_(cycle);
  };
  rtl.note = note_;
  rtl_executor_ =
      std::make_unique<RtlExecutor>(setup_.model, setup_.design, setup_.board, std::move(rtl));
}

RtlOutcome FrameRunner::run_rtl(LoweredProgram& program, const sim::SimulationResult& engine) {
  if (rtl_executor_ == nullptr) clock_->measure("rtl build", [&] { return make_rtl(), true; });
  return clock_->measure("rtl", [&] { return rtl_executor_->execute(program, engine); });
}

void FrameRunner::add_quantisation(const ImageLoader& calibration) {
  weights_.erase(weights_.lower_bound("quant."), weights_.lower_bound("quant/"));
  const std::vector<models::Image> images = calibration();
  const models::TensorMap parameters = clock_->measure("calibrate", [&] {
    return calibrated({precision_, &setup_.model, &weights_, &images}, *reference_);
  });
  weights_.insert(parameters.begin(), parameters.end());
}

TapPredictions FrameRunner::predict_noise(const models::Image& image, const TaskValues& reference,
                                          int draws) {
  return clock_->measure("bounds", [&] {
    if (!predictor_)
      predictor_ = std::make_unique<NoisePredictor>(setup_.model, weights_, precision_);
    return predictor_->predict(image, reference.task, reference.taps, draws);
  });
}

FrameRun FrameRunner::run(const models::Image& image, const std::vector<int>& tasks) {
  ++frames_;
  FrameRun run;
  Frame frame;
  frame.image = &image;
  frame.tasks = tasks;
  const bool needs_reference = options_.golden || options_.force_routing ||
                               options_.engine == Engine::kReference || !setup_.has_kernels();
  if (needs_reference)
    run.reference =
        clock_->measure("reference", [&] { return reference_executor_->execute(frame); });
  if (options_.engine == Engine::kReference) return run;

  std::vector<models::Routing> routings;
  if (run.reference) {
    for (const TaskValues& values : run.reference->tasks) routings.push_back(values.routing);
  }
  if (setup_.has_kernels()) run_kernels(routings, &frame, &run);
  const bool rtl = options_.engine == Engine::kRtl;
  // The time of a stream's frame is that of the program in which it runs with others.
  const bool alone = options_.stream.empty();
  if (alone && (options_.engine == Engine::kCycle || rtl)) {
    const program::RoutingTrace chosen =
        run.kernels ? run.kernels->trace : trace_of_routings(routings);
    frame.routing = &chosen;
    Executor& timed = loops_executor_ ? *loops_executor_ : *cycle_executor_;
    run.cycle = clock_->measure("cycle", [&] { return timed.execute(frame); });
    if (options_.event_log) write_event_log("cycle", run.cycle->timing->events_log);
    if (rtl) {
      LoweredProgram& program = programs_->get(tasks);
      set_pixels(program, image);
      run.rtl = run_rtl(program, *run.cycle->timing);
    }
  }
  return run;
}

/// One file an engine and frame: the second frame's is events-cycle-2.txt.
void FrameRunner::write_event_log(const std::string& engine,
                                  const std::vector<sim::UnitEvent>& events) const {
  std::string text;
  for (const sim::UnitEvent& event : events) text += sim::to_line(event) + "\n";
  const std::string number = frames_ > 1 ? "-" + std::to_string(frames_) : "";
  const std::filesystem::path folder(options_.file_folder);
  models::write_file_atomically(folder / ("events-" + engine + number + ".txt"), text);
}

void FrameRunner::run_kernels(const std::vector<models::Routing>& routings, Frame* at,
                              FrameRun* result) {
  Frame& frame = *at;
  FrameRun& run = *result;
  clock_->measure("compile", [&] { return &programs_->get(frame.tasks); });
  frame.forced = options_.force_routing ? &routings : nullptr;
  run.kernels = clock_->measure("kernels", [&] { return kernels_executor_->execute(frame); });
  if (options_.golden && !options_.force_routing) {
    frame.forced = &routings;
    run.forced = clock_->measure("kernels", [&] { return kernels_executor_->execute(frame); });
  }
  frame.forced = nullptr;
}

}  // namespace edgemoe::host
