// SPDX-License-Identifier: Apache-2.0
// One clear error that names the place.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/models/schema/config_fixture.hpp"
#include "tests/sim/published/stages.hpp"

namespace edgemoe::tests {
namespace {

std::string example() {
  std::ifstream file(repository("constraints/published/example.yaml"));
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

class BadLoopDesign : public ConfigTest<models::LoopDesignConfig, models::read_loop_design> {
 protected:
  /// Message of reading and running the changed example.
  std::string ran(const std::string& from, const std::string& to) {
    std::string message = error_of<models::ConfigError>([&] {
      const models::ModelConfig network =
          models::read_model(repository("models/zoo/m3vit-tiny-scenes"));
      const models::DramConfig dram =
          models::read_board(repository("constraints/boards/zcu102.yaml")).dram;
      sim::run_design(load(changed(example(), from, to)), network, sim::even_queues(network), dram);
    });
    const std::size_t cut = message.find("FILE");
    return cut == std::string::npos ? message : message.substr(cut);
  }
};

TEST_F(BadLoopDesign, TheExampleItselfIsFine) {
  EXPECT_EQ(error(example()), "(no error)");
  EXPECT_EQ(ran("scale_ii: 1", "scale_ii: 2"), "(no error)");
}

TEST_F(BadLoopDesign, TheExampleTakesTwoCyclesABeat) {
  const models::ModelConfig network =
      models::read_model(repository("models/zoo/m3vit-tiny-scenes"));
  const models::DramConfig dram =
      models::read_board(repository("constraints/boards/zcu102.yaml")).dram;
  const auto cycles = [&](const models::Overrides& overrides) {
    const models::LoopDesignConfig design = load(example(), overrides);
    const sim::DesignRun run = sim::run_design(design, network, sim::even_queues(network), dram);
    return static_cast<double>(run.cycles);
  };
  EXPECT_NEAR(cycles({}), 6400.0, 100.0);
  EXPECT_NEAR(cycles({{"define.scale_ii", "3"}}), 3 * 3096 + 200.0, 100.0);
}

TEST_F(BadLoopDesign, StreamThatNobodyReads) {
  EXPECT_EQ(error(changed(example(), "            pops: [{stream: scaled}]\n", "")),
            "FILE:24:9: error: steps[0].streams[1]: expected one process that reads stream "
            "\"scaled\", got none");
}

TEST_F(BadLoopDesign, StreamThatNobodyWrites) {
  EXPECT_EQ(error(changed(example(), "            pushes: [{stream: raw}]\n", "")),
            "FILE:23:9: error: steps[0].streams[0]: expected one process that writes stream "
            "\"raw\", got none");
}

TEST_F(BadLoopDesign, StreamWithNoEndConnected) {
  EXPECT_EQ(error(changed(example(), "      - {name: raw,",
                          "      - {name: spare, depth: 2}\n      - {name: raw,")),
            "FILE:23:9: error: steps[0].streams[0]: expected a stream that processes use, got "
            "stream \"spare\" with neither end connected");
}

TEST_F(BadLoopDesign, StreamOfNoRegion) {
  EXPECT_EQ(error(changed(example(), "pops: [{stream: raw}]", "pops: [{stream: row}]")),
            "FILE:23:9: error: steps[0].streams[0]: expected one process that reads stream "
            "\"raw\", got none\n"
            "FILE:40:29: error: steps[0].processes[1].loops[0].pops[0].stream: expected a stream "
            "of this region, got \"row\"");
}

TEST_F(BadLoopDesign, LoopOnAPortThatIsNotThere) {
  EXPECT_EQ(error(changed(example(), "writes: [{port: gmem,", "writes: [{port: gmen,")),
            "FILE:49:29: error: steps[0].processes[2].loops[0].writes[0].port: expected a port of "
            "the design (gmem), got \"gmen\"");
}

TEST_F(BadLoopDesign, LoopWithoutThePortThatItNeeds) {
  EXPECT_EQ(error(changed(example(), "reads: [{port: gmem, bytes: 32}]", "reads: [{bytes: 32}]")),
            "FILE:32:21: error: steps[0].processes[0].loops[0].reads[0].port: expected this key "
            "(AXI port of the design), got nothing");
}

TEST_F(BadLoopDesign, RegionThatIsAlsoASequence) {
  EXPECT_NE(error(changed(example(), "  - name: scale\n    streams:",
                          "  - name: scale\n    steps: [{name: x}]\n    streams:"))
                .find("steps[0]: expected either processes (a dataflow region) or steps (a "
                      "sequence), got both"),
            std::string::npos);
}

TEST_F(BadLoopDesign, ZeroInitiationInterval) {
  EXPECT_EQ(ran("scale_ii: 1", "scale_ii: 0"),
            "FILE:38:17: error: steps[0].processes[1].loops[0].ii: expected 1 to 1000000, got 0 "
            "(scale_ii)");
}

TEST_F(BadLoopDesign, NegativeDepthAndZeroFifo) {
  EXPECT_EQ(ran("depth: 6", "depth: 6 - 8"),
            "FILE:39:20: error: steps[0].processes[1].loops[0].depth: expected 1 to 1000000, got "
            "-2 (6 - 8)");
  EXPECT_EQ(ran("fifo: 2", "fifo: 0"),
            "FILE:23:28: error: steps[0].streams[0].depth: expected 1 to 100000, got 0 (fifo)");
}

TEST_F(BadLoopDesign, NamesThatNobodyKnows) {
  EXPECT_EQ(ran("tokens * ceil_div(embed, 8)", "tokenz"),
            "FILE:29:20: error: steps[0].processes[0].loops[0].trips: expected 0 to 100000000, "
            "got the unknown name \"tokenz\" (beats)");
  EXPECT_EQ(ran("scale_ii: 1", "scale_ii: fifo\n  fifo2: scale_ii"), "(no error)");
  EXPECT_NE(ran("scale_ii: 1", "scale_ii: scale_ii").find("definitions in a circle"),
            std::string::npos);
}

TEST_F(BadLoopDesign, NegativeLatencyOfAPort) {
  EXPECT_NE(error(changed(example(), "latency_cycles: 54", "latency_cycles: -1"))
                .find("ports[0].latency_cycles: expected an integer in"),
            std::string::npos);
}

TEST_F(BadLoopDesign, NegativeTimesOfTheDesign) {
  const auto with = [&](const std::string& line) {
    return error(changed(example(), "clock_mhz: 300\n", line));
  };
  EXPECT_EQ(with("clock_mhz: -300\n"),
            "FILE:10:12: error: clock_mhz: expected a number in 1..2000, got -300");
  EXPECT_EQ(with("clock_mhz: 300\naxi_latency: -1\n"),
            "FILE:11:14: error: axi_latency: expected an integer in 0..1024, got -1");
  EXPECT_EQ(with("clock_mhz: 300\ncontrol_cycles: -2\n"),
            "FILE:11:17: error: control_cycles: expected an integer in 0..1024, got -2");
}

TEST_F(BadLoopDesign, NegativeOrUnknownWork) {
  EXPECT_EQ(ran("depth: 6\n", "depth: 6\n            work: {macs: 8 - 9}\n"),
            "FILE:40:26: error: steps[0].processes[1].loops[0].work.macs: expected 0 to 65536, "
            "got -1 (8 - 9)");
  EXPECT_NE(ran("depth: 6\n", "depth: 6\n            work: {mac: 8}\n")
                .find("steps[0].processes[1].loops[0].work.\"mac\": expected a known key, got an "
                      "unknown one"),
            std::string::npos);
}

TEST_F(BadLoopDesign, ResourcesWithoutSourceOrBelowZero) {
  EXPECT_EQ(error(changed(example(), "source: \"made up: what synthesis would report\", ", "")),
            "FILE:9:12: error: resources.source: expected this key (where the figures come from), "
            "got nothing");
  EXPECT_NE(error(changed(example(), "lut: 3000", "lut: -1"))
                .find("resources.lut: expected an integer in 0..100000000, got -1"),
            std::string::npos);
}

TEST_F(BadLoopDesign, MoreWorkThanOneMayAskFor) {
  EXPECT_NE(ran("trips: beats\n            ii: 1\n            depth: 73",
                "trips: 1000000000\n            ii: 1\n            depth: 73")
                .find("expected 0 to 100000000"),
            std::string::npos);
}

TEST_F(BadLoopDesign, MoreBytesOrStagesThanOneMayAskFor) {
  EXPECT_EQ(ran("reads: [{port: gmem, bytes: 32}]", "reads: [{port: gmem, bytes: 10000000}]"),
            "FILE:29:20: error: steps[0].processes[0].loops[0].trips: expected at most 1073741824 "
            "bytes in all repetitions, got more (beats)");
  EXPECT_EQ(ran("      - name: write\n        loops:",
                "      - name: write\n        repeat: 1000000\n        loops:"),
            "FILE:46:20: error: steps[0].processes[2].loops[0].trips: expected at most 1000000000 "
            "iterations in all repetitions, got more (beats)");
  EXPECT_NE(
      ran("  - name: scale\n    streams:",
          "  - name: scale\n    repeat: 50000\n    index: i\n    steps:\n"
          "      - name: empty\n        repeat: 50000\n        index: j\n        steps:\n"
          "          - {name: none, when: 0, processes: [{name: p, loops: [{name: l, trips: 1, "
          "ii: 1, depth: 1}]}]}\n  - name: scale2\n    streams:")
          .find("expected at most 1000000 steps, got more"),
      std::string::npos);
}

TEST_F(BadLoopDesign, RoutingThatDoesNotFit) {
  const models::ModelConfig network =
      models::read_model(repository("models/zoo/m3vit-tiny-scenes"));
  const models::LoopDesignConfig design = load(example());
  const auto message = [&](const sim::Queues& queues) {
    return error_of<models::ConfigError>([&] { sim::elaborate(design, network, queues); });
  };
  sim::Queues queues = sim::even_queues(network);
  EXPECT_EQ(message(queues), "(no error)");
  queues[2][3] = 130;
  EXPECT_EQ(message(queues),
            "routing: error: queues[2]: expected lengths of 0 to 129 tokens, got 130");
  queues[2].pop_back();
  EXPECT_EQ(message(queues), "routing: error: queues[2]: expected 16 experts, got 15");
  queues.pop_back();
  EXPECT_EQ(message(queues), "routing: error: queues: expected 6 moe blocks, got 5");
}

}  // namespace
}  // namespace edgemoe::tests
