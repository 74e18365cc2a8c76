// SPDX-License-Identifier: Apache-2.0
#include "host/run/session.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "host/run/calibration.hpp"
#include "host/run/checks.hpp"
#include "host/run/cost_study.hpp"
#include "host/run/energy_record.hpp"
#include "host/run/frame_pictures.hpp"
#include "host/run/frame_runner.hpp"
#include "host/run/golden.hpp"
#include "host/run/image_source.hpp"
#include "host/run/loops_record.hpp"
#include "host/run/record.hpp"
#include "host/run/setup_report.hpp"
#include "host/run/stream_file.hpp"
#include "host/run/stream_runner.hpp"
#include "host/run/task_metrics.hpp"
#include "models/reference/gemm.hpp"
#include "models/reference/head.hpp"
#include "models/schema/baseline.hpp"

extern "C" int openblas_get_num_threads(void);

namespace edgemoe::host {
namespace {

double peak_rss_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;  // Linux counts in KiB
}

/// One thread unless the user asks for more: OpenBLAS's workers spin between the many small
/// products, which costs more system time than the second core saves, and stalls on a busy machine.
void choose_gemm_threads() {
  const char* asked = std::getenv("OPENBLAS_NUM_THREADS");
  if (asked == nullptr || *asked == '\0') models::set_gemm_threads(1);
}

/// Collects entries while frames run.
class Session {
 public:
  Session(const SessionOptions& options, const Locations& locations, const ProgressSink& progress,
          const NoteSink& note)
      : options_(options),
        setup_(load_setup(options, locations)),
        stream_(frames_of_stream(options, setup_)),
        tasks_(stream_.empty() ? resolve_tasks(setup_.model, options.tasks) : all_tasks(stream_)),
        progress_(progress),
        note_(note) {
    for (const int task : tasks_) metrics_.emplace_back(task_config(task));
    for (const int task : tasks_) reference_metrics_.emplace_back(task_config(task));
  }

  SessionResult run();

 private:
  const models::TaskConfig& task_config(int task) const {
    return setup_.model.tasks[static_cast<std::size_t>(task)];
  }
  std::vector<std::vector<int>> task_groups(std::size_t frame) const;
  std::vector<models::Image> calibration_images(const ImageSource& source,
                                                const InputImage& first) const;
  std::uint64_t macs_of_passes(const FrameRun& run) const;
  /// Whether what the frame shows was computed by what was asked for: the reference's values are
  /// not those of a design.
  bool has_values(const FrameRun& run) const {
    return run.kernels.has_value() || options_.engine == Engine::kReference;
  }
  void add_frame(const InputImage& image, const std::vector<int>& tasks, FrameRunner& runner,
                 StreamRunner* stream);
  void add_stream(StreamRunner* stream);
  void add_golden(const FrameRun& run, const InputImage& image, FrameRunner& runner,
                  RunRecord* record) const;
  void add_metrics(const FrameRun& run, const InputImage& image, RunRecord* record);
  std::size_t slot_of(int task) const {
    return static_cast<std::size_t>(std::find(tasks_.begin(), tasks_.end(), task) - tasks_.begin());
  }
  void collect_set_metrics();

