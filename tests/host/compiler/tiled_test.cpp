// SPDX-License-Identifier: Apache-2.0
// Tiled programs, in every precision: whatever the tile, the same bits as with buffers that hold
// all tokens; no hazard; no ring that the compiler accepts blocks them; engine and closed form
// agree about the bytes.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <random>
#include <string>
#include <tuple>

#include "hls/program/encoding.hpp"
#include "hls/program/weight_layout.hpp"
#include "hls/top/accelerator.hpp"
#include "host/compiler/describe.hpp"
#include "host/compiler/hazards.hpp"
#include "host/compiler/tiling.hpp"
#include "models/schema/error.hpp"
#include "sim/units/simulate.hpp"
#include "tests/host/compiler/sample_model.hpp"

namespace edgemoe::host {
namespace {

int pick(std::mt19937* random, int low, int high) {
  return low + static_cast<int>((*random)() % static_cast<unsigned>(high - low + 1));
}

/// Rows as the kernels show them, by tap, segment and token, whichever command computes them.
class Rows : public hls::Observer {
 public:
  explicit Rows(const LoweredProgram& program) {
    for (const TapInfo& tap : program.taps)
      names_[{tap.command_id, static_cast<int>(tap.point)}].push_back(tap.name);
  }
  void on_row(const program::Command& command, hls::TapPoint point, int segment, int row,
              const std::int32_t* values, int count, std::uint32_t scale) override {
    for (const std::string& name : names_[{command.id, static_cast<int>(point)}]) {
      std::vector<std::int32_t>& values_of = rows[{name, segment, row}];
      EXPECT_TRUE(values_of.empty()) << name << " twice";
      values_of.assign(values, values + count);
      values_of.push_back(static_cast<std::int32_t>(scale));
    }
  }
  std::map<std::tuple<std::string, int, int>, std::vector<std::int32_t>> rows;

