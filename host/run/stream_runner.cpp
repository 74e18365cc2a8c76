// SPDX-License-Identifier: Apache-2.0
#include "host/run/stream_runner.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "host/run/checks.hpp"
#include "host/run/record.hpp"
#include "host/run/tap_collector.hpp"
#include "sim/units/timing.hpp"

namespace edgemoe::host {
namespace {

constexpr std::size_t kLayerNumbers = 256;
constexpr std::size_t kProgramCommands = sim::timing::kProgramCommands;
constexpr std::size_t kOnce = 2;  // commands that programs of several frames share

/// The routing of every frame under the layer numbers of its place in the program.
program::RoutingTrace joined_routing(const std::vector<const StreamItem*>& items,
                                     const std::vector<FrameInfo>& frames) {
  program::RoutingTrace joined;
  for (std::size_t f = 0; f < items.size(); ++f) {
    for (program::SegmentRouting segment : items[f]->trace.segments) {
      segment.layer = static_cast<std::uint16_t>(segment.layer + frames[f].first_layer);
      joined.segments.push_back(std::move(segment));
    }
  }
  return joined;
}

bool equal(const program::RoutingTrace& a, const program::RoutingTrace& b) {
  if (a.segments.size() != b.segments.size()) return false;
  for (const program::SegmentRouting& one : a.segments) {
    const program::SegmentRouting* other = b.find(one.layer, one.segment);
    if (other == nullptr || other->choices != one.choices) return false;
  }
  return true;
}

}  // namespace

StreamItem stream_item(const InputImage& image, const std::vector<int>& tasks,
                       const Execution& kernels) {
  StreamItem item{image.given, image.pixels, tasks, kernels.trace, {}, kernels.status->macs};
  for (const TaskValues& values : kernels.tasks) item.tokens.push_back(values.tokens);
  return item;
}

StreamRunner::StreamRunner(const Setup& setup, const models::TensorMap& weights,
                           std::uint64_t max_cycles, PhaseClock* clock)
    : setup_(setup), weights_(weights), max_cycles_(max_cycles), clock_(clock) {}

LoweredProgram StreamRunner::compile_frames(const Frames& frames) const {
  std::vector<CompileOptions> options;
  for (const StreamItem* item : frames) options.push_back({item->tasks});
  return compile_stream(setup_.model, weights_, setup_.design, options);
}

std::size_t StreamRunner::commands_of(const std::vector<int>& tasks) {
  const auto found = sizes_.find(tasks);
  if (found != sizes_.end()) return found->second;
  const std::size_t commands =
      compile(setup_.model, weights_, setup_.design, CompileOptions{tasks}).commands.size();
  return sizes_.emplace(tasks, commands).first->second;
}

/// Programs share what a frame alone has once: the load of the position table, and the end.
bool StreamRunner::has_room(const StreamItem& item) {
  const std::size_t own = commands_of(item.tasks) - kOnce;
  const std::size_t layers = (items_.size() + 1) * static_cast<std::size_t>(setup_.model.depth());
  return commands_ + own + kOnce <= kProgramCommands && layers <= kLayerNumbers;
}

void StreamRunner::add(StreamItem item) {
  if (!items_.empty() && !has_room(item)) run_program();
  commands_ += commands_of(item.tasks) - kOnce;
  items_.push_back(std::move(item));
}

void StreamRunner::finish() {
  if (!items_.empty()) run_program();
  info_.cycles = cycle_;
  info_.total_ms = static_cast<double>(cycle_) / setup_.design.clock_mhz * 1e-3;
  if (info_.total_ms > 0.0)
    info_.fps = 1e3 * static_cast<double>(info_.frames.size()) / info_.total_ms;
  double latency = 0.0, cost = 0.0;
  std::size_t compared = 0;
  for (const StreamFrameRecord& frame : info_.frames) {
    latency += frame.latency_ms;
    info_.max_latency_ms = std::max(info_.max_latency_ms, frame.latency_ms);
    if (!frame.switch_cycles) continue;
    ++compared;
    cost += static_cast<double>(*frame.switch_cycles);
    info_.max_switch_cycles =
        std::max(info_.max_switch_cycles.value_or(*frame.switch_cycles), *frame.switch_cycles);
  }
  if (!info_.frames.empty())
    info_.mean_latency_ms = latency / static_cast<double>(info_.frames.size());
  if (compared > 0) info_.mean_switch_cycles = cost / static_cast<double>(compared);
  for (const RunRecord& program : info_.programs)
    info_.energy_mj += program.energy_mj.value_or(0.0);
  if (!info_.frames.empty())
    info_.energy_mj_per_frame = info_.energy_mj / static_cast<double>(info_.frames.size());
  if (info_.total_ms > 0.0) info_.power_w = info_.energy_mj / info_.total_ms;
}

void StreamRunner::check_values(LoweredProgram* program, const Frames& frames,
                                std::vector<Check>* checks) const {
  for (std::size_t f = 0; f < frames.size(); ++f)
    set_pixels(*program, frames[f]->pixels, static_cast<int>(f));
  program::RoutingTrace trace;
  hls::SimulationHooks hooks;
  hooks.routing = &trace;
  const hls::RunStatus status =
      hls::run_program(program->image.data(), program->image.size(), hooks);
  std::size_t differ = status.error == hls::RunError::kNone ? 0 : frames.size();
  for (std::size_t f = 0; differ == 0 && f < frames.size(); ++f) {
    for (std::size_t s = 0; s < frames[f]->tasks.size(); ++s) {
      const models::Tensor tokens = result_tokens(*program, setup_.model, f, static_cast<int>(s));
      if (tokens.data != frames[f]->tokens[s].data) ++differ;
    }
  }
  checks->push_back(
      {"stream_computes_what_frames_do", differ == 0,
       fmt::format("{} frames in one program, {} results differ", frames.size(), differ)});
  checks->push_back({"stream_routes_as_frames_do",
                     equal(trace, joined_routing(frames, program->frames)),
                     fmt::format("{} routings", trace.segments.size())});
}

sim::SimulationResult StreamRunner::simulate(const Compiled& program,
                                             const program::RoutingTrace& routing,
                                             bool whole) const {
  sim::SimulationOptions options;
  options.record_trace = whole;
  options.record_events = whole && rtl_;
  options.max_cycles = max_cycles_;
  return clock_->measure("cycle", [&] {
    return sim::simulate(program.commands, routing, setup_.design, setup_.board, options);
  });
}

void StreamRunner::run_program() {
  Frames frames;
  for (const StreamItem& item : items_) frames.push_back(&item);
  LoweredProgram program = clock_->measure("compile", [&] { return compile_frames(frames); });
  std::vector<Check> checks;
  clock_->measure("kernels", [&] { return check_values(&program, frames, &checks), true; });
  const program::RoutingTrace routing = joined_routing(frames, program.frames);
  sim::SimulationResult timing = simulate({program.commands, program.frames}, routing, true);
  if (rtl_) {
    const RtlOutcome outcome = rtl_(program, timing);
    check_rtl(outcome, &checks);
    timing = with_cycles_of(outcome, std::move(timing));
  }
  RunRecord record;
  const std::string name = fmt::format("frames {} to {}", first_frame_,
                                       first_frame_ + static_cast<int>(frames.size()) - 1);
  record.image = name;
  std::uint64_t macs = 0;
  for (const StreamItem* item : frames) {
    for (const int task : item->tasks) {
      const std::string& task_name = setup_.model.tasks[static_cast<std::size_t>(task)].name;
      const bool known =
          std::find(record.tasks.begin(), record.tasks.end(), task_name) != record.tasks.end();
      if (!known) record.tasks.push_back(task_name);
    }
    macs += item->macs;
  }
  fill_timing(program, routing, timing, setup_.design, setup_.board, macs, &record);
  for (Check& check : check_frame(setup_.model, record, nullptr))
    checks.push_back(std::move(check));
  checks_.emplace_back(name, std::move(checks));
  timelines_.emplace_back(first_frame_, make_timeline(program, timing, setup_.design, name));
  info_.programs.push_back(std::move(record));
  add_frames(frames, program, timing);
  first_frame_ += static_cast<int>(frames.size());
  cycle_ += timing.cycles;
  items_.clear();
  commands_ = 0;
}

void StreamRunner::add_frames(const Frames& frames, const LoweredProgram& program,
                              const sim::SimulationResult& timing) {
  const double cycle_ms = 1e-3 / setup_.design.clock_mhz;
  for (std::size_t f = 0; f < frames.size(); ++f) {
    const FrameInfo& at = program.frames[f];
    StreamFrameRecord record;
    record.frame = first_frame_ + static_cast<int>(f);
    record.image = frames[f]->image;
    for (const int task : frames[f]->tasks)
      record.tasks.push_back(setup_.model.tasks[static_cast<std::size_t>(task)].name);
    record.program = static_cast<int>(info_.programs.size()) - 1;
    // The first frame of a program waits for its doorbell, nothing else.
    record.begin = cycle_ + (f == 0 ? 0 : timing.commands[at.load_pixels].begin);
    record.issue = cycle_ + timing.commands[at.embed].begin;
    record.end = cycle_ + timing.commands[at.store].end;
    record.latency_ms = static_cast<double>(record.end - record.begin) * cycle_ms;
    record.period_ms = static_cast<double>(record.end - last_end_) * cycle_ms;
    last_end_ = record.end;
    if (f + 1 < frames.size() && frames[f + 1]->tasks != frames[f]->tasks) ++info_.switches;
    if (f + 1 < frames.size() && beside_a_switch(frames, f)) {
      const std::uint64_t gap =
          timing.commands[program.frames[f + 1].embed].begin - timing.commands[at.embed].begin;
      const Alone same = alone(*frames[f]);
      if (same.longest > 0) {
        record.switch_cycles =
            static_cast<std::int64_t>(gap) - static_cast<std::int64_t>(same.longest);
        info_.refresh_cycles =
            std::max(info_.refresh_cycles.value_or(0), same.longest - same.least);
      }
    }
    info_.frames.push_back(std::move(record));
  }
}

bool StreamRunner::beside_a_switch(const Frames& frames, std::size_t at) {
  const std::vector<int>& tasks = frames[at]->tasks;
  return (at > 0 && frames[at - 1]->tasks != tasks) ||
         (at + 1 < frames.size() && frames[at + 1]->tasks != tasks);
}

StreamRunner::Alone StreamRunner::alone(const StreamItem& frame) {
  constexpr std::size_t kCopies = 4;
  const std::size_t own = commands_of(frame.tasks) - kOnce;
  const std::size_t copies =
      std::min({kCopies, (kProgramCommands - kOnce) / own,
                kLayerNumbers / static_cast<std::size_t>(setup_.model.depth())});
  if (copies < 2) return {};
  const Frames frames(copies, &frame);
  auto found = alone_.find(frame.tasks);
  if (found == alone_.end()) {
    LoweredProgram program = compile_frames(frames);
    found =
        alone_
            .emplace(frame.tasks, Compiled{std::move(program.commands), std::move(program.frames)})
            .first;
  }
  const Compiled& program = found->second;
  const sim::SimulationResult timing =
      simulate(program, joined_routing(frames, program.frames), false);
  Alone times;
  for (std::size_t f = 0; f + 1 < copies; ++f) {
    const std::uint64_t gap = timing.commands[program.frames[f + 1].embed].begin -
                              timing.commands[program.frames[f].embed].begin;
    times.least = f == 0 ? gap : std::min(times.least, gap);
    times.longest = std::max(times.longest, gap);
  }
  return times;
}

}  // namespace edgemoe::host
