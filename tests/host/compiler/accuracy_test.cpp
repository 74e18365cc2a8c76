// SPDX-License-Identifier: Apache-2.0
// Compiled programs run on the kernels and are judged against the float network, tap by tap, with
// the reference's routing forced.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <random>

#include "hls/program/encoding.hpp"
#include "hls/top/accelerator.hpp"
#include "host/compiler/bounds.hpp"
#include "host/compiler/calibrate.hpp"
#include "host/compiler/lowered.hpp"
#include "host/compiler/precision.hpp"
#include "host/compiler/quantise.hpp"
#include "models/io/error.hpp"
#include "models/reference/error_metrics.hpp"
#include "models/reference/network.hpp"
#include "models/reference/weights.hpp"
#include "tests/host/compiler/sample_model.hpp"
#include "tests/host/compiler/tap_collector.hpp"

namespace edgemoe::host {
namespace {

models::Image noise_image(int height, int width, unsigned seed) {
  std::mt19937 random(seed);
  models::Image image{height, width, {}};
  image.rgb.resize(static_cast<std::size_t>(3) * height * width);
  for (std::size_t i = 0; i < image.rgb.size(); ++i) {
    const std::size_t x = (i / 3) % width, y = i / 3 / width;
    const double wave = 90 * std::sin(0.05 * (x + 2.0 * y) + i % 3) + 127;
    image.rgb[i] = static_cast<std::uint8_t>(wave + random() % 30);
  }
  return image;
}

program::RoutingTrace to_trace(const models::Routing& routing, int segment) {
  program::RoutingTrace trace;
  for (const auto& [block, choices] : routing.blocks) {
    program::SegmentRouting s;
    s.layer = static_cast<std::uint16_t>(block);
    s.segment = static_cast<std::uint16_t>(segment);
    s.tokens = static_cast<std::uint16_t>(choices.tokens);
    s.top_k = static_cast<std::uint8_t>(choices.top_k);
    for (int row = 0; row < choices.tokens; ++row) {
      const int source = row == choices.tokens - 1 ? 0 : row + 1;
      for (int k = 0; k < choices.top_k; ++k) {
        program::Choice choice;
        choice.expert = static_cast<std::uint16_t>(choices.index[source * choices.top_k + k]);
        s.choices.push_back(choice);
      }
    }
    trace.segments.push_back(s);
  }
  return trace;
}

struct Outcome {
  std::vector<models::TensorMap> reference;  ///< per task
  std::map<int, models::TensorMap> kernels;  ///< per segment
  LoweredProgram program;
  hls::RunStatus status;
  std::vector<TapPredictions> noise;  ///< predicted, per task
};

using Change = std::function<void(models::TensorMap*)>;

/// `prepare` makes the model's weights, `plant` what the compiler gets of them in place of the
/// right ones.
Outcome run_both(const models::ModelConfig& model, const std::vector<int>& tasks,
                 models::Precision precision = models::Precision::kW8A8,
                 const Change& prepare = nullptr, const Change& plant = nullptr) {
  Outcome outcome;
  models::TensorMap weights = models::synthetic_weights(model, 3);
  if (prepare) prepare(&weights);
  const models::Image image = noise_image(model.image.height, model.image.width, 5);
  const models::Reference reference(model, weights);
  program::RoutingTrace forced;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    models::TapRecorder recorder;
    const models::TaskResult result = reference.run(image, tasks[i], &recorder);
    outcome.reference.push_back(recorder.taps());
    const program::RoutingTrace trace = to_trace(result.routing, static_cast<int>(i));
    forced.segments.insert(forced.segments.end(), trace.segments.begin(), trace.segments.end());
  }
  weights.merge(calibrate(precision_of(precision), model, weights, outcome.reference));
  const NoisePredictor predictor(model, weights, precision_of(precision));
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    outcome.noise.push_back(predictor.predict(image, tasks[i], outcome.reference[i]));
  }
  if (plant) plant(&weights);
  models::DesignConfig design = sample_design();
  design.precision = precision;
  outcome.program = compile(model, weights, design, {tasks});
  set_pixels(outcome.program, image);
  TapCollector collector(outcome.program);
  hls::SimulationHooks hooks;
  hooks.observer = &collector;
  hooks.forced = &forced;
  outcome.status =
      hls::run_program(outcome.program.image.data(), outcome.program.image.size(), hooks);
  outcome.kernels = collector.taps();
  return outcome;
}

