// SPDX-License-Identifier: Apache-2.0
#include "tests/rtl/top/top_bench.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "host/run/executor.hpp"
#include "host/run/rtl_executor.hpp"
#include "sim/units/simulate.hpp"

namespace edgemoe::host {
namespace {

constexpr std::uint64_t kMaxCycles = 4'000'000;  // ten times the longest case

LoweredProgram compile_case(const TopCase& c) {
  std::vector<CompileOptions> frames{{c.tasks}};
  for (const std::vector<int>& tasks : c.next_tasks) frames.push_back({tasks});
  LoweredProgram program = compile_stream(c.model, c.weights, c.design, frames);
  models::Image image = c.image;
  for (std::size_t f = 0; f < frames.size(); ++f) {
    set_pixels(program, image, static_cast<int>(f));
    std::rotate(image.rgb.begin(), image.rgb.begin() + 1, image.rgb.end());
  }
  return program;
}

program::RoutingTrace routing_of(LoweredProgram program) {
  program::RoutingTrace routing;
  hls::SimulationHooks hooks;
  hooks.routing = &routing;
  hls::run_program(program.image.data(), program.image.size(), hooks);
  return routing;
}

RtlOptions rtl_options() {
  RtlOptions options;
  options.repository = EDGEMOE_SOURCE_DIR;
  options.libraries = std::filesystem::path(EDGEMOE_BINARY_DIR) / "rtl-models";
  options.max_cycles = kMaxCycles;
  options.coverage = std::getenv("EDGEMOE_RTL_COVERAGE") != nullptr;
  options.note = [](const std::string& text) { std::fprintf(stderr, "%s\n", text.c_str()); };
  return options;
}

void add(const char* what, const RtlVerdict& verdict, std::string* difference) {
  if (verdict.compared == 0) *difference += std::string(what) + ": nothing was compared\n";
  if (!verdict.equal()) {
    *difference += std::string(what) + ": " + std::to_string(verdict.different) + " of " +
                   std::to_string(verdict.compared) + " differ, first: " + verdict.first + "\n";
  }
}

void run(const TopCase& c, rtl::MemoryManners* manners, TopResult* result) {
  LoweredProgram program = compile_case(c);
  result->copies = static_cast<std::uint64_t>(std::count_if(
      program.commands.begin(), program.commands.end(),
      [](const program::Command& command) { return command.opcode == program::Opcode::kCopy; }));
  result->routing = routing_of(program);
  sim::SimulationOptions options;
  options.record_trace = false;
  options.record_events = true;
  options.max_cycles = kMaxCycles;
  const sim::SimulationResult engine =
      sim::simulate(program.commands, result->routing, c.design, c.board, options);
  RtlOptions rtl = rtl_options();
  rtl.manners = manners;
  RtlExecutor executor(c.model, c.design, c.board, rtl);
  const RtlOutcome outcome = executor.execute(program, engine);
  result->cycles = outcome.run.cycles;
  result->rows = outcome.rows.compared;
  result->spans = outcome.spans.compared;
  result->events = outcome.events.compared;
  add("rows", outcome.rows, &result->difference);
  add("results", outcome.results, &result->difference);
  if (!result->routing.segments.empty()) add("routing", outcome.routing, &result->difference);
  if (manners != nullptr) return;
  if (outcome.run.counted != outcome.run.cycles)
    result->difference += "cycle register: " + std::to_string(outcome.run.counted) + "\n";
  add("begin and end", outcome.spans, &result->difference);
  add("event log", outcome.events, &result->difference);
}

}  // namespace

TopResult run_top(const TopCase& c, rtl::MemoryManners* manners) {
  TopResult result;
  try {
    run(c, manners, &result);
  } catch (const std::exception& error) {
    result.difference += error.what();
  }
  return result;
}

}  // namespace edgemoe::host
