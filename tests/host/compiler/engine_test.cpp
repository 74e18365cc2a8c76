// SPDX-License-Identifier: Apache-2.0
// Compiled programs on the cycle engine: the smallest ring that the compiler accepts never blocks,
// and both agree about the bytes that a run needs.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "host/compiler/describe.hpp"
#include "sim/units/simulate.hpp"
#include "tests/host/compiler/sample_model.hpp"

namespace edgemoe::host {
namespace {

struct Case {
  models::ModelConfig model;
  models::DesignConfig design;
  std::vector<int> tasks;
};

int pick(std::mt19937* random, int low, int high) {
  return low + static_cast<int>((*random)() % static_cast<unsigned>(high - low + 1));
}

Case random_case(std::mt19937* random) {
  Case c{small_model(pick(random, 1, 4)), sample_design(), {pick(random, 0, 1)}};
  if (pick(random, 0, 1) == 1) c.tasks = {1, 0};
  c.model.embed_dim = 16 * pick(random, 1, 6);
  c.model.mlp_hidden = pick(random, 1, 200);
  c.model.moe.hidden = pick(random, 1, 100);
  c.model.moe.experts = pick(random, 2, 16);
  c.model.moe.top_k = pick(random, 1, 2);
  c.model.image.width = 16 * pick(random, 1, 6);
  c.model.image.height = 16 * pick(random, 1, 2);
  models::DesignConfig& d = c.design;
  d.array.token_lanes = 1 << pick(random, 0, 4);
  d.array.in_lanes = 8 << pick(random, 0, 2);
  d.array.out_lanes = 8 << pick(random, 0, 2);
  d.buffers.staging_tokens = 2 * d.array.token_lanes;
  d.loader.outstanding = pick(random, 1, 16);
  d.loader.prefetch_experts = pick(random, 0, 16);
  d.loader.prefetch = static_cast<models::Prefetch>(pick(random, 0, 2));
  models::AblationConfig& a = d.ablation;
  a.attention_reorder = pick(random, 0, 3) != 0;
  a.single_pass_softmax = pick(random, 0, 3) != 0;
  a.gelu_table = pick(random, 0, 3) != 0;
  a.patch_reorder = static_cast<models::PatchReorder>(std::max(0, pick(random, -2, 2)));
  a.cache_experts = pick(random, 1, 5);
  return c;
}

/// The smallest ring with which the compiler accepts the model.
int smallest_ring(const Case& c) {
  models::DesignConfig design = c.design;
  for (int rows = 1;; ++rows) {
    design.buffers.weight_ring_rows = rows;
    if (ring_rows_needed(c.model, design) <= rows) return rows;
  }
}

program::RoutingTrace random_routing(const Case& c, std::mt19937* random) {
  program::RoutingTrace trace;
  const int experts = c.model.moe.experts;
  const int spread = pick(random, 1, experts);  // 1: all tokens to one expert
  for (int b = 1; b < c.model.depth(); b += 2) {
    for (std::size_t s = 0; s < c.tasks.size(); ++s) {
      program::SegmentRouting segment;
      segment.layer = static_cast<std::uint16_t>(b);
      segment.segment = static_cast<std::uint16_t>(s);
      segment.tokens = static_cast<std::uint16_t>(c.model.tokens());
      segment.top_k = static_cast<std::uint8_t>(c.model.moe.top_k);
      for (int i = 0; i < segment.tokens; ++i) {
        const int first = pick(random, 0, spread - 1);
        for (int k = 0; k < segment.top_k; ++k) {
          segment.choices.push_back(
              {static_cast<std::uint16_t>((first + k) % experts), 20000, pick(random, 0, 15) == 0});
        }
      }
      trace.segments.push_back(segment);
    }
  }
  return trace;
}

models::BoardConfig sample_board() {
  models::BoardConfig board;
  board.name = "sample";
  for (int i = 0; i < 4; ++i) {
    models::PortConfig port;
    port.name = "HP" + std::to_string(i);
    board.ports.push_back(port);
  }
  return board;
}

TEST(Engine, SmallestRingNeverBlocksAndBytesAgree) {
  std::mt19937 random(5);
  for (int trial = 0; trial < 40; ++trial) {
    Case c = random_case(&random);
    c.design.buffers.weight_ring_rows = smallest_ring(c);
    const LoweredProgram p = compile(c.model, sample_weights(c.model, trial), c.design, {c.tasks});
    const program::RoutingTrace routing = random_routing(c, &random);
    const Roofline roofline = roofline_of(p, c.design, sample_board(), routing);
    sim::SimulationOptions options;
    options.record_trace = false;
    const sim::SimulationResult result =
        sim::simulate(p.commands, routing, c.design, sample_board(), options);
    EXPECT_EQ(result.dram.needed_bytes + result.dram.write_bytes, roofline.memory_bytes) << trial;
    EXPECT_GE(result.cycles, roofline.compute_cycles) << trial;
    EXPECT_GE(result.cycles / c.design.clock_mhz * 1e-3, roofline.memory_ms) << trial;
  }
}

}  // namespace
}  // namespace edgemoe::host
