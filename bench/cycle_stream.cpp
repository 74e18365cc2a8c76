// SPDX-License-Identifier: Apache-2.0
// Does a stream of frames lose time when the task changes? Frames of one program, each task with a
// routing of its own: cycles from the first issue of one frame to that of the next, in streams of
// one task and in one that changes the task at every frame.
//
//   cycle_stream DESIGN.yaml BOARD.yaml [active=12] [details=0]
//   cycle_stream figures DESIGN.yaml BOARD.yaml     lines `NAME VALUE`
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/cycle_experiment.hpp"
#include "models/schema/error.hpp"
#include "tests/host/compiler/sample_model.hpp"

namespace {

using namespace edgemoe;

constexpr int kFrames = 5;  // what the program memory holds

struct Stream {
  std::vector<std::uint64_t> periods;  // cycles from first issue to first issue
  host::LoweredProgram lowered;
  sim::SimulationResult result;
};

/// `period` tasks in turn, beginning with `first`.
Stream run(const models::DesignConfig& design, const models::BoardConfig& board, int active,
           int first, int period) {
  const models::ModelConfig model = host::tiny_model();
  static const models::TensorMap weights = host::sample_weights(model, 1);
  std::vector<host::CompileOptions> frames;
  for (int f = 0; f < kFrames; ++f) frames.push_back({{(first + f % period) % 2}});
  Stream s;
  s.lowered = host::compile_stream(model, weights, design, frames);
  program::RoutingTrace routing;
  for (const host::FrameInfo& frame : s.lowered.frames) {
    const auto seed = static_cast<std::uint64_t>(frame.tasks[0] + 1);
    for (program::SegmentRouting r : bench::draw_routing(model, 1, active, seed).segments) {
      r.layer = static_cast<std::uint16_t>(r.layer + frame.first_layer);
      routing.segments.push_back(r);
    }
  }
  sim::SimulationOptions options;
  options.record_trace = false;
  s.result = sim::simulate(s.lowered.commands, routing, design, board, options);
  for (int f = 0; f + 1 < kFrames; ++f) {
    const host::FrameInfo* frame = s.lowered.frames.data() + f;
    s.periods.push_back(s.result.commands[frame[1].embed].begin -
                        s.result.commands[frame[0].embed].begin);
  }
  return s;
}

void print_details(const Stream& s) {
  for (const sim::CommandTiming& t : s.result.commands) {
    fmt::print("{:4} {:24} {:>8} {:>8} busy {:>6}", t.id, s.lowered.info[t.id].name, t.begin, t.end,
               t.busy);
    for (const auto& [reason, cycles] : t.stall) fmt::print("  {} {}", reason, cycles);
    fmt::print("\n");
  }
}

void print_table(const models::DesignConfig& design, const models::BoardConfig& board, int active,
                 bool details) {
  const struct {
    const char* name;
    int first, period;
  } streams[] = {{"task 0", 0, 1}, {"task 1", 1, 1}, {"0 and 1 in turn", 0, 2}};
  for (const auto& stream : streams) {
    const Stream s = run(design, board, active, stream.first, stream.period);
    fmt::print("{:16}", stream.name);
    for (const std::uint64_t cycles : s.periods) fmt::print(" {:>7}", cycles);
    fmt::print("\n");
    if (details) print_details(s);
  }
}

double longest_ms(const models::DesignConfig& design, const Stream& s) {
  const std::uint64_t cycles = *std::max_element(s.periods.begin(), s.periods.end());
  return static_cast<double>(cycles) / design.clock_mhz * 1e-3;
}

void print_figures(const models::DesignConfig& design, const models::BoardConfig& board) {
  for (const int active : {12, 16}) {
    const Stream a = run(design, board, active, 0, 1), b = run(design, board, active, 1, 1);
    const Stream ab = run(design, board, active, 0, 2);
    const std::string prefix = fmt::format("stream.{}.{}", board.name, active);
    fmt::print("{}.task0.ms {:.3f}\n{}.task1.ms {:.3f}\n{}.both.ms {:.3f}\n", prefix,
               longest_ms(design, a), prefix, longest_ms(design, b), prefix,
               longest_ms(design, ab));
  }
}

}  // namespace

int main(int argc, char** argv) try {
  const bool figures = argc == 4 && std::string(argv[1]) == "figures";
  const int first = figures ? 2 : 1;
  if (argc < first + 2) throw std::invalid_argument("expected DESIGN.yaml BOARD.yaml");
  const models::DesignConfig design = models::read_design(argv[first]);
  const models::BoardConfig board = models::read_board(argv[first + 1]);
  int active = 12;
  bool details = false;
  for (int i = first + 2; i < argc; ++i) {
    const std::string text = argv[i];
    if (text.rfind("active=", 0) == 0)
      active = std::stoi(text.substr(7));
    else if (text.rfind("details=", 0) == 0)
      details = text.substr(8) != "0";
    else
      throw std::invalid_argument("unknown argument " + text);
  }
  if (active < 2 || active > 16) throw std::invalid_argument("active 2..16");
  if (figures)
    print_figures(design, board);
  else
    print_table(design, board, active, details);
  return 0;
} catch (const models::ConfigError& error) {
  for (const std::string& line : error.messages()) fmt::print(stderr, "{}\n", line);
  return 3;
} catch (const std::exception& error) {
  fmt::print(stderr, "cycle_stream: {}\n", error.what());
  return 2;
}
