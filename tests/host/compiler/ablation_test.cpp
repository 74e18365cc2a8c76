// SPDX-License-Identifier: Apache-2.0
// Techniques taken out: values stay, and time, traffic and size change as documented.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "hls/top/accelerator.hpp"
#include "host/compiler/describe.hpp"
#include "models/schema/error.hpp"
#include "sim/units/simulate.hpp"
#include "tests/host/compiler/sample_model.hpp"

namespace edgemoe::host {
namespace {

using Change = std::function<void(models::AblationConfig*)>;
using models::AblationConfig;
using models::PatchReorder;

const Change kNothing = [](AblationConfig*) {};
const Change kAttention = [](AblationConfig* a) { a->attention_reorder = false; };
const Change kSoftmax = [](AblationConfig* a) { a->single_pass_softmax = false; };
const Change kGelu = [](AblationConfig* a) { a->gelu_table = false; };
const Change kUnits = [](AblationConfig* a) { a->unified_unit = false; };
const Change kCache = [](AblationConfig* a) {
  a->patch_reorder = PatchReorder::kCache;
  a->cache_experts = 2;
};
const Change kReload = [](AblationConfig* a) { a->patch_reorder = PatchReorder::kReload; };

struct Outcome {
  LoweredProgram program;
  program::RoutingTrace routing;  ///< that the kernels found
  sim::SimulationResult result;
  Roofline roofline;
  Resources resources;
  std::vector<std::uint8_t> results;  ///< region of the image, after the kernels
};

models::BoardConfig board() {
  models::BoardConfig b;
  b.ports.resize(4);
  return b;
}

Outcome run(const Change& change) {
  const models::ModelConfig model = small_model(4);
  models::DesignConfig design = sample_design();
  change(&design.ablation);
  Outcome o;
  o.program = compile(model, sample_weights(model, 3), design, {{0, 1}});
  std::vector<std::uint8_t> image = o.program.image;
  hls::SimulationHooks hooks;
  hooks.routing = &o.routing;
  EXPECT_EQ(hls::run_program(image.data(), image.size(), hooks).error, hls::RunError::kNone);
  o.results.assign(image.end() - static_cast<std::ptrdiff_t>(o.program.write_bytes), image.end());
  o.result = sim::simulate(o.program.commands, o.routing, design, board());
  o.roofline = roofline_of(o.program, design, board(), o.routing);
  o.resources = estimate_resources(design);
  return o;
}

std::uint64_t busy_of(const Outcome& o, const std::string& unit) {
  for (const sim::UnitStalls& s : o.result.stalls) {
    if (s.unit == unit) return s.busy;
  }
  throw std::logic_error("no unit " + unit);
}

std::uint64_t busy_of(const Outcome& o, program::Opcode opcode) {
  std::uint64_t busy = 0;
  for (const sim::CommandTiming& t : o.result.commands) {
    if (o.program.commands[t.id].opcode == opcode) busy += t.busy;
  }
  return busy;
}

int dsp_of(const Outcome& o, const std::string& item) {
  for (const ResourceItem& i : o.resources.items) {
    if (i.name.rfind(item, 0) == 0) return i.dsp;
  }
  throw std::logic_error("no item " + item);
}

TEST(Ablation, ValuesDoNotChange) {
  const Outcome full = run(kNothing);
  for (const Change& change : {kAttention, kSoftmax, kGelu, kUnits}) {
    EXPECT_EQ(run(change).program.image, full.program.image);
  }
  for (const Change& change : {kCache, kReload}) EXPECT_EQ(run(change).results, full.results);
}

TEST(Ablation, BytesFollowTheClosedFormAndAreConserved) {
  for (const Change& change : {kNothing, kAttention, kSoftmax, kGelu, kUnits, kCache, kReload}) {
    const Outcome o = run(change);
    const sim::DramSummary& dram = o.result.dram;
    EXPECT_EQ(dram.read_bytes, dram.needed_bytes + dram.wasted_prefetch_bytes);
    EXPECT_EQ(dram.needed_bytes + dram.write_bytes, o.roofline.memory_bytes);
  }
}

TEST(Ablation, WithoutReorderedAttentionTheTokenLanesTakeTurns) {
  const Outcome full = run(kNothing), off = run(kAttention);
  // 7 tokens are one group, a head's 16 channels one tile: a pair takes 2 cycles for the drain of
  // its scores and 1 of values, or 8 and 8. Two blocks with one segment, two with two; two heads.
  constexpr std::uint64_t kPairs = 2 * (1 + 1 + 2 + 2);
  EXPECT_EQ(busy_of(full, program::Opcode::kAttention), kPairs * (2 + 1));
  EXPECT_EQ(busy_of(off, program::Opcode::kAttention), kPairs * (8 + 8));
  EXPECT_EQ(busy_of(off, program::Opcode::kLinear), busy_of(full, program::Opcode::kLinear));
  EXPECT_GT(off.result.cycles, full.result.cycles);
  // The products that toggle are the same, K and V are read once for every query.
  EXPECT_GT(off.result.events.bram_read_bits, full.result.events.bram_read_bits);
  EXPECT_EQ(off.roofline.compute_cycles - full.roofline.compute_cycles,
            busy_of(off, program::Opcode::kAttention) - busy_of(full, program::Opcode::kAttention));
}

TEST(Ablation, ThreePassSoftmaxReadsScoresThreeTimesAndComputesExponentialsTwice) {
  const Outcome full = run(kNothing), off = run(kSoftmax);
  EXPECT_EQ(busy_of(off, "softmax"), 3 * busy_of(full, "softmax"));
  EXPECT_EQ(off.result.events.exponentials, 2 * full.result.events.exponentials);
  EXPECT_GT(off.result.cycles, full.result.cycles);
  EXPECT_EQ(busy_of(off, "array"), busy_of(full, "array"));
}

TEST(Ablation, GeluByArithmeticTakesWorkAndMultipliersAndLittleTime) {
  const Outcome full = run(kNothing), off = run(kGelu);
  EXPECT_EQ(off.result.events.gelu, 8 * full.result.events.gelu);
  EXPECT_EQ(dsp_of(off, "gelu"), 15 * dsp_of(full, "gelu"));
  EXPECT_GE(off.result.cycles, full.result.cycles);
  EXPECT_EQ(busy_of(off, "array"), busy_of(full, "array"));
}

TEST(Ablation, SeparateUnitsTakeFourArraysAndTheSameTime) {
  const Outcome full = run(kNothing), off = run(kUnits);
  EXPECT_EQ(off.result.cycles, full.result.cycles);
  EXPECT_EQ(dsp_of(off, "array"), 4 * dsp_of(full, "array"));
  EXPECT_EQ(dsp_of(off, "requantiser"), 4 * dsp_of(full, "requantiser"));
}

TEST(Ablation, WithoutPatchReorderingEveryChoiceLoadsAndComputesByItself) {
  const Outcome full = run(kNothing), reload = run(kReload), cache = run(kCache);
  std::uint64_t choices = 0;
  for (const program::SegmentRouting& s : full.routing.segments) choices += s.choices.size();
  const std::uint64_t fixed = reload.program.weight_bytes + reload.program.activation_read_bytes;
  EXPECT_EQ(reload.result.dram.read_bytes, fixed + choices * full.program.expert_bytes);
  EXPECT_EQ(reload.result.dram.wasted_prefetch_bytes, 0u);
  EXPECT_LT(cache.result.dram.read_bytes, reload.result.dram.read_bytes);
  EXPECT_GE(cache.result.dram.read_bytes, full.result.dram.needed_bytes);
  // A token fills one of the lanes: the array works equally long whatever stays on the chip.
  EXPECT_EQ(busy_of(cache, program::Opcode::kExperts), busy_of(reload, program::Opcode::kExperts));
  EXPECT_GT(busy_of(reload, program::Opcode::kExperts), busy_of(full, program::Opcode::kExperts));
  EXPECT_GT(reload.result.cycles, cache.result.cycles);
  EXPECT_GT(cache.result.cycles, full.result.cycles);
}

TEST(Ablation, ACacheThatTheRingCannotHoldIsRefused) {
  const models::ModelConfig model = small_model(4);
  models::DesignConfig design = sample_design();
  design.ablation.patch_reorder = PatchReorder::kCache;
  design.ablation.cache_experts = 1000;
  EXPECT_THROW(compile(model, sample_weights(model, 3), design, {{0}}), models::ConfigError);
  design.buffers.weight_ring_rows = 65536;
  design.ablation.cache_experts = 300;  // tiles would fit, parameters do not
  EXPECT_THROW(compile(model, sample_weights(model, 3), design, {{0}}), models::ConfigError);
  design.ablation.cache_experts = 100;
  EXPECT_NO_THROW(compile(model, sample_weights(model, 3), design, {{0}}));
}

}  // namespace
}  // namespace edgemoe::host
