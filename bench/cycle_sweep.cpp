// SPDX-License-Identifier: Apache-2.0
// Which shape should the array have? Every shape of a number of MACs, with the lanes of the
// streaming units that keep up with it: latency of one and two tasks of a frame, blocks of the
// board.
//
//   cycle_sweep DESIGN.yaml BOARD.yaml [macs=2048] [active=12]
//   cycle_sweep figures DESIGN.yaml BOARD.yaml     lines `NAME VALUE`: 2,048 and 4,096 MACs, 12 and
//                                                  16 active experts
#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "bench/cycle_experiment.hpp"
#include "host/compiler/resources.hpp"
#include "models/schema/error.hpp"

namespace {

using namespace edgemoe;

/// The design with another array. A result leaves an accumulator at least as fast as the shortest
/// sum (192 inputs) makes one, and LayerNorm at the rate of the projection.
models::DesignConfig with_shape(models::DesignConfig design, const models::ArrayConfig& array) {
  constexpr int kTokens = 129, kTasks = 2;
  const int scale = array.macs() / 2048;
  design.array = array;
  design.lanes.requant = 16 * scale;
  design.lanes.gelu = 16 * scale;
  design.lanes.norm = 32 * scale;
  const int rows = (kTokens + array.token_lanes - 1) / array.token_lanes * array.token_lanes;
  design.buffers.max_tokens = kTasks * rows;
  design.buffers.staging_tokens = 2 * array.token_lanes;
  design.name = fmt::format("{}x{}x{}", array.token_lanes, array.in_lanes, array.out_lanes);
  return design;
}

std::vector<models::ArrayConfig> shapes_of(int macs) {
  std::vector<models::ArrayConfig> shapes;
  for (int tokens = 4; tokens <= 32; tokens *= 2) {
    for (int in = 8; in <= 64; in *= 2) {
      const int out = macs / tokens / in;
      if (out >= 8 && out <= 64 && tokens * in * out == macs) shapes.push_back({tokens, in, out});
    }
  }
  return shapes;
}

bool fits(const models::DesignConfig& design, const models::BoardConfig& board) {
  const host::ResourceItem need = host::estimate_resources(design).total();
  return need.dsp <= board.resources.dsp && need.bram36 <= board.resources.bram36 &&
         need.uram <= board.resources.uram;
}

double latency(const models::DesignConfig& design, const models::BoardConfig& board, int active,
               int tasks) {
  bench::Experiment e;
  e.design = design;
  e.board = board;
  e.active = active;
  e.tasks = tasks;
  return milliseconds(e, bench::measure(e));
}

void print_table(const models::DesignConfig& base, const models::BoardConfig& board, int macs,
                 int active) {
  fmt::print("{} MACs on {}, {} active experts a block\n", macs, board.name, active);
  fmt::print("{:>10} {:>9} {:>9} {:>5} {:>7}\n", "shape", "1 task", "2 tasks", "DSP", "BRAM36");
  for (const models::ArrayConfig& shape : shapes_of(macs)) {
    const models::DesignConfig design = with_shape(base, shape);
    const host::ResourceItem need = host::estimate_resources(design).total();
    fmt::print("{:>10} {:6.3f} ms {:6.3f} ms {:>5} {:>7}{}\n", design.name,
               latency(design, board, active, 1), latency(design, board, active, 2), need.dsp,
               need.bram36, fits(design, board) ? "" : "  does not fit");
  }
}

void print_figures(const models::DesignConfig& base, const models::BoardConfig& board) {
  for (const int macs : {2048, 4096}) {
    for (const models::ArrayConfig& shape : shapes_of(macs)) {
      const models::DesignConfig design = with_shape(base, shape);
      const std::string prefix = fmt::format("sweep.{}.{}", board.name, design.name);
      const host::ResourceItem need = host::estimate_resources(design).total();
      fmt::print("{}.dsp {}\n{}.bram36 {}\n", prefix, need.dsp, prefix, need.bram36);
      for (const int tasks : {1, 2}) {
        for (const int active : {12, 16}) {
          fmt::print("{}.tasks{}.{}.ms {:.3f}\n", prefix, tasks, active,
                     latency(design, board, active, tasks));
        }
      }
    }
  }
}

}  // namespace

int main(int argc, char** argv) try {
  const bool figures = argc == 4 && std::string(argv[1]) == "figures";
  const int first = figures ? 2 : 1;
  if (argc < first + 2) throw std::invalid_argument("expected DESIGN.yaml BOARD.yaml");
  const models::DesignConfig base = models::read_design(argv[first]);
  const models::BoardConfig board = models::read_board(argv[first + 1]);
  int macs = 2048, active = 12;
  for (int i = first + 2; i < argc; ++i) {
    const std::string text = argv[i];
    if (text.rfind("macs=", 0) == 0)
      macs = std::stoi(text.substr(5));
    else if (text.rfind("active=", 0) == 0)
      active = std::stoi(text.substr(7));
    else
      throw std::invalid_argument("unknown argument " + text);
  }
  if (active < 2 || active > 16 || macs < 2048 || macs % 2048 != 0)
    throw std::invalid_argument("active 2..16, macs a multiple of 2048");
  if (figures)
    print_figures(base, board);
  else
    print_table(base, board, macs, active);
  return 0;
} catch (const models::ConfigError& error) {
  for (const std::string& line : error.messages()) fmt::print(stderr, "{}\n", line);
  return 3;
} catch (const std::exception& error) {
  fmt::print(stderr, "cycle_sweep: {}\n", error.what());
  return 2;
}
