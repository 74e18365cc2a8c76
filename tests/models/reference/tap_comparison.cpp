// SPDX-License-Identifier: Apache-2.0
#include "tests/models/reference/tap_comparison.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "models/reference/network.hpp"
#include "tests/models/reference/naive.hpp"
#include "tests/models/reference/test_models.hpp"

namespace edgemoe::models::testing {
namespace {

std::size_t elements(const Tensor& tensor) {
  std::size_t count = 1;
  for (const std::int64_t n : tensor.shape) {
    count *= static_cast<std::size_t>(n);
  }
  return count;
}

void expect_equal_taps(const NaiveTaps& expected, const TensorMap& taps, double bound) {
  ASSERT_EQ(expected.size(), taps.size());
  for (const auto& [name, values] : expected) {
    ASSERT_EQ(taps.count(name), 1u) << name;
    const Tensor& tensor = taps.at(name);
    ASSERT_EQ(tensor.size(), values.size()) << name;
    ASSERT_EQ(elements(tensor), values.size()) << name;
    double error = 0.0, power = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      error += std::pow(tensor.data[i] - values[i], 2);
      power += values[i] * values[i];
    }
    EXPECT_LE(error, bound * power) << name << ": NMSE " << error / power;
  }
}

}  // namespace

void expect_taps_match_naive(const ModelConfig& model, std::uint64_t seed) {
  const TensorMap weights = synthetic_weights(model, seed);
  const Reference reference(model, weights);
  const Image image =
      test_image(model.image.height, model.image.width, static_cast<unsigned>(seed));
  for (int task = 0; task < static_cast<int>(model.tasks.size()); ++task) {
    TapRecorder recorder;
    const TaskResult result = reference.run(image, task, &recorder);
    expect_equal_taps(run_naive(model, weights, image, task), recorder.taps(), 1e-9);
    EXPECT_EQ(result.tokens.data, recorder.taps().at(block_tap(model.depth() - 1, "x")).data);
  }
}

}  // namespace edgemoe::models::testing