 private:
  std::map<std::pair<int, int>, std::vector<std::string>> names_;
};

struct Outcome {
  LoweredProgram program;
  hls::RunStatus status;
  program::RoutingTrace routing;
  std::map<std::tuple<std::string, int, int>, std::vector<std::int32_t>> rows;
  std::vector<std::int32_t> results;
};

struct Case {
  models::ModelConfig model = small_model();
  models::DesignConfig design = sample_design();
  std::vector<int> tasks{0, 1};
  std::uint64_t seed = 1;
};

/// With the static steps of w16a16: values up to 8.
models::TensorMap weights_of(const Case& c) {
  models::TensorMap weights = sample_weights(c.model, c.seed);
  for (int i = 0; i < c.model.depth(); ++i) {
    for (const char* what : {"norm1_act", "norm2_act", "attn.q_act", "attn.k_act", "attn.v_act",
                             "attn.out_act", "mlp.hidden_act"}) {
      models::Tensor& step =
          weights["quant.w16a16.blocks." + std::to_string(i) + "." + std::string(what)];
      step.shape = {1};
      step.data = {0x1p-12f};
    }
  }
  return weights;
}

Outcome run(const Case& c, const program::RoutingTrace* forced = nullptr) {
  Outcome o;
  o.program = compile(c.model, weights_of(c), c.design, {c.tasks});
  std::mt19937 random(static_cast<unsigned>(c.seed));
  models::Image image;
  image.height = c.model.image.height;
  image.width = c.model.image.width;
  for (int i = 0; i < 3 * image.width * image.height; ++i)
    image.rgb.push_back(static_cast<std::uint8_t>(random()));
  set_pixels(o.program, image);
  Rows rows(o.program);
  hls::SimulationHooks hooks;
  hooks.observer = &rows;
  hooks.routing = &o.routing;
  hooks.forced = forced;
  o.status = hls::run_program(o.program.image.data(), o.program.image.size(), hooks);
  o.rows = std::move(rows.rows);
  program::ImageHeader header;
  EXPECT_TRUE(program::decode_header(o.program.image.data(), header));
  const std::size_t all = c.tasks.size() * static_cast<std::size_t>(c.model.tokens());
  for (std::size_t t = 0; t < all; ++t) {
    const std::uint8_t* row =
        o.program.image.data() + header.result_address + t * o.program.result_row_bytes;
    for (int d = 0; d < c.model.embed_dim; ++d) o.results.push_back(program::get_word(row + 4 * d));
  }
  return o;
}

Case whole(Case c) {
  c.design.buffers.max_tokens = 4096;
  return c;
}

void expect_same(const Outcome& a, const Outcome& b) {
  ASSERT_EQ(a.status.error, hls::RunError::kNone) << "command " << a.status.failed_command;
  ASSERT_EQ(b.status.error, hls::RunError::kNone) << "command " << b.status.failed_command;
  EXPECT_EQ(a.results, b.results);
  EXPECT_EQ(a.rows.size(), b.rows.size());
  for (const auto& [key, values] : a.rows) {
    const auto found = b.rows.find(key);
    ASSERT_NE(found, b.rows.end()) << std::get<0>(key);
    ASSERT_EQ(values, found->second) << std::get<0>(key) << " " << std::get<2>(key);
  }
  EXPECT_EQ(a.status.macs, b.status.macs);
  EXPECT_EQ(a.status.int8_saturations, b.status.int8_saturations);
  EXPECT_EQ(a.status.residual_saturations, b.status.residual_saturations);
  for (const program::SegmentRouting& s : a.routing.segments) {
    const program::SegmentRouting* other = b.routing.find(s.layer, s.segment);
    ASSERT_NE(other, nullptr);
    for (std::size_t i = 0; i < s.choices.size(); ++i) {
      EXPECT_EQ(s.choices[i].expert, other->choices[i].expert);
      EXPECT_EQ(s.choices[i].score, other->choices[i].score);
      EXPECT_EQ(s.choices[i].dropped, other->choices[i].dropped);
    }
  }
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

/// Design limits of a tile of at most `rows` rows.
void set_tile(int rows, Case* c) {
  models::BufferConfig& b = c->design.buffers;
  b.max_tokens = rows;
  b.max_frame_tokens = 1024;
  b.max_routed_tokens = 4096;
}

Case random_case(std::mt19937* random) {
  Case c;
  c.model = small_model(pick(random, 1, 5));
  c.tasks = pick(random, 0, 1) == 0 ? std::vector<int>{pick(random, 0, 1)} : std::vector<int>{1, 0};
  c.model.heads = 1 << pick(random, 0, 2);
  c.model.embed_dim = c.model.heads * pick(random, 1, 40);
  if (c.model.embed_dim < 2) c.model.embed_dim = 8;
  c.model.mlp_hidden = pick(random, 1, 80);
  c.model.moe.hidden = pick(random, 1, 60);
  c.model.moe.experts = pick(random, 2, 16);
  c.model.moe.top_k = pick(random, 1, std::min(4, c.model.moe.experts));
  c.model.moe.threshold = pick(random, 0, 1) * 0.2;
  if (pick(random, 0, 3) == 0) c.model.moe.gate = models::GateKind::kShared;
  c.model.image.width = 16 * pick(random, 1, 9);
  c.model.image.height = 16 * pick(random, 4, 8);
  models::DesignConfig& d = c.design;
  d.array.token_lanes = 1 << pick(random, 0, 4);
  d.array.in_lanes = 8 << pick(random, 0, 2);
  d.array.out_lanes = 8 << pick(random, 0, 2);
  d.buffers.staging_tokens = 2 * d.array.token_lanes * pick(random, 1, 3);
  d.buffers.score_groups = pick(random, 2, 4);
  d.loader.outstanding = pick(random, 1, 16);
  set_tile(16 * pick(random, 1, 3), &c);
  return c;
}

constexpr models::Precision kPrecisions[] = {models::Precision::kW8A8, models::Precision::kW16A16,
                                             models::Precision::kW16A32};

TEST(Tiled, RandomModelsGiveTheBitsOfWholeFramesWithoutHazards) {
  std::mt19937 random(3);
  int tiled = 0;
  for (int trial = 0; trial < 60; ++trial) {
    Case c = random_case(&random);
    c.design.precision = kPrecisions[trial % 3];
    c.seed = static_cast<std::uint64_t>(trial);
    const bool on = plan_tiling(c.model, c.design, static_cast<int>(c.tasks.size())).on;
    tiled += on ? 1 : 0;
    const Outcome forced = run(c);
    expect_same(forced, run(whole(c)));
    EXPECT_EQ(forced.program.spill.tile_tokens > 0, on);
    const auto findings = verify_hazards(forced.program.commands, c.design.array.token_lanes);
    EXPECT_TRUE(findings.empty()) << trial << ": " << findings.size() << " " << findings.front();
    if (HasFailure()) FAIL() << "trial " << trial;
  }
  EXPECT_GT(tiled, 30);
}

TEST(Tiled, ATileOfOneTokenAndOddTilesGiveTheSameBits) {
  for (const models::Precision precision : kPrecisions) {
    for (const auto& [width, height] :
         {std::pair{64, 64}, std::pair{48, 112}, std::pair{16, 272}}) {
      Case c;
      c.design.precision = precision;
      c.model.image.width = width;
      c.model.image.height = height;
      set_tile(16, &c);
      expect_same(run(c), run(whole(c)));
    }
  }
}

TEST(Tiled, AForcedRoutingIsTakenTileByTile) {
  Case c;
  c.model.image = {64, 96, {0.5, 0.5, 0.5}, {0.25, 0.25, 0.25}};
  set_tile(16, &c);
  program::RoutingTrace forced = run(c).routing;
  for (program::SegmentRouting& s : forced.segments) {
    for (std::size_t i = 0; i < s.choices.size(); ++i) {
      s.choices[i].expert = static_cast<std::uint16_t>((i + i / s.top_k) % s.top_k);
      s.choices[i].dropped = i % 7 == 0;
    }
  }
  const Outcome tiled = run(c, &forced), all = run(whole(c), &forced);
  expect_same(tiled, all);
  EXPECT_EQ(tiled.routing.segments[0].choices[3].expert, forced.segments[0].choices[3].expert);
}

/// The smallest ring with which the compiler accepts the model.
int smallest_ring(const Case& c) {
  models::DesignConfig design = c.design;
  for (int rows = 16;; ++rows) {
    design.buffers.weight_ring_rows = rows;
    if (ring_rows_needed(c.model, design, static_cast<int>(c.tasks.size())) <= rows) return rows;
  }
}

TEST(Tiled, SmallestRingNeverBlocksAndBytesAgree) {
  std::mt19937 random(17);
  for (int trial = 0; trial < 45; ++trial) {
    Case c = random_case(&random);
    c.design.precision = kPrecisions[trial % 3];
    c.design.buffers.weight_ring_rows = smallest_ring(c);
    const Outcome o = run(c);
    const Roofline roofline = roofline_of(o.program, c.design, sample_board(), o.routing);
    sim::SimulationOptions options;
    options.record_trace = false;
    const sim::SimulationResult result =
        sim::simulate(o.program.commands, o.routing, c.design, sample_board(), options);
    EXPECT_EQ(result.dram.needed_bytes + result.dram.write_bytes, roofline.memory_bytes) << trial;
    EXPECT_EQ(result.dram.read_bytes, result.dram.needed_bytes + result.dram.wasted_prefetch_bytes)
        << trial;
    EXPECT_GE(result.cycles, roofline.compute_cycles) << trial;
    for (const sim::UnitStalls& unit : result.stalls) {
      std::uint64_t sum = unit.busy;
      for (const auto& [reason, cycles] : unit.reasons) sum += cycles;
      EXPECT_EQ(sum, result.cycles) << unit.unit;
    }
  }
}

TEST(Tiled, WhatIsTooSmallForATileIsRefusedByName) {
  const auto refusal = [](const std::function<void(Case*)>& change) {
    Case c;
    c.model.image.width = 16 * 20;
    c.model.image.height = 64;
    set_tile(32, &c);
    change(&c);
    try {
      run(c);
    } catch (const models::ConfigError& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  EXPECT_EQ(refusal([](Case*) {}), "");
  EXPECT_NE(refusal([](Case* c) { c->design.buffers.max_tokens = 16; }).find("max_tokens"),
            std::string::npos);
  EXPECT_NE(
      refusal([](Case* c) {
        c->design.buffers.max_frame_tokens = 80;
      }).find("design.buffers.max_frame_tokens: needs 81 tokens of a task, the design has 80"),
      std::string::npos);
  EXPECT_NE(refusal([](Case* c) {
              c->design.buffers.max_routed_tokens = 161;
            }).find("max_routed_tokens: needs 162"),
            std::string::npos);
  EXPECT_NE(refusal([](Case* c) {
              c->design.ablation.patch_reorder = models::PatchReorder::kCache;
            }).find("patch_reorder"),
            std::string::npos);
  EXPECT_NE(refusal([](Case* c) { c->design.buffers.max_frame_tokens = 0; }).find("max_tokens"),
            std::string::npos);
}

/// But for a few that the order of a unit's commands implies: the second copy of a residual, what
/// stores the experts' results.
TEST(Tiled, WaitsAreNeeded) {
  Case c;
  c.model.image.height = 64;
  set_tile(16, &c);
  const LoweredProgram p = compile(c.model, sample_weights(c.model, 1), c.design, {c.tasks});
  ASSERT_TRUE(verify_hazards(p.commands, c.design.array.token_lanes).empty());
  int guarded = 0, waiting = 0;
  for (std::size_t i = 0; i < p.commands.size(); ++i) {
    std::vector<program::Command> without = p.commands;
    for (program::Wait& wait : without[i].wait) wait = program::Wait();
    const bool waits = p.commands[i].wait[0].mode != program::WaitMode::kNone;
    if (!waits) continue;
    ++waiting;
    guarded += verify_hazards(without, c.design.array.token_lanes).empty() ? 0 : 1;
  }
  EXPECT_GT(waiting, 50);
  EXPECT_GE(guarded, waiting - 5);
}

}  // namespace
}  // namespace edgemoe::host
