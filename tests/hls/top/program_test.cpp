// SPDX-License-Identifier: Apache-2.0
// Whole programs against the naive model: results, taps, counters, determinism.
#include <gtest/gtest.h>

#include <map>

#include "hls/program/weight_layout.hpp"
#include "hls/top/accelerator.hpp"
#include "tests/hls/top/network.hpp"

namespace edgemoe::hls {
namespace {

using testing::make_network;
using testing::Network;
using testing::NetworkShape;

void expect_results(const Network& network, const std::vector<std::uint8_t>& image) {
  const std::uint8_t* at = image.data() + network.result_address;
  for (std::size_t s = 0; s < network.results.size(); ++s) {
    for (std::size_t t = 0; t < network.results[s].size(); ++t) {
      for (std::size_t d = 0; d < network.results[s][t].size(); ++d, at += 4) {
        ASSERT_EQ(program::get_word(at), network.results[s][t][d])
            << "segment " << s << " token " << t << " column " << d;
      }
    }
  }
}

void expect_program(const NetworkShape& shape) {
  Network network = make_network(shape);
  std::vector<std::uint8_t> image = network.builder.finish();
  program::RoutingTrace routing;
  SimulationHooks hooks;
  hooks.routing = &routing;
  const RunStatus status = run_program(image.data(), image.size(), hooks);
  ASSERT_EQ(status.error, RunError::kNone) << "command " << status.failed_command;
  expect_results(network, image);
  EXPECT_EQ(status.macs, network.macs);
  EXPECT_EQ(status.residual_saturations, 0u);
  ASSERT_EQ(routing.segments.size(), network.routing.segments.size());
  for (std::size_t s = 0; s < routing.segments.size(); ++s) {
    for (std::size_t i = 0; i < routing.segments[s].choices.size(); ++i) {
      ASSERT_EQ(routing.segments[s].choices[i].expert,
                network.routing.segments[s].choices[i].expert);
      ASSERT_EQ(routing.segments[s].choices[i].score, network.routing.segments[s].choices[i].score);
      ASSERT_EQ(routing.segments[s].choices[i].dropped,
                network.routing.segments[s].choices[i].dropped);
    }
  }
}

TEST(Program, TwoTasksEqualTheNaiveModel) { expect_program(NetworkShape()); }

TEST(Program, OneTaskEqualsTheNaiveModel) {
  NetworkShape shape;
  shape.tasks = 1;
  expect_program(shape);
}

TEST(Program, AwkwardDimensionsEqualTheNaiveModel) {
  NetworkShape shape;
  shape.grid_width = 5;
  shape.grid_height = 3;
  shape.dim = 39;
  shape.heads = 3;
  shape.hidden = 51;
  shape.experts = 17;
  shape.expert_hidden = 5;
  shape.top_k = 4;
  shape.tasks = 3;
  shape.seed = 2;
  expect_program(shape);
}

TEST(Program, OneExpertAndTopOneEqualTheNaiveModel) {
  NetworkShape shape;
  shape.experts = 1;
  shape.top_k = 1;
  shape.grid_width = 1;
  shape.grid_height = 1;
  shape.seed = 3;
  expect_program(shape);
}

TEST(Program, AllTokensToOneExpertEqualTheNaiveModel) {
  NetworkShape shape;
  shape.top_k = 1;
  shape.gate_bias_of_expert_0 = 1 << 30;
  shape.seed = 4;
  expect_program(shape);
  for (const auto& segment : make_network(shape).routing.segments) {
    for (const auto& choice : segment.choices) EXPECT_EQ(choice.expert, 0);
  }
}

TEST(Program, ChoicesBelowTheThresholdAddNothing) {
  NetworkShape shape;
  shape.seed = 5;
  shape.threshold = 20000;
  expect_program(shape);
  shape.threshold = 65537;  // every choice of every token
  expect_program(shape);
}

TEST(Program, TinyDimensionsEqualTheNaiveModel) {
  NetworkShape shape;
  shape.grid_width = 4;
  shape.grid_height = 4;
  shape.dim = 192;
  shape.heads = 3;
  shape.hidden = 768;
  shape.experts = 16;
  shape.expert_hidden = 384;
  shape.seed = 6;
  expect_program(shape);
}

TEST(Program, RunningTwiceGivesTheSameBits) {
  Network network = make_network(NetworkShape());
  std::vector<std::uint8_t> first = network.builder.finish(), second = first;
  run_program(first.data(), first.size(), {});
  run_program(second.data(), second.size(), {});
  EXPECT_EQ(first, second);
  run_program(first.data(), first.size(), {});
  EXPECT_EQ(first, second);
}

TEST(Program, WritesNothingButResults) {
  Network network = make_network(NetworkShape());
  const std::vector<std::uint8_t> before = network.builder.finish();
  std::vector<std::uint8_t> after = before;
  run_program(after.data(), after.size(), {});
  const program::ImageHeader& header = network.builder.header();
  for (std::size_t i = 0; i < before.size(); ++i) {
    const bool result =
        i >= header.result_address && i < header.result_address + header.result_bytes;
    if (!result) {
      ASSERT_EQ(before[i], after[i]) << i;
    }
  }
}

/// Rows by (point, command, segment, row).
class Recorder : public Observer {
 public:
  using Key = std::tuple<TapPoint, int, int, int>;

