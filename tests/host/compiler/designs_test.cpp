// SPDX-License-Identifier: Apache-2.0
// The designs that ship: each fits its board and holds M3ViT-tiny, and meets the latency it was
// made for on the measured memory bandwidth.
#include <gtest/gtest.h>

#include <filesystem>
#include <numeric>
#include <random>

#include "host/compiler/describe.hpp"
#include "models/schema/board_config.hpp"
#include "sim/units/simulate.hpp"
#include "tests/host/compiler/sample_model.hpp"

namespace edgemoe::host {
namespace {

const std::filesystem::path kConstraints =
    std::filesystem::path(EDGEMOE_SOURCE_DIR) / "constraints";

models::DesignConfig design_named(const std::string& name) {
  return models::read_design(kConstraints / "designs" / (name + ".yaml"));
}

models::BoardConfig board_named(const std::string& name) {
  return models::read_board(kConstraints / "boards" / (name + ".yaml"));
}

/// Every token chooses two of the first `active` experts.
program::RoutingTrace uniform_routing(const models::ModelConfig& model, int tasks, int active) {
  std::mt19937 random(5);
  program::RoutingTrace trace;
  for (int layer = 1; layer < model.depth(); layer += 2) {
    for (int s = 0; s < tasks; ++s) {
      program::SegmentRouting segment;
      segment.layer = static_cast<std::uint16_t>(layer);
      segment.segment = static_cast<std::uint16_t>(s);
      segment.tokens = static_cast<std::uint16_t>(model.tokens());
      segment.top_k = 2;
      for (int t = 0; t < model.tokens(); ++t) {
        const auto first = static_cast<unsigned>(t % active);
        const unsigned step = 1 + random() % static_cast<unsigned>(active - 1);
        const unsigned second = (first + step) % static_cast<unsigned>(active);
        for (const unsigned e : {first, second})
          segment.choices.push_back({static_cast<std::uint16_t>(e), 32768, false});
      }
      trace.segments.push_back(segment);
    }
  }
  return trace;
}

struct Latency {
  double ms = 0.0;
  double bound_ms = 0.0;
};

Latency latency_of(const std::string& design_name, const std::string& board_name,
                   std::vector<int> tasks, int active) {
  const models::ModelConfig model = tiny_model();
  static const models::TensorMap weights = sample_weights(model, 1);
  const models::DesignConfig design = design_named(design_name);
  const models::BoardConfig board = board_named(board_name);
  const auto count = static_cast<int>(tasks.size());
  const LoweredProgram p = compile(model, weights, design, {std::move(tasks)});
  const program::RoutingTrace routing = uniform_routing(model, count, active);
  const sim::SimulationResult result = sim::simulate(p.commands, routing, design, board);
  Latency r;
  r.ms = static_cast<double>(result.cycles) / design.clock_mhz * 1e-3;
  r.bound_ms = roofline_of(p, design, board, loads_of(p, routing)).bound_ms();
  return r;
}

TEST(Designs, EachFitsItsBoard) {
  int seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kConstraints / "designs")) {
    if (entry.path().extension() != ".yaml") continue;
    const models::DesignConfig design = models::read_design(entry.path());
    EXPECT_NO_THROW(check_board(design, board_named(design.board))) << design.name;
    EXPECT_EQ(design.name, entry.path().stem().string());
    ++seen;
  }
  EXPECT_GE(seen, 4);
}

TEST(Designs, BoardDesignsHoldBothTasksOfTheTinyModel) {
  for (const char* name : {"m3-zcu102", "m3-zcu102-max", "m3-zcu104"}) {
    EXPECT_NO_THROW(check_fit(tiny_model(), design_named(name), {0, 1})) << name;
  }
}

/// All tasks of a published configuration.
void expect_holds(const std::string& design, const std::string& model_name) {
  const models::ModelConfig model =
      models::read_model(std::filesystem::path(EDGEMOE_SOURCE_DIR) / "models/zoo/published" /
                         ("m3vit-" + model_name + ".yaml"));
  std::vector<int> tasks(model.tasks.size());
  std::iota(tasks.begin(), tasks.end(), 0);
  EXPECT_NO_THROW(check_fit(model, design_named(design), tasks)) << design << " " << model_name;
}

TEST(Designs, TiledDesignsHoldAllTasksOfThePublishedModelsInEveryFormat) {
  for (const char* data : {"cityscapes", "nyud", "pascal"}) {
    for (const char* experts : {"-r2k2", "-r1k4"}) {
      const std::string shape = std::string(data) + experts;
      for (const std::string format : {"", "-w16a16", "-w16a32"}) {
        for (const char* size : {"tiny-", "small-"})
          expect_holds("m3-zcu102-small" + format, size + shape);
        expect_holds("m3-zcu102-base" + format, "base-" + shape);
      }
      for (const char* size : {"tiny-", "small-"}) {
        expect_holds("m3-zcu104-small", size + shape);
        expect_holds("m3-zcu104-small-w16a16", size + shape);
      }
      expect_holds("m3-zcu104-base", "base-" + shape);
    }
  }
}

TEST(Designs, OneTaskTakesNoMoreThanItsTarget) {
  for (const int active : {9, 12, 16}) {
    const Latency r = latency_of("m3-zcu102", "zcu102-measured", {0}, active);
    EXPECT_LE(r.ms, 1.6) << active;
    EXPECT_LE(r.ms, 1.15 * r.bound_ms) << active;
    EXPECT_GE(r.ms, r.bound_ms) << active;
  }
}

TEST(Designs, LargestDesignComputesBothTasksOfAFrameInTheTimeOfOne) {
  for (const int active : {12, 16}) {
    const Latency r = latency_of("m3-zcu102-max", "zcu102-measured", {0, 1}, active);
    EXPECT_LE(r.ms, 1.6) << active;
    EXPECT_LE(r.ms, 1.15 * r.bound_ms) << active;
    EXPECT_GE(r.ms, r.bound_ms) << active;
  }
}

TEST(Designs, RingInUltraRamIsAsFastAsTheOneInBlockRam) {
  const Latency bram = latency_of("m3-zcu102", "zcu104", {0}, 12),
                uram = latency_of("m3-zcu104", "zcu104", {0}, 12);
  EXPECT_LE(uram.ms, 1.01 * bram.ms);
}

}  // namespace
}  // namespace edgemoe::host