/// Measured noise power of every tap of a task: over the predicted one, and over the bound.
struct Ratio {
  double prediction;
  double bound;
};

std::map<std::string, Ratio> noise_ratios(const Outcome& outcome, int segment) {
  std::map<std::string, Ratio> ratios;
  for (const TapInfo& tap : outcome.program.taps) {
    const models::Tensor& reference = outcome.reference[segment].at(tap.name);
    const auto own = outcome.kernels.find(segment);
    const bool shared = own == outcome.kernels.end() || own->second.count(tap.name) == 0;
    const models::Tensor& kernel = outcome.kernels.at(shared ? 0 : segment).at(tap.name);
    EXPECT_EQ(reference.data.size(), kernel.data.size()) << tap.name;
    const models::TensorError error =
        models::compare_values(reference.data.data(), kernel.data.data(), reference.data.size());
    const Prediction& predicted = outcome.noise[segment].at(tap.name);
    ratios[tap.name] = {error.nmse / predicted.noise, error.nmse / bound_of(predicted, 2.0)};
  }
  return ratios;
}

void expect_within_bounds(const Outcome& outcome, int segment) {
  ASSERT_EQ(outcome.status.error, hls::RunError::kNone) << outcome.status.failed_command;
  EXPECT_EQ(outcome.status.residual_saturations, 0u);
  EXPECT_EQ(outcome.status.accumulator_saturations, 0u);
  double log_sum = 0.0;
  const auto ratios = noise_ratios(outcome, segment);
  for (const auto& [tap, ratio] : ratios) {
    EXPECT_LT(ratio.bound, 1.0) << tap;       // the bound that compare prints
    EXPECT_GT(ratio.prediction, 0.2) << tap;  // a prediction far too large would hide errors
    log_sum += std::log(ratio.prediction);
  }
  EXPECT_NEAR(std::exp(log_sum / static_cast<double>(ratios.size())), 1.0, 0.25);
}

TEST(Accuracy, EveryTapOfTinyStaysWithinItsBoundForBothTasksOfAFrame) {
  const Outcome outcome = run_both(tiny_model(), {0, 1});
  expect_within_bounds(outcome, 0);
  expect_within_bounds(outcome, 1);
}

TEST(Accuracy, EveryTapOfTinyStaysWithinItsBoundInW16A16) {
  const Outcome outcome = run_both(tiny_model(), {0, 1}, models::Precision::kW16A16);
  expect_within_bounds(outcome, 0);
  expect_within_bounds(outcome, 1);
}

TEST(Accuracy, EveryTapOfTinyStaysWithinItsBoundInTheTruncatingFormats) {
  const Outcome outcome = run_both(tiny_model(), {0, 1}, models::Precision::kW16A32);
  expect_within_bounds(outcome, 0);
  expect_within_bounds(outcome, 1);
  // Nearly all of it is the known rounding of the weights, and that leaves little to chance.
  for (const auto& [tap, ratio] : noise_ratios(outcome, 0))
    EXPECT_NEAR(ratio.prediction, 1.0, 0.1) << tap;
}

/// Biases of the published size: products of queries and keys beyond the 10 integer bits.
void enlarge_biases(models::TensorMap* weights) {
  for (auto& [name, tensor] : *weights) {
    if (name.find("attn.qkv.bias") == std::string::npos) continue;
    const std::size_t dim = tensor.data.size() / 3;
    for (std::size_t d = 0; d < dim; ++d) {
      tensor.data[d] = d % 4 == 0 ? 9.0F : 0.0F;
      tensor.data[dim + d] = d % 3 == 0 ? 51.0F : -40.0F;
    }
  }
}

