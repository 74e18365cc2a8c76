// SPDX-License-Identifier: Apache-2.0
// Durations of single commands whose weights and operands are all there, against the formulas of
// the unit headers.
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "sim/units/shapes.hpp"
#include "sim/units/timing.hpp"
#include "tests/sim/units/support.hpp"

namespace edgemoe::sim {
namespace {

using program::Command;
using program::LoopOrder;
using program::Opcode;

constexpr Cycle kDrain = 8;  // 8 x 16 results through 16 requantiser lanes
constexpr Cycle kTail = timing::kArrayPipeline + kDrain + timing::kRequantPipeline;

std::uint64_t linear_cycles(int tokens, int in, int out, LoopOrder order, program::Post post) {
  ProgramBuilder b;
  const int tag = b.load(in, out, 0);
  Command& c = b.linear(tag, tokens, in, out, order);
  c.post = post;
  wait_start(c, 0, 1);
  const int id = c.id;
  return duration(run(b.finish()), id);
}

TEST(ClosedForm, LinearTakesGroupsTimesBlocksTimesKAndOneLatency) {
  for (const LoopOrder order : {LoopOrder::kTokenOuter, LoopOrder::kWeightOuter}) {
    EXPECT_EQ(linear_cycles(129, 192, 576, order, program::Post::kInt8), 17u * 36 * 12 + kTail);
    EXPECT_EQ(linear_cycles(129, 768, 192, order, program::Post::kResidualAdd),
              17u * 12 * 48 + kTail);
    EXPECT_EQ(linear_cycles(129, 192, 768, order, program::Post::kGelu),
              17u * 48 * 12 + kTail + timing::kGeluPipeline);
    EXPECT_EQ(linear_cycles(1, 16, 16, order, program::Post::kInt8), 1u + kTail);
    EXPECT_EQ(linear_cycles(8, 128, 16, order, program::Post::kInt8), 8u + kTail);
    EXPECT_EQ(linear_cycles(9, 130, 17, order, program::Post::kInt8), 2u * 2 * 9 + kTail);
  }
}

TEST(ClosedForm, WiderNumbersTakeMorePassesOfTheSameArray) {
  for (const auto& [precision, passes] :
       {std::pair{models::Precision::kW16A16, 2u}, std::pair{models::Precision::kW16A32, 4u}}) {
    models::DesignConfig design = test_design();
    design.precision = precision;
    ProgramBuilder b;
    const int tag = b.load(192, 48, 0);
    Command& c = b.linear(tag, 129, 192, 48, LoopOrder::kTokenOuter);
    wait_start(c, 0, 1);
    const int id = c.id;
    std::vector<Command> commands = b.finish();
    for (Command& load : commands) {
      if (load.opcode == Opcode::kLoadWeights) load.rows *= 2;  // two rows a tile
    }
    const SimulationResult result = run(commands, {}, design);
    EXPECT_EQ(duration(result, id), 17u * 3 * 12 * passes + kTail);
    EXPECT_EQ(result.macs_padded, 17u * 8 * 48 * 192) << "as many products, in more cycles";
  }
}

TEST(ClosedForm, ShortSumsAreHeldToTheDrain) {
  // K = 32 issues for 2 cycles, a block drains for 8: all but the first wait for output credit.
  ProgramBuilder b;
  const int tag = b.load(32, 48, 0);
  Command& c = b.linear(tag, 16, 32, 48, LoopOrder::kTokenOuter);
  wait_start(c, 0, 1);
  const int id = c.id;
  const SimulationResult result = run(b.finish());
  EXPECT_EQ(duration(result, id), 2u + (2 * 3 - 1) * kDrain + kTail);
  EXPECT_EQ(result.commands[static_cast<std::size_t>(id)].busy, 12u);
  EXPECT_EQ(result.commands[static_cast<std::size_t>(id)].stall.at("output"), 5u * 6);
}

TEST(ClosedForm, TwoRowsADrainCycleHalveTheDrainWhereNeighboursGoTogether) {
  // 16 token lanes, 32 requantiser lanes: 8 cycles a block, of the gate, whose rows come one by
  // one, 16.
  models::DesignConfig design = test_design();
  design.array = {16, 16, 16};
  design.lanes.requant = design.lanes.gelu = 32;
  ProgramBuilder b;
  const int tag = b.load(32, 48, 0);
  Command& c = b.linear(tag, 32, 32, 48, LoopOrder::kTokenOuter);
  wait_start(c, 0, 1);
  const int id = c.id;
  EXPECT_EQ(duration(run(b.finish(), {}, design), id), 2u + (2 * 3 - 1) * 8 + kTail);

  ProgramBuilder g;
  const int gate_tag = g.load(32, 32, 0);
  Command& gate = g.add(Opcode::kGate);
  gate.tag = static_cast<std::uint16_t>(gate_tag);
  gate.tokens = gate.in_dim = 32;
  gate.experts = 16;
  wait_start(gate, 0, 1);
  const int gate_id = gate.id;
  EXPECT_EQ(duration(run(g.finish(), {}, design), gate_id), 4u + (2 * 2 - 1) * 16 + kTail + 8);
}

std::uint64_t attention_cycles(int tokens, int heads, int head_dim, int segments,
                               const models::DesignConfig& design) {
  ProgramBuilder b;
  Command& c = b.add(Opcode::kAttention);
  c.tokens = static_cast<std::uint16_t>(tokens);
  c.segments = static_cast<std::uint16_t>(segments);
  c.heads = static_cast<std::uint8_t>(heads);
  c.head_dim = static_cast<std::uint16_t>(head_dim);
  return duration(run(b.finish(), {}, design), 0);
}

TEST(ClosedForm, TwoActivationsOf32BitsTakeFourSlicesAProduct) {
  // QK: 9 blocks of keys, 64 inputs; PV: 4 blocks of dims, 129 inputs; and the tail.
  models::DesignConfig design = test_design();
  design.precision = models::Precision::kW16A16;
  const std::uint64_t two = attention_cycles(129, 3, 64, 1, design);
  EXPECT_GE(two, 51u * (9 * 8 + 4 * 17) + kTail);
  EXPECT_LE(two, 51u * (9 * 8 + 4 * 17) + 300);
  design.precision = models::Precision::kW16A32;
  const std::uint64_t eight = attention_cycles(129, 3, 64, 1, design);
  EXPECT_GE(eight, 51u * (9 * 32 + 4 * 65) + kTail);
  EXPECT_LE(eight, 51u * (9 * 32 + 4 * 65) + 300);
}

TEST(ClosedForm, AttentionOfTinyHidesTheSoftmaxButForItsStart) {
  // 51 pairs of 36 + 36; QK of pairs 0..2 is issued before PV(0), which waits for the softmax of
  // pair 0.
  const Cycle scores = 36, softmax = 36, values = 4 * 9;
  const Cycle first_softmax_done = scores + timing::kArrayPipeline + 2 + timing::kScoreWrite +
                                   timing::kBuffer + softmax + timing::kSoftmaxPipeline +
                                   timing::kBuffer;
  const Cycle start_stall = first_softmax_done > 3 * scores ? first_softmax_done - 3 * scores : 0;
  EXPECT_LE(start_stall, 16u);
  const std::uint64_t cycles = attention_cycles(129, 3, 64, 1, test_design());
  EXPECT_GE(cycles, 51 * (scores + values) + start_stall + kTail);
  EXPECT_LE(cycles, 51 * (scores + values) + 200);  // the architecture notes: about 200 to fill
}

TEST(ClosedForm, AttentionOfOnePairIsSerial) {
  // One token, one head: QK 4 cycles (dh 64), softmax 4, PV 4 blocks of one tile held apart by the
  // drain.
  const std::uint64_t expected = 4 + timing::kArrayPipeline + 2 + timing::kScoreWrite +
                                 timing::kBuffer + 4 + timing::kSoftmaxPipeline + timing::kBuffer +
                                 1 + 3 * kDrain + kTail;
  EXPECT_EQ(attention_cycles(1, 1, 64, 1, test_design()), expected);
}

TEST(ClosedForm, AttentionScalesWithSegmentsAndSuffersFromFewScoreBuffers) {
  models::DesignConfig design = test_design();
  const std::uint64_t one = attention_cycles(129, 3, 64, 1, design);
  EXPECT_EQ(attention_cycles(129, 3, 64, 2, design) - one, 51u * 72);
  design.buffers.score_groups = 1;
  // Nothing runs ahead: every pair waits for its own softmax.
  EXPECT_GT(attention_cycles(129, 3, 64, 1, design), one + 51 * 40);
}

TEST(ClosedForm, GateOfTinyTakes816) {
  ProgramBuilder b;
  const int tag = b.load(192, 32, 0);
  Command& c = b.add(Opcode::kGate);
  c.tag = static_cast<std::uint16_t>(tag);
  c.tokens = 129;
  c.in_dim = 192;
  c.experts = 16;
  wait_start(c, 0, 1);
  const int id = c.id;
  EXPECT_EQ(duration(run(b.finish()), id), 816 + kTail);
}

TEST(ClosedForm, NormTakesThreePassesOverTheRows) {
  ProgramBuilder b;
  const int tag = b.load_parameters(192, 0);
  Command& c = b.norm(tag, 128, 192);
  wait_start(c, 0, 1);
  const int id = c.id;
  EXPECT_EQ(duration(run(b.finish()), id), 3u * 128 * 6 + timing::kNormTail + 6);
}

TEST(ClosedForm, NormOfShortGroupsWaitsForMeanAndVariance) {
  ProgramBuilder b;
  const int tag = b.load_parameters(32, 0);
  Command& c = b.norm(tag, 1, 32);
  wait_start(c, 0, 1);
  const int id = c.id;
  const SimulationResult result = run(b.finish());
  EXPECT_EQ(duration(result, id), 2 * (1 + timing::kNormTurn) + 1 + timing::kNormTail + 1);
  EXPECT_EQ(result.commands[static_cast<std::size_t>(id)].stall.at("turn"), 2 * timing::kNormTurn);
}

TEST(ClosedForm, CopyReadsOnceForEachDestination) {
  ProgramBuilder b;
  Command& c = b.add(Opcode::kCopy);
  c.tokens = 129;
  c.segments = 3;
  c.in_dim = 192;
  EXPECT_EQ(duration(run(b.finish()), 0), 2u * 129 * 6 + timing::kCopyTail);
}

TEST(ClosedForm, EmbedOfTinyTakes9216AndWritesTheClassRow) {
  ProgramBuilder b;
  const int tag = b.load(768, 192, 0);
  Command& c = b.add(Opcode::kEmbed);
  c.tag = static_cast<std::uint16_t>(tag);
  c.tokens = 128;
  c.in_dim = 768;
  c.out_dim = 192;
  c.order = LoopOrder::kWeightOuter;
  wait_start(c, 0, 1);
  signal_groups(c, 1);
  const int id = c.id;
  Command& after = b.add(Opcode::kCopy);  // a reader of the class row's group
  after.tokens = 129;
  after.segments = 2;
  after.in_dim = 32;
  wait_start(after, 1, 17);
  const int reader = after.id;
  const SimulationResult result = run(b.finish());
  EXPECT_EQ(duration(result, id), 16u * 12 * 48 + kTail + 12);
  EXPECT_EQ(result.commands[static_cast<std::size_t>(reader)].begin,
            result.commands[static_cast<std::size_t>(id)].end + timing::kSignal);
}

TEST(ClosedForm, RouteTakesATokenACycleAndPublishes) {
  ProgramBuilder b;
  b.moe(1, 129, 32, 32, 16, {});
  EXPECT_EQ(duration(run(b.finish(), routing_of(1, 129, {129})), 0),
            129 + timing::kRoutePipeline + 16 + timing::kPublish);
}

TEST(ClosedForm, ExpertsTakeTheirQueuesOnceTheWeightsAreThere) {
  // Weights prefetched long before: route waits for the prefetch to be over by waiting for a later
  // load.
  const std::vector<int> lengths{0, 40, 1, 24, 0, 64};
  ProgramBuilder b;
  const int experts = b.moe(1, 129, 192, 384, 6, {1, 2, 3, 5});
  std::vector<Command> commands = b.finish();
  Command& prefetch = commands[0];
  signal_end(prefetch, 9);
  wait_start(commands[1], 9, 1);
  const SimulationResult result = run(commands, routing_of(1, 129, lengths));
  const std::uint64_t groups = 5 + 1 + 3 + 8;
  const CommandTiming& t = result.commands[static_cast<std::size_t>(experts)];
  EXPECT_EQ(t.busy, groups * 576);
  // Gathering and the drain of hidden rows are hidden behind the neighbours' matrices.
  EXPECT_EQ(t.end - t.begin, groups * 576 + kTail);
}

TEST(ClosedForm, ASingleExpertWaitsForItsOwnHiddenRows) {
  ProgramBuilder b;
  const int experts = b.moe(1, 8, 192, 384, 2, {1});
  std::vector<Command> commands = b.finish();
  signal_end(commands[0], 9);
  wait_start(commands[1], 9, 1);
  const SimulationResult result = run(commands, routing_of(1, 8, {0, 8}));
  EXPECT_EQ(duration(result, experts), 576 + 2 * kTail + timing::kGeluPipeline + timing::kBuffer);
}

TEST(ClosedForm, NormFollowsProjectionGroupByGroup) {
  ProgramBuilder b;
  const int matrix = b.load(192, 192, 0), parameters = b.load_parameters(192, 0);
  Command& linear = b.linear(matrix, 129, 192, 192, LoopOrder::kTokenOuter);
  wait_start(linear, 0, 2);
  signal_groups(linear, 1);
  const auto first = static_cast<std::size_t>(linear.id);
  Command& norm = b.norm(parameters, 129, 192);
  wait_group(norm, 1, 0);
  const auto second = static_cast<std::size_t>(norm.id);
  const SimulationResult result = run(b.finish());
  const CommandTiming& a = result.commands[first];
  const CommandTiming& n = result.commands[second];
  EXPECT_EQ(n.begin, a.begin + 12 * 12 + kTail + timing::kSignal);
  // Both take 144 cycles a group; the last group is one token.
  EXPECT_EQ(n.end, n.begin + 16 * 144 + 2 * (6 + timing::kNormTurn) + 6 + timing::kNormTail + 6);
  EXPECT_EQ(n.stall.count("wait:linear"), 0u);
}

TEST(ClosedForm, ColdWeightsDelayABlockUntilItsLastRowIsReadable) {
  ProgramBuilder b;
  const int tag = b.load(192, 16, 0);
  b.linear(tag, 8, 192, 16, LoopOrder::kTokenOuter);
  const SimulationResult result = run(b.finish());
  EXPECT_EQ(result.commands[1].begin, result.commands[0].end);  // `end` of a load: readable
  EXPECT_EQ(result.commands[1].end, result.commands[1].begin + 12 + kTail);
}

TEST(ClosedForm, EventsAreCountedAsIssued) {
  ProgramBuilder b;
  const int matrix = b.load(192, 768, 0), parameters = b.load_parameters(192, 0);
  b.linear(matrix, 129, 192, 768, LoopOrder::kTokenOuter).post = program::Post::kGelu;
  b.norm(parameters, 129, 192);
  Command& attention = b.add(Opcode::kAttention);
  attention.tokens = 129;
  attention.heads = 3;
  attention.head_dim = 64;
  const SimulationResult result = run(b.finish());
  const std::uint64_t linear = 17u * 48 * 12, pairs = 17 * 3;
  EXPECT_EQ(result.events.macs_issued, (linear + pairs * 72) * 2048);
  EXPECT_EQ(result.macs_padded, result.events.macs_issued);
  EXPECT_EQ(result.events.gelu, 17u * 48 * 128);
  EXPECT_EQ(result.events.requantised, (17u * 48 + pairs * 4) * 128);
  EXPECT_EQ(result.events.exponentials, pairs * 9 * 128);
  EXPECT_EQ(result.events.norm_elements, 129u * 192);
  EXPECT_GE(result.events.dram_read_bits, result.dram.read_bytes * 8);
}

TEST(ClosedForm, ColdLoadIsAsFastAsTheMemoryAndNoFaster) {
  ProgramBuilder b;
  b.load(768, 768, 0);  // 2,304 tiles and 24 parameter rows
  const SimulationResult result = run(b.finish());
  // Three ports of 16 B a cycle carry less than DDR4-2133 peak (56.9 B a cycle).
  const std::uint64_t least = (2304 + 24) * 256 / 48;
  EXPECT_GT(duration(result, 0), least);
  EXPECT_LT(duration(result, 0), least + 100);
}

}  // namespace
}  // namespace edgemoe::sim