  const SessionOptions& options_;
  Setup setup_;
  std::vector<StreamFrame> stream_;  ///< empty: images, each for the same tasks
  std::vector<int> tasks_;
  const ProgressSink& progress_;
  const NoteSink& note_;
  PhaseClock clock_;
  std::vector<SetMetrics> metrics_, reference_metrics_;
  std::unique_ptr<CostStudy> costs_;
  std::map<std::string, double> baseline_;
  std::vector<std::pair<std::string, std::vector<Check>>> checks_;
  SessionResult result_;
};

std::vector<std::vector<int>> Session::task_groups(std::size_t frame) const {
  if (!stream_.empty()) return {stream_[frame].tasks};
  if (!options_.separate) return {tasks_};
  std::vector<std::vector<int>> groups;
  for (const int task : tasks_) groups.push_back({task});
  return groups;
}

/// Those that the call names, the model's samples, or the call's own, the first of which is there.
std::vector<models::Image> Session::calibration_images(const ImageSource& source,
                                                       const InputImage& first) const {
  std::vector<std::string> paths = options_.calibrate;
  if (paths.empty() && !setup_.model.samples.empty()) {
    paths.push_back(setup_.model.samples.string());
  }
  std::vector<models::Image> images;
  if (paths.empty()) {
    images.push_back(first.pixels);
    for (std::size_t i = 1; i < std::min(source.size(), kCalibrationImages); ++i) {
      images.push_back(source.load(i).pixels);
    }
    return images;
  }
  for (const ImageFile& file : list_images(paths)) {
    if (images.size() == kCalibrationImages) break;
    images.push_back(load_image(file, setup_.model.image).pixels);
  }
  return images;
}

SessionResult Session::run() {
  const auto start = std::chrono::steady_clock::now();
  choose_gemm_threads();
  if (!options_.baseline.empty())
    baseline_ = models::read_baseline(options_.baseline, setup_.model);
  const std::unique_ptr<ImageSource> source =
      stream_.empty() ? make_image_source(options_, setup_.model, note_)
                      : make_stream_source(stream_, setup_.model, note_);
  const std::size_t images = source->size();
  if (progress_) progress_({"weights", 0, images});
  source->check();
  InputImage image = source->load(0);
  FrameRunner runner(
      options_, setup_, [&] { return calibration_images(*source, image); }, &clock_);
  if (note_) runner.set_note(note_);
  std::optional<StreamRunner> stream;
  if (!stream_.empty()) stream.emplace(setup_, runner.weights(), options_.max_cycles, &clock_);
  if (stream && options_.engine == Engine::kRtl) {
    stream->set_rtl([&runner](LoweredProgram& program, const sim::SimulationResult& engine) {
      return runner.run_rtl(program, engine);
    });
  }
  for (std::size_t i = 0; i < images; ++i) {
    if (i > 0) image = source->load(i);
    if (progress_) progress_({image.name, i, images});
    runner.set_cycle_progress([&](std::uint64_t cycle) {
      if (progress_) progress_({image.name + ", cycle " + std::to_string(cycle), i, images});
    });
    for (const std::vector<int>& group : task_groups(i))
      add_frame(image, group, runner, stream ? &*stream : nullptr);
  }
  if (stream) add_stream(&*stream);
  if (costs_) result_.page.report.costs = costs_->records();
  if (progress_) progress_({"done", images, images});
  collect_set_metrics();
  Report& report = result_.page.report;
  describe_setup(setup_, runner.parameters(), &report);
  if (setup_.loops) describe_loops(setup_, tasks_.size() > 1 && !options_.separate, &report);
  report.engine = name_of(options_.engine);
  report.seed = options_.seed;
  report.checks = merge_checks(checks_);
  report.host.phases_s = clock_.phases();
  report.host.phases_cpu_s = clock_.cpu();
  report.host.threads = openblas_get_num_threads();
  report.host.peak_rss_mb = peak_rss_mb();
  report.host.wall_s =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return std::move(result_);
}

/// Products of the network when every task is computed alone.
std::uint64_t Session::macs_of_passes(const FrameRun& run) const {
  std::uint64_t macs = 0;
  for (const TaskValues& values : run.shown().tasks) {
    TaskValues routed;
    routed.task = values.task;
    routed.routing = values.routing;
    macs += network_macs(setup_.model, {routed});
  }
  return macs;
}

/// Time of the frames, now that all programs have run.
void Session::add_stream(StreamRunner* stream) {
  stream->finish();
  Report& report = result_.page.report;
  report.stream = stream->take_info();
  for (const StreamFrameRecord& frame : report.stream->frames) {
    RunRecord& entry = report.runs.at(static_cast<std::size_t>(frame.frame));
    entry.cycles = frame.end - frame.begin;
    entry.latency_ms = frame.latency_ms;
  }
  for (auto& [frame, timeline] : stream->take_timelines())
    result_.page.timelines.at(static_cast<std::size_t>(frame)) = std::move(timeline);
  for (auto& checks : stream->take_checks()) checks_.push_back(std::move(checks));
  report.notes.push_back("programs follow one another without a gap of the host's");
}

void Session::add_frame(const InputImage& image, const std::vector<int>& tasks, FrameRunner& runner,
                        StreamRunner* stream) {
  const FrameRun run = runner.run(image.pixels, tasks);
  RunRecord record;
  record.image = image.given;
  for (const int task : tasks) {
    record.tasks.push_back(task_config(task).name);
    record.head_macs[task_config(task).name] = models::head_macs(setup_.model, task_config(task));
  }
  record.experts = expert_loads(setup_.model, run.shown().tasks);
  std::string name = image.name + ", ";
  for (std::size_t i = 0; i < record.tasks.size(); ++i)
    name += (i == 0 ? "" : " + ") + record.tasks[i];
  Timeline timeline;
  if (run.kernels) {
    const hls::RunStatus& status = *run.kernels->status;
    record.macs = status.macs;
    record.saturations = {{{"residual", status.residual_saturations},
                           {"accumulator", status.accumulator_saturations},
                           {"int8", status.int8_saturations}}};
    record.overflows = run.kernels->overflows;
  }
  if (run.cycle && setup_.loops) {
    fill_loops(run.cycle->loops, record.tasks, *setup_.loops, setup_.board, macs_of_passes(run),
               &record);
    const models::Precision precision = setup_.loops->precision;
    record_expert_load(expert_bytes(setup_.model, precision), precision, setup_.board, &record);
    timeline = loops_timeline(run.cycle->loops, *setup_.loops, name);
  } else if (run.cycle) {
    const LoweredProgram& program = runner.programs().get(tasks);
    const sim::SimulationResult timing =
        run.rtl ? with_cycles_of(*run.rtl, *run.cycle->timing) : *run.cycle->timing;
    fill_timing(program, run.kernels->trace, timing, setup_.design, setup_.board, *record.macs,
                &record);
    timeline = make_timeline(program, timing, setup_.design, name);
  }
  if (stream != nullptr) stream->add(stream_item(image, tasks, *run.kernels));
  if (run.reference && run.kernels) add_golden(run, image, runner, &record);
  if (options_.costs && run.reference && setup_.has_kernels()) {
    if (!costs_) costs_ = std::make_unique<CostStudy>(setup_, runner.weights(), runner.reference());
    for (const TaskValues& values : run.reference->tasks)
      clock_.measure("costs", [&] { return costs_->add(image, values), true; });
  }
  if (has_values(run)) add_metrics(run, image, &record);
  for (const TaskValues& values : run.shown().tasks) {
    if (options_.tap_sink && has_values(run))
      options_.tap_sink(image.name, task_config(values.task).name, values.taps);
  }
  if (options_.pictures) {
    FramePictures pictures = draw_pictures(setup_.model, run, image, has_values(run));
    record.outputs = std::move(pictures.files);
    result_.page.pictures.push_back(std::move(pictures.page));
    result_.entries.push_back(std::move(pictures.entry));
  }
  std::vector<Check> checks =
      check_frame(setup_.model, record, run.kernels ? &*run.kernels : nullptr);
  if (run.rtl) check_rtl(*run.rtl, &checks);
  checks_.emplace_back(name, std::move(checks));
  const double head_seconds = run.kernels ? run.kernels->head_seconds : 0.0;
  clock_.add("heads", head_seconds);
  result_.page.report.host.head_ms.push_back(head_seconds * 1e3);
  result_.page.timelines.push_back(std::move(timeline));
  result_.page.report.runs.push_back(std::move(record));
}

void Session::add_golden(const FrameRun& run, const InputImage& image, FrameRunner& runner,
                         RunRecord* record) const {
  const Execution* forced = run.with_forced_routing(options_.force_routing);
  record->golden.emplace();
  for (std::size_t s = 0; s < record->tasks.size(); ++s) {
    const TaskValues& reference = run.reference->tasks[s];
    const TaskValues* values = forced == nullptr ? nullptr : &forced->tasks[s];
    const auto judge = [&](int draws) {
      const TapPredictions noise = values == nullptr
                                       ? TapPredictions{}
                                       : runner.predict_noise(image.pixels, reference, draws);
      return compare_task(setup_.model, reference, run.kernels->tasks[s], values, noise, options_);
    };
    GoldenComparison& golden = (*record->golden)[record->tasks[s]];
    golden = judge(kDraws);
    if (golden.forced && first_out_of_bounds(golden.forced->taps) != nullptr)
      golden = judge(kManyDraws);
  }
}

void Session::add_metrics(const FrameRun& run, const InputImage& image, RunRecord* record) {
  for (std::size_t s = 0; s < run.shown().tasks.size(); ++s) {
    const TaskValues& values = run.shown().tasks[s];
    const models::TaskConfig& task = task_config(values.task);
    Metrics metrics = image_metrics(task, values.head, image);
    metrics_[slot_of(values.task)].add(values.head, image);
    if (run.reference) {
      for (const auto& [key, value] : image_metrics(task, run.reference->tasks[s].head, image)) {
        metrics["reference_" + key] = value;
      }
      reference_metrics_[slot_of(values.task)].add(run.reference->tasks[s].head, image);
    }
    if (metrics.empty()) continue;
    if (!record->metrics) record->metrics.emplace();
    (*record->metrics)[task.name] = std::move(metrics);
  }
}

void Session::collect_set_metrics() {
  for (std::size_t i = 0; i < tasks_.size(); ++i) {
    Metrics metrics = metrics_[i].values();
    if (metrics.empty()) continue;
    for (const auto& [key, value] : reference_metrics_[i].values()) {
      if (key != "images") metrics["reference_" + key] = value;
    }
    result_.page.report.metrics[task_config(tasks_[i]).name] = std::move(metrics);
  }
  Report& report = result_.page.report;
  const Metrics gain = multi_task_gain(setup_.model, report.metrics, baseline_);
  if (!gain.empty()) report.multi_task_gain = gain;
}

}  // namespace

SessionResult run_session(const SessionOptions& options, const Locations& locations,
                          const ProgressSink& progress, const NoteSink& note) {
  return Session(options, locations, progress, note).run();
}

}  // namespace edgemoe::host
