// SPDX-License-Identifier: Apache-2.0
#include "host/run/rtl_executor.hpp"

#include <algorithm>
#include <utility>

#include "host/run/rtl_parameters.hpp"
#include "host/run/session.hpp"
#include "models/schema/error.hpp"
#include "models/schema/nearest_name.hpp"
#include "sim/engine/errors.hpp"
#include "sim/units/memory_setup.hpp"

namespace edgemoe::host {
namespace {

/// The result region, byte by byte.
RtlVerdict compare_images(const std::vector<std::uint8_t>& kernels,
                          const std::vector<std::uint8_t>& rtl) {
  RtlVerdict verdict;
  verdict.compared = kernels.size();
  for (std::size_t i = 0; i < kernels.size(); ++i) {
    if (kernels[i] == rtl[i]) continue;
    if (verdict.different++ == 0) verdict.first = "byte " + std::to_string(i) + " of the memory";
  }
  return verdict;
}

/// Results that an earlier execution left must not stand in for rows that this one fails to write.
void spoil_results(LoweredProgram* program) {
  constexpr std::uint8_t kPattern = 0xA5;
  for (const FrameInfo& frame : program->frames) {
    const program::Command& store = program->commands[frame.store];
    const std::uint64_t bytes = frame.tasks.size() * static_cast<std::uint64_t>(store.tokens) *
                                program->result_row_bytes;
    std::fill_n(program->image.begin() + static_cast<std::ptrdiff_t>(store.address), bytes,
                kPattern);
  }
}

bool belongs_to(const std::string& name, const std::string& wanted) {
  return name == wanted || name.rfind(wanted + ".", 0) == 0;
}

}  // namespace

RtlExecutor::RtlExecutor(const models::ModelConfig& model, const models::DesignConfig& design,
                         const models::BoardConfig& board, RtlOptions options)
    : config_(model), design_(design), board_(board), options_(std::move(options)) {
  rtl::ModelBuild build;
  build.repository = options_.repository;
  build.folder = options_.libraries;
  build.parameters = rtl_parameters(design);
  build.waveforms = !options_.wave.empty();
  build.coverage = options_.coverage;
  build.note = options_.note;
  try {
    model_ = std::make_unique<rtl::Model>(build);
  } catch (const rtl::ModelError& error) {
    throw models::ConfigError({std::string("--engine rtl: error: ") + error.what()});
  }
}

RtlExecutor::~RtlExecutor() = default;

void RtlExecutor::set_window(const LoweredProgram& program, const sim::SimulationResult& engine,
                             rtl::RunOptions* options) const {
  if (options_.wave.empty()) return;
  constexpr std::uint64_t kMargin = 64;  // cycles before and after
  std::uint64_t begin = ~std::uint64_t{0}, end = 0;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < program.info.size(); ++i) {
    names.push_back(program.info[i].name);
    if (!belongs_to(program.info[i].name, options_.wave)) continue;
    begin = std::min(begin, engine.commands[i].begin);
    end = std::max(end, engine.commands[i].end);
  }
  if (end == 0) {
    throw UsageError("--wave: error: expected a command of the program, got \"" + options_.wave +
                     "\"\n  hint: did you mean \"" + models::nearest_name(options_.wave, names) +
                     "\"? `describe` lists them");
  }
  options->wave_begin = begin < kMargin ? 0 : begin - kMargin;
  options->wave_end = end + kMargin;
  options->wave_file = (options_.wave_folder / (options_.wave + ".fst")).string();
}

RtlOutcome RtlExecutor::execute(LoweredProgram& program, const sim::SimulationResult& engine) {
  check_rtl_program(config_, design_, program);
  spoil_results(&program);
  std::vector<std::uint8_t> image = program.image;  // as the accelerator finds it
  RowRecorder kernel_rows, rtl_rows;
  program::RoutingTrace routing;
  hls::SimulationHooks hooks;
  hooks.observer = &kernel_rows;
  hooks.routing = &routing;
  hls::run_program(program.image.data(), program.image.size(), hooks);

  const sim::MemorySetup memory = sim::setup_memory(design_, board_);
  rtl::RunOptions run;
  run.memory = memory.parameters;
  run.load_ports = memory.load_ports;
  run.program_port = memory.program_port;
  run.segments = kRtlSegments;
  run.segment_rows = rtl_segment_rows(design_);
  run.manners = options_.manners;
  run.observer = &rtl_rows;
  run.record_events = true;
  run.max_cycles = options_.max_cycles;
  run.progress = options_.progress;
  set_window(program, engine, &run);
  RtlOutcome outcome;
  try {
    outcome.run = rtl::run_rtl(*model_, program.commands, &image, run);
  } catch (const rtl::StuckError& error) {
    // Where it went another way than the kernels or the cycle engine says more than where it stood.
    const rtl::RunResult& until = error.until();
    if (options_.events) options_.events(until.events);
    std::string text = error.what();
    const RtlVerdict events = compare_events(engine, until);
    if (!events.equal()) text += "\n  " + events.first;
    const RtlVerdict rows = compare_rows(kernel_rows, rtl_rows, program);
    if (!rows.equal()) text += "\n  " + rows.first;
    throw sim::DeadlockError(text, 0, {});
  } catch (const rtl::FaultError& error) {
    throw sim::DeadlockError(error.what(), 0, {});
  }
  if (options_.events) options_.events(outcome.run.events);
  outcome.rows = compare_rows(kernel_rows, rtl_rows, program);
  outcome.results = compare_images(program.image, image);
  outcome.routing = compare_routing(routing, outcome.run.routing);
  outcome.spans = compare_spans(engine, outcome.run, program);
  outcome.events = compare_events(engine, outcome.run);
  return outcome;
}

sim::SimulationResult with_cycles_of(const RtlOutcome& rtl, sim::SimulationResult engine) {
  engine.cycles = rtl.run.cycles;
  for (std::size_t i = 0; i < engine.commands.size() && i < rtl.run.commands.size(); ++i) {
    engine.commands[i].begin = rtl.run.commands[i].begin;
    engine.commands[i].end = rtl.run.commands[i].end;
  }
  return engine;
}

}  // namespace edgemoe::host
