// SPDX-License-Identifier: Apache-2.0
/// Between the two products of attention: scores, exponentials, the division. One set of functions
/// per format, chosen by a tag; hls/README.md has the definitions.
///
/// w8a8, w16a16: the maximum is known before the exponentials, which stay un-normalised; the sum is
///               taken from the same rounded values that multiply V; one division per output.
/// w16a32:       running maximum and sum in one pass over the keys, the sum rescaled when the
/// maximum
///               moves; the reciprocal is stored, and multiplies every exponential.
#pragma once

#include "hls/fixed/exponential.hpp"
#include "hls/fixed/fine.hpp"
#include "hls/fixed/reciprocal.hpp"
#include "hls/kernels/attention.hpp"

namespace edgemoe {
namespace hls {

/// Scores of one query group and head, then the exponentials that replace them.
template <typename Format, typename Limits>
struct ScoreBuffer {
  typename Format::Score score[kTokenLanes][Limits::kKeys];
  typename Format::Exponential exponential[kTokenLanes][Limits::kKeys];
  typename Format::Score maximum[kTokenLanes];
  std::int64_t total[kTokenLanes];
};

inline std::int32_t score_of(const AttentionJob&, std::int32_t sum, W8A8) {
#pragma HLS inline
  return sum;
}

inline std::int64_t score_of(const AttentionJob&, std::int64_t sum, W16A16) {
#pragma HLS inline
  return sum;
}

/// Truncated to a feature, scaled, truncated again.
inline std::int32_t score_of(const AttentionJob& job, std::int64_t sum, W16A32) {
#pragma HLS inline
  const std::int64_t product = fixed::wrap32(sum >> fixed::kFineFractionBits) * job.score_mult;
  return static_cast<std::int32_t>(fixed::wrap32(product >> job.score_shift));
}

template <typename Limits>
void exponentiate(const AttentionJob& job, int lane, ScoreBuffer<W8A8, Limits>& scores) {
  std::int32_t total = 0;
ExponentialKeys:
  for (int key = 0; key < keys_of(job); ++key) {
#pragma HLS pipeline II = 1
    // Trip count: typical: 129 keys
#pragma HLS loop_tripcount min = 1 max = 129
    const std::int64_t gap =
        static_cast<std::int64_t>(scores.maximum[lane]) - scores.score[lane][key];
    const std::int64_t x = fixed::round_half_up(gap * job.score_mult, job.score_shift);
    const std::uint32_t e = fixed::exp_u8(x);
    scores.exponential[lane][key] = static_cast<std::uint8_t>(e);
    total += static_cast<std::int32_t>(e);
  }
  scores.total[lane] = total;
}

/// 32767 * 2^-x, rounded; x >= 0 with 22 fraction bits.
inline std::int64_t exp_u15(std::int64_t x) {
#pragma HLS inline
  constexpr int kLastOctave = 15;
  const std::int64_t octave = x >> fixed::kFineFractionBits;
  if (octave > kLastOctave) return 0;
  const std::int64_t p = fixed::exp2_q30(x & (fixed::kFineOne - 1));
  return fixed::round_half_up(W16A16::kSignedLimit * p, 30 + static_cast<int>(octave));
}

template <typename Limits>
void exponentiate(const AttentionJob& job, int lane, ScoreBuffer<W16A16, Limits>& scores) {
  std::int64_t total = 0;
WideExponentialKeys:
  for (int key = 0; key < keys_of(job); ++key) {
#pragma HLS pipeline II = 1
    // Trip count: typical: 129 keys
#pragma HLS loop_tripcount min = 1 max = 129
    const std::int64_t gap = scores.maximum[lane] - scores.score[lane][key];
    const std::int64_t e = exp_u15(fixed::round_half_up(gap * job.score_mult, job.score_shift));
    scores.exponential[lane][key] = static_cast<std::int16_t>(e);
    total += e;
  }
  scores.total[lane] = total;
}

/// exp(-gap), LSB 2^-22, truncated; gap >= 0 with LSB 2^-22.
inline std::int64_t exp_feature(std::int64_t gap) {
#pragma HLS inline
  const std::int64_t x = (gap * fixed::kLog2EFine) >> fixed::kFineFractionBits;
  const std::int64_t octave = x >> fixed::kFineFractionBits;
  if (octave > fixed::kFineFractionBits) return 0;
  return fixed::exp2_q30(x & (fixed::kFineOne - 1)) >> (8 + static_cast<int>(octave));
}

/// 1/L, LSB 2^-22; L >= 1 with LSB 2^-22, below 2^13.
inline std::int64_t stored_reciprocal(std::int64_t total) {
#pragma HLS inline
  constexpr int kSpare = 3;  // recip_mantissa takes 32 bits
  const fixed::Reciprocal inverse =
      fixed::recip_mantissa(static_cast<std::uint64_t>(total >> kSpare));
  const int shift = inverse.p + kSpare - 24;
  return shift < 0 ? inverse.y * (1 << -shift) : inverse.y >> shift;
}

template <typename Limits>
void exponentiate(const AttentionJob& job, int lane, ScoreBuffer<W16A32, Limits>& scores) {
  std::int64_t best = scores.score[lane][0];
  std::int64_t total = 0;
RunningKeys:
  for (int key = 0; key < keys_of(job); ++key) {
    // Trip count: typical: 129 keys
#pragma HLS loop_tripcount min = 1 max = 129
    const std::int64_t score = scores.score[lane][key];
    if (score > best) {
      total = ((total * exp_feature(score - best)) >> fixed::kFineFractionBits) + fixed::kFineOne;
      best = score;
    } else {
      total += exp_feature(best - score);
    }
  }
  const std::int64_t reciprocal = stored_reciprocal(total);
WeightKeys:
  for (int key = 0; key < keys_of(job); ++key) {
#pragma HLS pipeline II = 1
    // Trip count: typical: 129 keys
#pragma HLS loop_tripcount min = 1 max = 129
    const std::int64_t e = exp_feature(best - scores.score[lane][key]);
    scores.exponential[lane][key] =
        static_cast<std::int32_t>((e * reciprocal) >> fixed::kFineFractionBits);
  }
  scores.total[lane] = total;
}

/// What every sum of one query is multiplied by, and an exponent.
struct Divider {
  std::int64_t scale;
  int shift;
};

/// S = 1/L, LSB 2^-24; L >= 255: p >= 7.
inline Divider divider_of(std::int64_t total, W8A8) {
#pragma HLS inline
  const fixed::Reciprocal inverse = fixed::recip_mantissa(static_cast<std::uint64_t>(total));
  return Divider{fixed::round_half_up(inverse.y, inverse.p - 4), 0};
}

inline Divider divider_of(std::int64_t total, W16A16) {
#pragma HLS inline
  const fixed::Reciprocal inverse = fixed::recip_mantissa(static_cast<std::uint64_t>(total));
  return Divider{inverse.y, inverse.p};
}

inline Divider divider_of(std::int64_t, W16A32) {
#pragma HLS inline
  return Divider{1, fixed::kFineFractionBits};
}

inline std::int8_t divide_sum(const AttentionJob& job, std::int64_t acc, const Divider& divider,
                              Counters& counters, W8A8) {
#pragma HLS inline
  const std::int64_t u = saturate_counted<W8A8::kRequantBits>(
      fixed::round_half_up(acc * job.out_mult, job.r1), counters.accumulator_saturations);
  return to_signed<W8A8>(fixed::round_half_up(u * divider.scale, job.r2), counters);
}

/// |acc| <= 32767 L < 2^(p + 16), and y <= 2^20: within 63 bits for up to 2^11 keys and more.
inline std::int16_t divide_sum(const AttentionJob& job, std::int64_t acc, const Divider& divider,
                               Counters& counters, W16A16) {
#pragma HLS inline
  return to_signed<W16A16>(fixed::round_half_up(acc * divider.scale, divider.shift + job.r2),
                           counters);
}

inline std::int32_t divide_sum(const AttentionJob&, std::int64_t acc, const Divider& divider,
                               Counters& counters, W16A32) {
#pragma HLS inline
  return static_cast<std::int32_t>(
      wrap_counted(acc >> divider.shift, counters.accumulator_saturations));
}

}  // namespace hls
}  // namespace edgemoe
