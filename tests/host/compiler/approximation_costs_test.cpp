// SPDX-License-Identifier: Apache-2.0
// Each approximation alone in the float network: none changes nothing, all are the prediction, and
// what they cost one by one adds up to about what they cost together.
#include "host/compiler/approximation_costs.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "host/compiler/calibrate.hpp"
#include "host/compiler/integer_functions.hpp"
#include "models/reference/network.hpp"
#include "models/reference/taps.hpp"
#include "models/reference/weights.hpp"
#include "tests/host/compiler/sample_model.hpp"

namespace edgemoe::host {
namespace {

using program::Precision;

constexpr Precision kPrecisions[] = {Precision::kW8A8, Precision::kW16A16, Precision::kW16A32};

struct Case {
  models::ModelConfig model = small_model(4);
  models::Image image;
  models::TensorMap weights;
  models::TensorMap taps;
  models::Tensor tokens;
};

Case make_case(Precision precision) {
  Case made;
  made.image = {made.model.image.height, made.model.image.width, {}};
  for (int i = 0; i < 3 * made.image.height * made.image.width; ++i)
    made.image.rgb.push_back(static_cast<std::uint8_t>((i * 7919) % 251));
  made.weights = models::synthetic_weights(made.model, 3);
  const models::Reference reference(made.model, made.weights);
  models::TapRecorder recorder;
  made.tokens = reference.run(made.image, 0, &recorder).tokens;
  made.taps = recorder.taps();
  std::vector<models::TensorMap> both{made.taps};
  models::TapRecorder other;
  reference.run(made.image, 1, &other);
  both.push_back(other.taps());
  made.weights.merge(calibrate(precision, made.model, made.weights, both));
  return made;
}

double last_noise(const Case& made, const ApproximationCosts& costs, const NoiseSites& sites) {
  return costs.run(sites, made.image, 0, made.taps).noise.at("l03.x");
}

TEST(ApproximationCosts, WithoutAnyTheNetworkIsTheReference) {
  for (const Precision precision : kPrecisions) {
    const Case made = make_case(precision);
    const ApproximationCosts costs(made.model, made.weights, precision);
    const ApproximateRun run = costs.run(NoiseSites::none(), made.image, 0, made.taps);
    for (const auto& [tap, noise] : run.noise) EXPECT_LT(noise, 1e-10) << tap;
    ASSERT_EQ(run.tokens.shape, made.tokens.shape);
    for (std::size_t i = 0; i < run.tokens.data.size(); ++i)
      ASSERT_NEAR(run.tokens.data[i], made.tokens.data[i], 1e-4) << i;
  }
}

TEST(ApproximationCosts, AllOfThemAreThePrediction) {
  for (const Precision precision : kPrecisions) {
    const Case made = make_case(precision);
    const ApproximationCosts costs(made.model, made.weights, precision);
    const NoisePredictor predictor(made.model, made.weights, precision);
    const TapPredictions predicted = predictor.predict(made.image, 0, made.taps, 1);
    const TapNoise all = costs.run(NoiseSites{}, made.image, 0, made.taps).noise;
    ASSERT_EQ(all.size(), predicted.size());
    for (const auto& [tap, noise] : all) EXPECT_EQ(noise, predicted.at(tap).noise) << tap;
  }
}

TEST(ApproximationCosts, OneByOneTheyAddUpToAboutTheWhole) {
  const Case made = make_case(Precision::kW8A8);
  const ApproximationCosts costs(made.model, made.weights, Precision::kW8A8);
  const double all = last_noise(made, costs, NoiseSites{});
  double sum = 0.0;
  for (const NamedSites& one : approximations(Precision::kW8A8)) {
    if (one.name == "all" || one.sites.integer_softmax || one.sites.integer_gelu) continue;
    const double noise = last_noise(made, costs, one.sites);
    EXPECT_LT(noise, 1.5 * all) << one.name;
    sum += noise;
  }
  EXPECT_GT(sum, 0.5 * all);
  EXPECT_LT(sum, 2.0 * all);
}

TEST(ApproximationCosts, EverySiteOfW8A8ShowsAndTheIntegerFunctionsToo) {
  const Case made = make_case(Precision::kW8A8);
  const ApproximationCosts costs(made.model, made.weights, Precision::kW8A8);
  for (const NamedSites& one : approximations(Precision::kW8A8)) {
    EXPECT_GT(last_noise(made, costs, one.sites), 1e-12) << one.name;
  }
}

TEST(ApproximationCosts, NamesAreUniqueAndAllIsLast) {
  std::set<std::string> names;
  const std::vector<NamedSites> sites = approximations(Precision::kW16A32);
  for (const NamedSites& one : sites) EXPECT_TRUE(names.insert(one.name).second);
  EXPECT_EQ(sites.back().name, "all");
  EXPECT_EQ(approximations(Precision::kW8A8).size() + 1, sites.size());  // only it wraps
}

std::vector<float> softmax(Precision precision, std::vector<float> scores) {
  integer_softmax(precision, scores.data(), scores.size());
  return scores;
}

TEST(IntegerSoftmax, IsCloseToTheFloatOneAndSumsToOne) {
  const std::vector<float> scores{0.3F, -1.7F, 2.9F, 2.8F, -20.0F, 0.0F, 1.1F};
  double total = 0.0;
  for (const float s : scores) total += std::exp(static_cast<double>(s));
  for (const Precision precision : kPrecisions) {
    const std::vector<float> weights = softmax(precision, scores);
    const double tolerance = precision == Precision::kW8A8 ? 3e-3 : 1e-4;
    for (std::size_t i = 0; i < scores.size(); ++i)
      EXPECT_NEAR(weights[i], std::exp(static_cast<double>(scores[i])) / total, tolerance) << i;
    EXPECT_NEAR(std::accumulate(weights.begin(), weights.end(), 0.0), 1.0, 1e-4);
  }
}

TEST(IntegerSoftmax, OneScoreEqualScoresAndFarScoresAreFine) {
  for (const Precision precision : kPrecisions) {
    EXPECT_NEAR(softmax(precision, {-7.0F})[0], 1.0F, 1e-5);
    for (const float weight : softmax(precision, {2.0F, 2.0F, 2.0F, 2.0F}))
      EXPECT_NEAR(weight, 0.25F, 1e-5);
    const std::vector<float> far = softmax(precision, {-1e20F, 0.0F});
    EXPECT_EQ(far[0], 0.0F);
    EXPECT_NEAR(far[1], 1.0F, 1e-5);
    EXPECT_TRUE(softmax(precision, {}).empty());
  }
}

TEST(IntegerGelu, StaysWithinTheTablesErrorAndIsReluFarOut) {
  for (const Precision precision : kPrecisions) {
    const double tolerance = precision == Precision::kW8A8 ? 4e-4 : 1e-4;
    for (double at = -8.0; at <= 8.0; at += 0.01) {
      float x = static_cast<float>(at);
      const double exact = x * 0.5 * std::erfc(-static_cast<double>(x) / std::sqrt(2.0));
      integer_gelu(precision, &x, 1);
      EXPECT_NEAR(x, exact, tolerance) << at;
    }
    float high = 40.0F, low = -1e20F;
    integer_gelu(precision, &high, 1);
    integer_gelu(precision, &low, 1);
    EXPECT_EQ(high, 40.0F);
    EXPECT_EQ(low, 0.0F);
  }
}

}  // namespace
}  // namespace edgemoe::host