TEST(Accuracy, WrappedScoresAreCountedAndTheirErrorIsPredicted) {
  const Outcome outcome = run_both(small_model(), {0}, models::Precision::kW16A32, enlarge_biases);
  EXPECT_GT(outcome.status.accumulator_saturations, 0u);
  const auto ratios = noise_ratios(outcome, 0);
  EXPECT_LT(ratios.at("l00.attn").bound, 1.0);
  EXPECT_GT(ratios.at("l00.attn").prediction, 0.5);
  EXPECT_GT(outcome.noise[0].at("l00.attn").noise, 1e-3);  // far more than any rounding
  EXPECT_EQ(run_both(small_model(), {0}, models::Precision::kW16A32).status.accumulator_saturations,
            0u);
}

TEST(Accuracy, WideFormatsAreBetterByTheirBits) {
  const auto noise = [](models::Precision precision) {
    const Outcome outcome = run_both(small_model(), {0}, precision);
    EXPECT_EQ(outcome.status.error, hls::RunError::kNone);
    const models::Tensor& reference = outcome.reference[0].at("l03.x");
    const models::Tensor& kernels = outcome.kernels.at(0).at("l03.x");
    return models::compare_values(reference.data.data(), kernels.data.data(), reference.data.size())
        .sqnr_db;
  };
  const double coarse = noise(models::Precision::kW8A8);
  EXPECT_GT(noise(models::Precision::kW16A16), coarse + 30);
  EXPECT_GT(noise(models::Precision::kW16A32), coarse + 5);
}

TEST(Accuracy, WeightsBeyondThePublishedFormatsAreRefusedByName) {
  const models::ModelConfig model = small_model();
  models::TensorMap weights = models::synthetic_weights(model, 3);
  weights.at("backbone.blocks.1.mlp.experts.htoh4.weight").data[5] = 2.0F;
  models::DesignConfig design = sample_design();
  design.precision = models::Precision::kW16A32;
  try {
    compile(model, weights, design, {{0}});
    FAIL() << "2.0 does not fit two integer bits";
  } catch (const models::DataError& error) {
    EXPECT_NE(std::string(error.what()).find("htoh4.weight: expected values within +-2"),
              std::string::npos)
        << error.what();
  }
}

TEST(Accuracy, ProgramsSayTheirPrecisionAndTakeTwoBytesAWeight) {
  const models::ModelConfig model = small_model();
  const Outcome narrow = run_both(model, {0}),
                wide = run_both(model, {0}, models::Precision::kW16A16);
  program::ImageHeader header;
  ASSERT_TRUE(program::decode_header(narrow.program.image.data(), header));
  EXPECT_EQ(header.precision, program::Precision::kW8A8);
  ASSERT_TRUE(program::decode_header(wide.program.image.data(), header));
  EXPECT_EQ(header.precision, program::Precision::kW16A16);
  const auto tiles = [](const LoweredProgram& program) {
    std::uint32_t rows = 0;
    for (const program::Command& c : program.commands) {
      const bool gate = program.info[c.id].name.find("gate") != std::string::npos;
      if (c.opcode == program::Opcode::kLoadWeights && !gate) rows += c.rows;
    }
    return rows;
  };
  EXPECT_EQ(tiles(wide.program), 2 * tiles(narrow.program));
}

TEST(Accuracy, SmallOddShapesStayWithinTheirBounds) {
  const Outcome outcome = run_both(small_model(), {1});
  expect_within_bounds(outcome, 0);
}

TEST(Accuracy, SharedGateComputesTheFrameOnceForAllTasks) {
  models::ModelConfig model = small_model();
  model.moe.gate = models::GateKind::kShared;
  const Outcome outcome = run_both(model, {0, 1});
  expect_within_bounds(outcome, 0);
  ASSERT_EQ(outcome.status.error, hls::RunError::kNone);
  program::ImageHeader header;
  ASSERT_TRUE(program::decode_header(outcome.program.image.data(), header));
  const std::uint8_t* results = outcome.program.image.data() + header.result_address;
  EXPECT_TRUE(
      std::equal(results, results + header.result_bytes / 2, results + header.result_bytes / 2));
}