  void on_row(const program::Command& command, TapPoint point, int segment, int row,
              const std::int32_t* values, int count, std::uint32_t scale) override {
    const Key key{point, command.id, segment, row};
    EXPECT_EQ(rows.count(key), 0u) << "a row arrives once";
    rows[key].assign(values, values + count);
    scales[key] = scale;
  }

  std::map<Key, std::vector<std::int32_t>> rows;
  std::map<Key, std::uint32_t> scales;
};

TEST(Observer, SeesTheResidualOfTheNaiveModelAfterEveryAddition) {
  Network network = make_network(NetworkShape());
  std::vector<std::uint8_t> image = network.builder.finish();
  Recorder recorder;
  SimulationHooks hooks;
  hooks.observer = &recorder;
  ASSERT_EQ(run_program(image.data(), image.size(), hooks).error, RunError::kNone);
  for (const testing::ExpectedTap& tap : network.residual_taps) {
    const auto found = recorder.rows.find({TapPoint::kResidual, tap.command, tap.segment, tap.row});
    ASSERT_NE(found, recorder.rows.end()) << tap.command << " row " << tap.row;
    ASSERT_EQ(naive::Row(found->second.begin(), found->second.end()), tap.values) << tap.command;
  }
  std::size_t residual_rows = 0;
  for (const auto& row : recorder.rows)
    residual_rows += std::get<0>(row.first) == TapPoint::kResidual;
  EXPECT_EQ(residual_rows, network.residual_taps.size());
}

TEST(Observer, SeesEveryPointWithItsWidthAndScale) {
  const NetworkShape shape;
  Network network = make_network(shape);
  std::vector<std::uint8_t> image = network.builder.finish();
  Recorder recorder;
  SimulationHooks hooks;
  hooks.observer = &recorder;
  ASSERT_EQ(run_program(image.data(), image.size(), hooks).error, RunError::kNone);
  const std::map<TapPoint, int> widths = {
      {TapPoint::kResidual, shape.dim},     {TapPoint::kNormZ16, shape.dim},
      {TapPoint::kQkv, 3 * shape.dim},      {TapPoint::kAttentionOut, shape.dim},
      {TapPoint::kContribution, shape.dim}, {TapPoint::kHidden, shape.hidden},
      {TapPoint::kLogits, shape.experts}};
  std::map<TapPoint, int> rows;
  for (const auto& [key, values] : recorder.rows) {
    const TapPoint point = std::get<0>(key);
    ++rows[point];
    EXPECT_EQ(values.size(), static_cast<std::size_t>(widths.at(point)));
    EXPECT_EQ(recorder.scales[key] > 0, point == TapPoint::kNormZ16);
  }
  const int shared = shape.tokens(), all = shape.tasks * shape.tokens();
  EXPECT_EQ(rows[TapPoint::kNormZ16], 3 * shared + 5 * all);
  EXPECT_EQ(rows[TapPoint::kQkv], 2 * shared + 2 * all);
  EXPECT_EQ(rows[TapPoint::kAttentionOut], 2 * shared + 2 * all);
  EXPECT_EQ(rows[TapPoint::kHidden], shared + all);
  EXPECT_EQ(rows[TapPoint::kLogits], 2 * all);
  EXPECT_EQ(rows[TapPoint::kContribution], 3 * shared + 5 * all);
}

TEST(Observer, DoesNotChangeTheResults) {
  Network network = make_network(NetworkShape());
  std::vector<std::uint8_t> seen = network.builder.finish(), unseen = seen;
  Recorder recorder;
  SimulationHooks hooks;
  hooks.observer = &recorder;
  run_program(seen.data(), seen.size(), hooks);
  run_program(unseen.data(), unseen.size(), {});
  EXPECT_EQ(seen, unseen);
}

}  // namespace
}  // namespace edgemoe::hls
