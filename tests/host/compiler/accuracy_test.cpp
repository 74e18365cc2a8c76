// SPDX-License-Identifier: Apache-2.0
// Compiled programs run on the kernels and are judged against the float network, tap by tap, with
// the reference's routing forced.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "hls/top/accelerator.hpp"
#include "host/compiler/derive.hpp"
#include "host/compiler/lowered.hpp"
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
};

Outcome run_both(const models::ModelConfig& model, const std::vector<int>& tasks) {
  Outcome outcome;
  models::TensorMap weights = models::synthetic_weights(model, 3);
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
  weights.merge(derive_quantisation(model, weights, outcome.reference));
  outcome.program = compile(model, weights, sample_design(), {tasks});
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

TEST(Accuracy, EveryTapOfTinyFollowsTheReference) {
  const Outcome outcome = run_both(tiny_model(), {0});
  ASSERT_EQ(outcome.status.error, hls::RunError::kNone) << outcome.status.failed_command;
  for (const TapInfo& tap : outcome.program.taps) {
    const models::Tensor& reference = outcome.reference[0].at(tap.name);
    const models::Tensor& kernel = outcome.kernels.at(0).at(tap.name);
    ASSERT_EQ(reference.data.size(), kernel.data.size()) << tap.name;
    const models::TensorError error =
        models::compare_values(reference.data.data(), kernel.data.data(), reference.data.size());
    std::printf("%-16s %6.1f dB max %g\n", tap.name.c_str(), error.sqnr_db, error.max_abs);
  }
}

}  // namespace
}  // namespace edgemoe::host
