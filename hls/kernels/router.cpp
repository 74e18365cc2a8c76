// SPDX-License-Identifier: Apache-2.0
#include "hls/kernels/router.hpp"

#include "hls/fixed/exponential.hpp"
#include "hls/fixed/reciprocal.hpp"

namespace edgemoe {
namespace hls {
namespace {

constexpr std::int64_t kLog2EScaled = 94548;  // log2(e) * 2^16: logits to units of exp_u17
constexpr int kExponentShift = 16 - 10;       // of 2^-16 to 2^-10, besides the logit's fraction

}  // namespace

template <typename Limits>
void window_scores(const RouteJob& job, const Int<32> (&logits)[Limits::kExperts],
                   UInt<17> (&scores)[Limits::kExperts]) {
  Value<33> best = logits[job.window_lo];
WindowMaximum:
  for (int e = job.window_lo; e < job.window_hi; ++e) {
#pragma HLS pipeline II = 1
    // Trip count: holds because hls/top bounds experts by Limits::kExperts
#pragma HLS loop_tripcount min = 1 max = 256
    if (logits[e] > best) best = logits[e];
  }
  UValue<32> total = 0;
WindowExponentials:
  for (int e = job.window_lo; e < job.window_hi; ++e) {
#pragma HLS pipeline II = 1
    // Trip count: holds because hls/top bounds experts by Limits::kExperts
#pragma HLS loop_tripcount min = 1 max = 256
    const Value<33> gap = best - logits[e];
    scores[e] = fixed::exp_u17(
        fixed::round_half_up(gap * kLog2EScaled, kExponentShift + job.logit_fraction));
    total += scores[e];
  }
  const fixed::Reciprocal inverse = fixed::recip_mantissa(total);  // total >= 65536
WindowDivide:
  for (int e = job.window_lo; e < job.window_hi; ++e) {
#pragma HLS pipeline II = 1
    // Trip count: holds because hls/top bounds experts by Limits::kExperts
#pragma HLS loop_tripcount min = 1 max = 256
    const Value<18> exponential = scores[e];
    scores[e] = static_cast<UInt<17>>(fixed::round_half_up(exponential * inverse.y, inverse.p + 4));
  }
}

template <typename Limits>
void choose_experts(const RouteJob& job, const Int<32> (&logits)[Limits::kExperts],
                    std::uint16_t (&experts)[program::kMaxTopK]) {
  Int<32> values[program::kMaxTopK] = {};
  int filled = 0;
Candidates:
  for (int e = job.window_lo; e < job.window_hi; ++e) {
#pragma HLS pipeline II = 1
    // Trip count: holds because hls/top bounds experts by Limits::kExperts
#pragma HLS loop_tripcount min = 1 max = 256
    int at = filled;
  Insert:
    for (int k = program::kMaxTopK - 1; k >= 0; --k) {
#pragma HLS unroll
      // Strictly greater: an equal logit of a lower index stays in front.
      if (k < filled && logits[e] > values[k]) at = k;
    }
  Shift:
    for (int k = program::kMaxTopK - 1; k > 0; --k) {
#pragma HLS unroll
      if (k > at) {
        values[k] = values[k - 1];
        experts[k] = experts[k - 1];
      }
    }
    if (at < job.top_k) {
      values[at] = logits[e];
      experts[at] = static_cast<std::uint16_t>(e);
      if (filled < job.top_k) ++filled;
    }
  }
}

template <typename Format, typename Limits>
void clear_queues(TokenMemory<Format, Limits>& tokens) {
ClearLengths:
  for (int e = 0; e < Limits::kExperts; ++e) {
#pragma HLS pipeline II = 1
    tokens.queue_length[e] = 0;
  }
ClearRouted:
  for (int r = 0; r < Limits::kQueueRows; ++r) {
#pragma HLS pipeline II = 1
    tokens.routed[r] = false;
  }
}

template <typename Format, typename Limits>
void enqueue_row(const RouteJob& job, int row, const std::uint16_t (&experts)[program::kMaxTopK],
                 const UInt<17> (&scores)[Limits::kExperts], TokenMemory<Format, Limits>& tokens) {
  tokens.routed[row] = true;
Choices:
  for (int k = 0; k < job.top_k; ++k) {
#pragma HLS pipeline II = 1
    // Trip count: holds because the decoder bounds top_k by kMaxTopK
#pragma HLS loop_tripcount min = 1 max = 4
    const std::uint16_t expert = experts[k];
    const UInt<17> score = scores[expert];
    const bool kept = score >= job.threshold;
    tokens.choices[row][k] = RoutedChoice{expert, kept, score};
    if (kept) {
      const std::uint16_t at = tokens.queue_length[expert];
      tokens.queue[expert][at] =
          QueueEntry{static_cast<std::uint16_t>(row), score, static_cast<std::uint8_t>(k)};
      tokens.queue_length[expert] = static_cast<std::uint16_t>(at + 1);
    }
  }
}

template <typename Format, typename Limits>
void route(const RouteJob& job, TokenMemory<Format, Limits>& tokens) {
RouteTokens:
  for (int t = 0; t < job.tokens; ++t) {
    // Trip count: typical: 129 tokens
#pragma HLS loop_tripcount min = 1 max = 129
    const int row = job.first_row + t;
    UInt<17> scores[Limits::kExperts] = {};
    std::uint16_t experts[program::kMaxTopK] = {};
    window_scores<Limits>(job, tokens.logits[row], scores);
    choose_experts<Limits>(job, tokens.logits[row], experts);
    enqueue_row<Format, Limits>(job, job.first_queue_row + t, experts, scores, tokens);
  }
}

#define EDGEMOE_INSTANTIATE(LIMITS)                                                         \
  template void window_scores<LIMITS>(const RouteJob&, const Int<32>(&)[LIMITS::kExperts],  \
                                      UInt<17>(&)[LIMITS::kExperts]);                       \
  template void choose_experts<LIMITS>(const RouteJob&, const Int<32>(&)[LIMITS::kExperts], \
                                       std::uint16_t(&)[program::kMaxTopK])
EDGEMOE_INSTANTIATE(SimulationLimits);
EDGEMOE_INSTANTIATE(BoardLimits);
#undef EDGEMOE_INSTANTIATE

#define EDGEMOE_INSTANTIATE(FORMAT, LIMITS)                               \
  template void clear_queues(TokenMemory<FORMAT, LIMITS>&);               \
  template void enqueue_row<FORMAT, LIMITS>(                              \
      const RouteJob&, int, const std::uint16_t(&)[program::kMaxTopK],    \
      const UInt<17>(&)[LIMITS::kExperts], TokenMemory<FORMAT, LIMITS>&); \
  template void route(const RouteJob&, TokenMemory<FORMAT, LIMITS>&)
EDGEMOE_INSTANTIATE(W8A8, SimulationLimits);
EDGEMOE_INSTANTIATE(W8A8, BoardLimits);
EDGEMOE_INSTANTIATE(W16A16, SimulationLimits);
EDGEMOE_INSTANTIATE(W16A32, SimulationLimits);
#undef EDGEMOE_INSTANTIATE

}  // namespace hls
}  // namespace edgemoe
