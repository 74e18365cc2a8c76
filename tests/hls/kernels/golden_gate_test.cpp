// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "hls/kernels/gate.hpp"
#include "hls/kernels/router.hpp"
#include "tests/hls/golden.hpp"
#include "tests/hls/kernels/fixture.hpp"

namespace edgemoe::hls {
namespace {

using testing::golden_cases;
using Json = nlohmann::json;

struct GateCase {
  int dim;
  int experts;
  std::vector<Word> image;
};

/// The digits wh and wl of the case in the two halves of a matrix.
GateCase pack_gate(const Json& c) {
  const Json& in = c.at("in");
  const int dim = static_cast<int>(in.at("z8").size());
  const int experts = static_cast<int>(in.at("bias").size());
  const int out = program::gate_channels(experts);
  std::vector<std::int8_t> weights(static_cast<std::size_t>(out) * dim);
  for (int d = 0; d < dim; ++d) {
    for (int e = 0; e < experts; ++e) {
      weights[e * dim + d] = c.at("out").at("wh")[d][e].get<std::int8_t>();
      weights[(program::gate_low_channel(experts) + e) * dim + d] =
          c.at("out").at("wl")[d][e].get<std::int8_t>();
    }
  }
  std::vector<testing::ChannelValue> channels(experts);
  for (int e = 0; e < experts; ++e) channels[e].bias = in.at("bias")[e].get<std::int32_t>();
  return GateCase{dim, experts, testing::pack(weights, channels, out, dim)};
}

constexpr int kRow = 5;  // not the first, so that a row mixed up shows

void run_gate(const Json& in, GateCase& gate_case, testing::Tokens& tokens) {
  for (int d = 0; d < gate_case.dim; ++d) {
    tokens.norm_out[kRow][d] = in.at("z8")[d].get<std::int8_t>();
    tokens.norm_low[kRow][d] = in.at("lo")[d].get<std::int8_t>();
  }
  tokens.norm_scale[kRow] = in.at("scale").get<std::uint32_t>();
  const int out = program::gate_channels(gate_case.experts);
  const MatrixRef matrix{0, static_cast<int>(program::param_rows(out)), gate_case.dim, out};
  Counters counters;
  gate(gate_case.image.data(),
       GateJob{matrix, kRow, 1, gate_case.experts, in.at("gate_shift").get<int>()}, tokens,
       counters);
  EXPECT_EQ(counters.macs, static_cast<std::uint64_t>(gate_case.dim) * gate_case.experts);
}

void expect_choices(const Json& c, const RouteJob& job, const testing::Tokens& tokens) {
  std::vector<int> experts;
  std::vector<std::uint32_t> scores;
  for (int k = 0; k < job.top_k; ++k) {
    const RoutedChoice& choice = tokens.choices[kRow][k];
    if (!choice.kept) continue;
    experts.push_back(choice.expert);
    scores.push_back(choice.score);
    EXPECT_EQ(tokens.queue_length[choice.expert], 1);
    EXPECT_EQ(tokens.queue[choice.expert][0].row, kRow);
    EXPECT_EQ(tokens.queue[choice.expert][0].score, choice.score);
  }
  EXPECT_EQ(experts, c.at("out").at("experts").get<std::vector<int>>()) << c;
  EXPECT_EQ(scores, c.at("out").at("scores").get<std::vector<std::uint32_t>>()) << c;
}

TEST(KernelGolden, GateAndRouterMatch) {
  const auto tokens = testing::make_tokens();
  for (const Json& c : golden_cases("gate")) {
    const Json& in = c.at("in");
    GateCase gate_case = pack_gate(c);
    run_gate(in, gate_case, *tokens);
    for (int e = 0; e < gate_case.experts; ++e) {
      ASSERT_EQ(tokens->logits[kRow][e], c.at("out").at("logits")[e].get<std::int32_t>())
          << e << " of " << c;
    }
    const RouteJob job{kRow,
                       1,
                       gate_case.experts,
                       in.at("window")[0].get<int>(),
                       in.at("window")[1].get<int>(),
                       in.at("top_k").get<int>(),
                       in.at("threshold").get<std::uint32_t>(),
                       20,
                       kRow};
    UInt<17> scores[SimulationLimits::kExperts] = {};
    window_scores<SimulationLimits>(job, tokens->logits[kRow], scores);
    for (int e = job.window_lo; e < job.window_hi; ++e) {
      ASSERT_EQ(scores[e], c.at("out").at("window_scores")[e - job.window_lo].get<std::uint32_t>())
          << c;
    }
    clear_queues(*tokens);
    route(job, *tokens);
    expect_choices(c, job, *tokens);
  }
}

}  // namespace
}  // namespace edgemoe::hls
