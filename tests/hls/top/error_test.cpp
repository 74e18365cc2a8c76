// SPDX-License-Identifier: Apache-2.0
// Malformed programs end with the right error at the right command, and never touch other memory.
#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "hls/top/accelerator.hpp"
#include "tests/hls/top/network.hpp"

namespace edgemoe::hls {
namespace {

using program::Buffer;
using program::Command;
using program::Opcode;
using testing::make_network;
using testing::Network;
using testing::NetworkShape;

using Edit = std::function<void(Command&)>;

RunStatus run(std::vector<std::uint8_t> image) {
  return run_program(image.data(), image.size(), {});
}

/// Edits the first command of this opcode and expects the error there.
void expect_refused(Opcode opcode, RunError error, const char* what, const Edit& edit) {
  Network network = make_network(NetworkShape());
  for (Command& command : network.builder.commands()) {
    if (command.opcode != opcode) continue;
    edit(command);
    const RunStatus status = run(network.builder.finish());
    EXPECT_EQ(status.error, error) << what;
    EXPECT_EQ(status.failed_command, command.id) << what;
    return;
  }
  FAIL() << "no such command: " << what;
}

TEST(Errors, AnIntactProgramRuns) {
  EXPECT_EQ(run(make_network(NetworkShape()).builder.finish()).error, RunError::kNone);
}

TEST(Errors, BadHeadersAreRefused) {
  const std::vector<std::uint8_t> good = make_network(NetworkShape()).builder.finish();
  EXPECT_EQ(run({}).error, RunError::kBadHeader) << "empty";
  EXPECT_EQ(run(std::vector<std::uint8_t>(good.begin(), good.begin() + 255)).error,
            RunError::kBadHeader);
  std::vector<std::uint8_t> truncated(good.begin(), good.end() - 1);
  EXPECT_EQ(run(truncated).error, RunError::kBadHeader) << "shorter than it says";
  for (int byte : {0, 4, 16 + 7, 24 + 3, 32 + 7, 48 + 7}) {
    std::vector<std::uint8_t> bad = good;
    bad[byte] ^= 0x80;
    EXPECT_EQ(run(bad).error, RunError::kBadHeader) << "byte " << byte;
  }
}

TEST(Errors, LoadsOutsideTheImageAreRefused) {
  for (Opcode opcode : {Opcode::kLoadWeights, Opcode::kLoadPixels, Opcode::kLoadTokens,
                        Opcode::kLoadExperts, Opcode::kPrefetchExperts}) {
    expect_refused(opcode, RunError::kBadAddress, "beyond",
                   [](Command& c) { c.address = 1ull << 40; });
    expect_refused(opcode, RunError::kBadAddress, "unaligned", [](Command& c) { c.address += 16; });
  }
  expect_refused(Opcode::kLoadWeights, RunError::kBadAddress, "rows",
                 [](Command& c) { c.rows = 0xffffffff; });
  expect_refused(Opcode::kPrefetchExperts, RunError::kBadAddress, "listed expert beyond the image",
                 [](Command& c) { c.expert_list[0] = 255; });
}

TEST(Errors, StoresOutsideTheResultRegionAreRefused) {
  expect_refused(Opcode::kStoreTokens, RunError::kBadAddress, "program",
                 [](Command& c) { c.address = 0; });
  expect_refused(Opcode::kStoreTokens, RunError::kBadAddress, "beyond",
                 [](Command& c) { c.address += 256; });
  expect_refused(Opcode::kStoreTokens, RunError::kBadAddress, "too many",
                 [](Command& c) { c.out_dim += 1; });
}

TEST(Errors, ShapesBeyondTheBuffersAreRefused) {
  for (Opcode opcode :
       {Opcode::kEmbed, Opcode::kLinear, Opcode::kAttention, Opcode::kNorm, Opcode::kCopy,
        Opcode::kGate, Opcode::kRoute, Opcode::kExperts, Opcode::kStoreTokens}) {
    expect_refused(opcode, RunError::kBadShape, "no tokens", [](Command& c) { c.tokens = 0; });
    expect_refused(opcode, RunError::kBadShape, "tokens", [](Command& c) { c.tokens = 65535; });
  }
  for (Opcode opcode :
       {Opcode::kLinear, Opcode::kNorm, Opcode::kGate, Opcode::kExperts, Opcode::kCopy}) {
    expect_refused(opcode, RunError::kBadShape, "wide", [](Command& c) { c.in_dim = 65535; });
    expect_refused(opcode, RunError::kBadShape, "no inputs", [](Command& c) { c.in_dim = 0; });
  }
  for (Opcode opcode : {Opcode::kLinear, Opcode::kAttention, Opcode::kNorm, Opcode::kCopy}) {
    expect_refused(opcode, RunError::kBadShape, "segments", [](Command& c) { c.segments = 65535; });
    expect_refused(opcode, RunError::kBadShape, "none", [](Command& c) { c.segments = 0; });
    expect_refused(opcode, RunError::kBadShape, "overlap", [](Command& c) {
      c.segments = 2;
      c.segment_stride = static_cast<std::uint16_t>(c.tokens - 1);
    });
  }
  expect_refused(Opcode::kLoadPixels, RunError::kBadShape, "width",
                 [](Command& c) { c.image_width = 8; });
  expect_refused(Opcode::kLoadPixels, RunError::kBadShape, "height",
                 [](Command& c) { c.image_height = 0; });
  expect_refused(Opcode::kAttention, RunError::kBadShape, "heads", [](Command& c) { c.heads = 0; });
  expect_refused(Opcode::kAttention, RunError::kBadShape, "head",
                 [](Command& c) { c.head_dim = 129; });
  expect_refused(Opcode::kRoute, RunError::kBadShape, "window",
                 [](Command& c) { c.window_lo = c.window_hi; });
  expect_refused(Opcode::kRoute, RunError::kBadShape, "window",
                 [](Command& c) { c.window_hi = 200; });
  expect_refused(Opcode::kRoute, RunError::kBadShape, "no k", [](Command& c) { c.top_k = 0; });
  expect_refused(Opcode::kRoute, RunError::kBadShape, "k", [](Command& c) { c.window_hi = 1; });
  expect_refused(Opcode::kGate, RunError::kBadShape, "slot", [](Command& c) {
    c.task_slot = 255;
    c.segment_stride = 60000;
  });
}

TEST(Errors, ArithmeticThatCouldOverflowIsRefused) {
  expect_refused(Opcode::kLinear, RunError::kBadShape, "r1", [](Command& c) { c.requant.r1 = 63; });
  expect_refused(Opcode::kLinear, RunError::kBadShape, "r2", [](Command& c) { c.requant.r2 = 63; });
  expect_refused(Opcode::kLinear, RunError::kBadShape, "bias",
                 [](Command& c) { c.requant.bias_shift = 31; });
  expect_refused(Opcode::kLinear, RunError::kBadShape, "gelu",
                 [](Command& c) { c.gelu_shift = 63; });
  expect_refused(Opcode::kAttention, RunError::kBadShape, "score",
                 [](Command& c) { c.score_shift = 63; });
  expect_refused(Opcode::kGate, RunError::kBadShape, "gate", [](Command& c) { c.gate_shift = 63; });
  expect_refused(Opcode::kNorm, RunError::kBadShape, "eps", [](Command& c) { c.eps_acc = 0; });
  expect_refused(Opcode::kNorm, RunError::kBadShape, "eps",
                 [](Command& c) { c.eps_acc = 1ull << 62; });
  expect_refused(Opcode::kNorm, RunError::kBadShape, "inv_d", [](Command& c) { c.inv_d += 1; });
  expect_refused(Opcode::kNorm, RunError::kBadShape, "gamma",
                 [](Command& c) { c.gamma_frac = 61; });
  expect_refused(Opcode::kExperts, RunError::kBadShape, "r1",
                 [](Command& c) { c.requant2.r1 = 63; });
}

TEST(Errors, BuffersThatDoNotBelongTogetherAreRefused) {
  expect_refused(Opcode::kLinear, RunError::kBadShape, "pixels",
                 [](Command& c) { c.src = Buffer::kPixels; });
  expect_refused(Opcode::kLinear, RunError::kBadShape, "dst",
                 [](Command& c) { c.dst = Buffer::kHidden; });
  expect_refused(Opcode::kLinear, RunError::kBadShape, "in place", [](Command& c) {
    c.src = Buffer::kHidden;
    c.dst = Buffer::kHidden;
    c.post = program::Post::kGelu;
    c.scale_source = program::ScaleSource::kUnity;
  });
  expect_refused(Opcode::kLinear, RunError::kBadShape, "scale",
                 [](Command& c) { c.src = Buffer::kAttentionOut; });
  expect_refused(Opcode::kAttention, RunError::kBadShape, "src",
                 [](Command& c) { c.src = Buffer::kHidden; });
  expect_refused(Opcode::kLoadTokens, RunError::kBadShape, "dst",
                 [](Command& c) { c.dst = Buffer::kQkv; });
}

TEST(Errors, TagsMustFitTheirUse) {
  for (Opcode opcode :
       {Opcode::kEmbed, Opcode::kLinear, Opcode::kNorm, Opcode::kGate, Opcode::kExperts}) {
    expect_refused(opcode, RunError::kBadTag, "never loaded", [](Command& c) { c.tag = 999; });
  }
  expect_refused(Opcode::kLinear, RunError::kBadTag, "another size",
                 [](Command& c) { c.in_dim += 16; });
  expect_refused(Opcode::kExperts, RunError::kBadTag, "another size",
                 [](Command& c) { c.hidden_dim += 16; });
}

TEST(Errors, ATagIsLoadedOnceAndConsumed) {
  Network network = make_network(NetworkShape());
  auto& commands = network.builder.commands();
  Command again = commands[2];
  ASSERT_EQ(again.opcode, Opcode::kLoadWeights);
  again.id = 3;
  commands.insert(commands.begin() + 3, again);
  for (std::size_t i = 0; i < commands.size(); ++i) commands[i].id = static_cast<std::uint16_t>(i);
  RunStatus status = run(network.builder.finish());
  EXPECT_EQ(status.error, RunError::kBadTag) << "twice";
  EXPECT_EQ(status.failed_command, 3u);
  commands[3].tag = 500;
  status = run(network.builder.finish());
  EXPECT_EQ(status.error, RunError::kBadTag) << "loaded, never used";
  EXPECT_EQ(status.failed_command, commands.size() - 1);
}

TEST(Errors, OrderOfCommandsIsChecked) {
  Network network = make_network(NetworkShape());
  auto& commands = network.builder.commands();
  commands[7].id = 9;
  const RunStatus status = run(network.builder.finish());
  EXPECT_EQ(status.error, RunError::kBadOrder) << "an id that is not its position";
  EXPECT_EQ(status.failed_command, 7u);
  commands[7].id = 7;
  commands.push_back(commands.back());
  commands.back().id = static_cast<std::uint16_t>(commands.size() - 1);
  EXPECT_EQ(run(network.builder.finish()).error, RunError::kBadOrder) << "a command behind the end";
  commands.resize(commands.size() - 2);
  EXPECT_EQ(run(network.builder.finish()).error, RunError::kBadOrder) << "no end";
  expect_refused(Opcode::kRoute, RunError::kBadOrder, "queues were never cleared",
                 [](Command& c) { c.first_route = false; });
}

TEST(Errors, ARowIsRoutedOnce) {
  Network network = make_network(NetworkShape());
  int routes = 0;
  for (Command& c : network.builder.commands()) {
    if (c.opcode == Opcode::kRoute && ++routes == 2) c.task_slot = 0;
  }
  EXPECT_EQ(run(network.builder.finish()).error, RunError::kBadOrder);
}

TEST(Errors, ExpertsWaitForTheLastRoute) {
  Network network = make_network(NetworkShape());
  for (Command& c : network.builder.commands()) c.last_route = false;
  EXPECT_EQ(run(network.builder.finish()).error, RunError::kBadOrder);
}

TEST(Errors, BuffersAreWrittenBeforeTheyAreRead) {
  for (Opcode opcode : {Opcode::kLoadPixels, Opcode::kLoadTokens, Opcode::kEmbed, Opcode::kNorm}) {
    Network network = make_network(NetworkShape());
    for (Command& c : network.builder.commands()) {
      if (c.opcode != opcode) continue;
      const std::uint16_t id = c.id;
      c = Command();
      c.opcode = Opcode::kBarrier;
      c.id = id;
      break;
    }
    EXPECT_EQ(run(network.builder.finish()).error, RunError::kBadOrder) << static_cast<int>(opcode);
  }
}

TEST(Errors, TheGateNeedsTheLowPlaneOfTheLastNorm) {
  Network network = make_network(NetworkShape());
  for (Command& c : network.builder.commands()) c.low_plane = false;
  EXPECT_EQ(run(network.builder.finish()).error, RunError::kBadOrder);
}

TEST(Errors, BytesThatAreNoCommandAreRefused) {
  Network network = make_network(NetworkShape());
  std::vector<std::uint8_t> image = network.builder.finish();
  image[network.builder.header().program_address] = 0xff;
  EXPECT_EQ(run(image).error, RunError::kBadOpcode);
}

TEST(Errors, RandomlyDamagedProgramsNeitherCrashNorWriteElsewhere) {
  Network network = make_network(NetworkShape());
  const std::vector<std::uint8_t> good = network.builder.finish();
  const program::ImageHeader& header = network.builder.header();
  std::mt19937_64 random(99);
  int refused = 0;
  for (int round = 0; round < 400; ++round) {
    std::vector<std::uint8_t> bad = good;
    const std::size_t at =
        header.program_address + random() % (good.size() - header.program_address);
    bad[at] = static_cast<std::uint8_t>(random());
    std::vector<std::uint8_t> after = bad;
    refused += run_program(after.data(), after.size(), {}).error != RunError::kNone;
    for (std::size_t i = 0; i < header.result_address; ++i) {
      if (after[i] != bad[i]) FAIL() << "byte " << i << " changed in round " << round;
    }
  }
  EXPECT_GT(refused, 50);
}

}  // namespace
}  // namespace edgemoe::hls
