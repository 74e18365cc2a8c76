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
  Int<64> total[kTokenLanes];
};

inline Int<32> score_of(const AttentionJob&, const Int<32>& sum, Counters&, W8A8) {
#pragma HLS inline
  return sum;
}

inline Int<64> score_of(const AttentionJob&, const Int<64>& sum, Counters&, W16A16) {
#pragma HLS inline
  return sum;
}

/// Truncated to a feature, scaled, truncated again. A sum of +-512 or more wraps before it is
/// scaled: the query then takes a key for its best that is none.
inline Int<32> score_of(const AttentionJob& job, const Int<64>& sum, Counters& counters, W16A32) {
#pragma HLS inline
  const Value<32> feature = wrap_counted(fixed::truncate(sum, fixed::kFineFractionBits),
                                         counters.accumulator_saturations);
  const Value<48> product = feature * job.score_mult;
  return static_cast<Int<32>>(fixed::wrap32(fixed::truncate(product, job.score_shift)));
}

template <typename Limits>
void exponentiate(const AttentionJob& job, int lane, ScoreBuffer<W8A8, Limits>& scores) {
  Int<32> total = 0;
ExponentialKeys:
  for (int key = 0; key < keys_of(job); ++key) {
#pragma HLS pipeline II = 1
    // Trip count: typical: 129 keys
#pragma HLS loop_tripcount min = 1 max = 129
    const Value<33> best = scores.maximum[lane];
    const Value<33> gap = best - scores.score[lane][key];
    const Value<64> x = fixed::round_half_up(gap * job.score_mult, job.score_shift);
    const UInt<32> e = fixed::exp_u8(x);
    scores.exponential[lane][key] = static_cast<UInt<8>>(e);
    total += static_cast<Int<32>>(e);
  }
  scores.total[lane] = total;
}

/// 32767 * 2^-x, rounded; x >= 0 with 22 fraction bits.
inline Value<16> exp_u15(const Value<64>& x) {
#pragma HLS inline
  constexpr int kLastOctave = 15;
  const Value<64> octave = x >> fixed::kFineFractionBits;
  if (octave > kLastOctave) return 0;
  const Value<32> p = fixed::exp2_q30(x & (fixed::kFineOne - 1));
  return fixed::round_half_up(p * W16A16::kSignedLimit, 30 + static_cast<int>(octave));
}

template <typename Limits>
void exponentiate(const AttentionJob& job, int lane, ScoreBuffer<W16A16, Limits>& scores) {
  Value<64> total = 0;
WideExponentialKeys:
  for (int key = 0; key < keys_of(job); ++key) {
#pragma HLS pipeline II = 1
    // Trip count: typical: 129 keys
#pragma HLS loop_tripcount min = 1 max = 129
    const Value<64> gap = scores.maximum[lane] - scores.score[lane][key];
    const Value<16> e = exp_u15(fixed::round_half_up(gap * job.score_mult, job.score_shift));
    scores.exponential[lane][key] = static_cast<Int<16>>(e);
    total += e;
  }
  scores.total[lane] = total;
}

/// exp(-gap), LSB 2^-22, truncated; gap >= 0 with LSB 2^-22.
inline Value<32> exp_feature(const Value<33>& gap) {
#pragma HLS inline
  const Value<64> x = fixed::truncate(gap * fixed::kLog2EFine, fixed::kFineFractionBits);
  const Value<64> octave = x >> fixed::kFineFractionBits;
  if (octave > fixed::kFineFractionBits) return 0;
  return fixed::truncate(fixed::exp2_q30(x & (fixed::kFineOne - 1)), 8 + static_cast<int>(octave));
}

/// 1/L, LSB 2^-22; L >= 1 with LSB 2^-22, below 2^13.
inline Value<32> stored_reciprocal(const Value<64>& total) {
#pragma HLS inline
  constexpr int kSpare = 3;  // recip_mantissa takes 32 bits
  const fixed::Reciprocal inverse = fixed::recip_mantissa(static_cast<UValue<32>>(total >> kSpare));
  const int shift = inverse.p + kSpare - 24;
  if (shift < 0) return inverse.y * (1 << -shift);
  return fixed::truncate(inverse.y, shift);
}

template <typename Limits>
void exponentiate(const AttentionJob& job, int lane, ScoreBuffer<W16A32, Limits>& scores) {
  Value<33> best = scores.score[lane][0];
  Value<64> total = 0;
RunningKeys:
  for (int key = 0; key < keys_of(job); ++key) {
    // Trip count: typical: 129 keys
#pragma HLS loop_tripcount min = 1 max = 129
    const Value<33> score = scores.score[lane][key];
    if (score > best) {
      total = fixed::truncate(total * exp_feature(score - best), fixed::kFineFractionBits) +
              fixed::kFineOne;
      best = score;
    } else {
      total += exp_feature(best - score);
    }
  }
  const Value<32> reciprocal = stored_reciprocal(total);
WeightKeys:
  for (int key = 0; key < keys_of(job); ++key) {
#pragma HLS pipeline II = 1
    // Trip count: typical: 129 keys
#pragma HLS loop_tripcount min = 1 max = 129
    const Value<32> e = exp_feature(best - scores.score[lane][key]);
    scores.exponential[lane][key] =
        static_cast<Int<32>>(fixed::truncate(e * reciprocal, fixed::kFineFractionBits));
  }
  scores.total[lane] = total;
}

/// What every sum of one query is multiplied by, and an exponent.
struct Divider {
  Value<32> scale;
  int shift;
};

/// S = 1/L, LSB 2^-24; L >= 255: p >= 7.
inline Divider divider_of(const Value<64>& total, W8A8) {
#pragma HLS inline
  const fixed::Reciprocal inverse = fixed::recip_mantissa(static_cast<UValue<32>>(total));
  return Divider{fixed::round_half_up(inverse.y, inverse.p - 4), 0};
}

inline Divider divider_of(const Value<64>& total, W16A16) {
#pragma HLS inline
  const fixed::Reciprocal inverse = fixed::recip_mantissa(static_cast<UValue<32>>(total));
  return Divider{inverse.y, inverse.p};
}

inline Divider divider_of(const Value<64>&, W16A32) {
#pragma HLS inline
  return Divider{1, fixed::kFineFractionBits};
}

inline Int<8> divide_sum(const AttentionJob& job, const Value<W8A8::kSumBits>& acc,
                         const Divider& divider, Counters& counters, W8A8) {
#pragma HLS inline
  const Value<W8A8::kRequantBits> u = saturate_counted<W8A8::kRequantBits>(
      fixed::round_half_up(acc * job.out_mult, job.r1), counters.accumulator_saturations);
  return to_signed<W8A8>(fixed::round_half_up(u * divider.scale, job.r2), counters);
}

/// |acc| <= 32767 L < 2^(p + 16), and y <= 2^20: within 63 bits for up to 2^11 keys and more.
inline Int<16> divide_sum(const AttentionJob& job, const Value<64>& acc, const Divider& divider,
                          Counters& counters, W16A16) {
#pragma HLS inline
  return to_signed<W16A16>(fixed::round_half_up(acc * divider.scale, divider.shift + job.r2),
                           counters);
}

inline Int<32> divide_sum(const AttentionJob&, const Value<64>& acc, const Divider& divider,
                          Counters& counters, W16A32) {
#pragma HLS inline
  return static_cast<Int<32>>(
      wrap_counted(fixed::truncate(acc, divider.shift), counters.accumulator_saturations));
}

}  // namespace hls
}  // namespace edgemoe