TEST(Accuracy, BrokenConstantLeavesTheBounds) {
  // What the bounds are for: a zero point that is wrong by one in one block is noticed at the next
  // tap.
  Outcome outcome = run_both(small_model(), {0});
  ASSERT_EQ(outcome.status.error, hls::RunError::kNone);
  for (program::Command& c : outcome.program.commands) {
    if (c.layer != 0 || c.post != program::Post::kGelu) continue;
    c.zero_point = static_cast<std::uint8_t>(c.zero_point + 1);
    program::encode_command(c, outcome.program.image.data() + program::kImageHeaderBytes +
                                   c.id * program::kCommandBytes);
  }
  TapCollector collector(outcome.program);
  hls::SimulationHooks hooks;
  hooks.observer = &collector;
  hls::run_program(outcome.program.image.data(), outcome.program.image.size(), hooks);
  outcome.kernels = collector.taps();
  EXPECT_GT(noise_ratios(outcome, 0).at("l00.mlp.out").bound, 1.0);
}

/// Adds `steps` steps of its channel to every weight of a matrix of `rows` channels.
Change shift_weights(const std::string& layer, int rows, models::Precision precision, float steps) {
  return [=](models::TensorMap* weights) {
    std::vector<float>& data = weights->at("backbone." + layer + ".weight").data;
    const int in = static_cast<int>(data.size()) / rows;
    std::vector<float> scale(static_cast<std::size_t>(rows), 0x1p-14F);
    if (precision == models::Precision::kW8A8)
      scale = weights->at("quant." + layer + ".scale").data;
    if (precision == models::Precision::kW16A16) scale = power_of_two_scales(data.data(), rows, in);
    for (std::size_t i = 0; i < data.size(); ++i)
      data[i] += steps * scale[i / static_cast<std::size_t>(in)];
  };
}

double worst(const Outcome& outcome, const std::string& tap) {
  EXPECT_EQ(outcome.status.error, hls::RunError::kNone);
  return noise_ratios(outcome, 0).at(tap).bound;
}

TEST(Accuracy, WeightsRoundedTheWrongWayLeaveTheBounds) {
  // Behind GELU, whose outputs have a mean. (Those of LayerNorm have none, and a common shift of
  // all weights does nothing.) Down in place of to the nearest; where formats truncate, a step too
  // low.
  const models::ModelConfig model = tiny_model();
  for (const auto precision :
       {models::Precision::kW8A8, models::Precision::kW16A16, models::Precision::kW16A32}) {
    const float steps = precision == models::Precision::kW16A32 ? -1.0F : -0.5F;
    const Outcome outcome =
        run_both(model, {0}, precision, nullptr,
                 shift_weights("blocks.0.mlp.fc2", model.embed_dim, precision, steps));
    EXPECT_GT(worst(outcome, "l00.mlp.out"), 1.0) << static_cast<int>(precision);
  }
}

TEST(Accuracy, SwappedHeadsLeaveTheBoundsInEveryPrecision) {
  const models::ModelConfig model = small_model();
  const auto swap_heads = [&](models::TensorMap* weights) {
    std::vector<float>& data = weights->at("backbone.blocks.1.attn.proj.weight").data;
    const std::size_t head = static_cast<std::size_t>(model.head_dim());
    for (auto row = data.begin(); row != data.end(); row += model.embed_dim)
      std::swap_ranges(row, row + static_cast<std::ptrdiff_t>(head),
                       row + static_cast<std::ptrdiff_t>(head));
  };
  for (const auto precision :
       {models::Precision::kW8A8, models::Precision::kW16A16, models::Precision::kW16A32}) {
    EXPECT_GT(worst(run_both(model, {0}, precision, nullptr, swap_heads), "l01.proj"), 1.0);
  }
}

}  // namespace
}  // namespace edgemoe::host
