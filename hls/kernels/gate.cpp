// SPDX-License-Identifier: Apache-2.0
#include "hls/kernels/gate.hpp"

namespace edgemoe {
namespace hls {
namespace {

/// Sums of the four plane-digit products of one group and 16 experts.
struct DigitSums {
  AccumulatorTile high_high, high_low, low_high, low_low;  ///< activation plane, then weight digit
};

template <typename Format>
std::int64_t combine(const DigitSums& sums, int t, int o) {
#pragma HLS inline
  const std::int64_t plane = static_cast<std::int64_t>(1) << Format::kPlaneBits;
  const std::int64_t digit = static_cast<std::int64_t>(1) << Format::kGateDigitBits;
  const std::int64_t high = sums.high_high.value[t][o] * digit + sums.high_low.value[t][o];
  const std::int64_t low = sums.low_high.value[t][o] * digit + sums.low_low.value[t][o];
  return high * plane + low;
}

template <typename Format, typename Limits>
void gate_group(const GateJob& job, const RowGroup& group, int block,
                const WeightStrip<Limits>& high, const WeightStrip<Limits>& low,
                TokenMemory<Format, Limits>& tokens) {
  const int in_blocks = ceil_div(job.matrix.in_dim, kInLanes);
  const int left = job.matrix.out_dim - block * kOutLanes;
  DigitSums sums;
  multiply_group(tokens, OperandSource::kNormOut, group, in_blocks, high.tile, sums.high_high);
  multiply_group(tokens, OperandSource::kNormOut, group, in_blocks, low.tile, sums.high_low);
  multiply_group(tokens, OperandSource::kNormLow, group, in_blocks, high.tile, sums.low_high);
  multiply_group(tokens, OperandSource::kNormLow, group, in_blocks, low.tile, sums.low_low);
GateLanes:
  for (int t = 0; t < group.lanes; ++t) {
    const std::int64_t scale = tokens.norm_scale[group.first_row + t];
  GateExperts:
    for (int o = 0; o < kOutLanes && o < left; ++o) {
#pragma HLS pipeline II = 1
      const std::int64_t scaled =
          fixed::round_half_up(combine<Format>(sums, t, o) * scale, job.gate_shift);
      const std::int64_t logit = fixed::saturate<Format::kLogitBits>(scaled + high.channel[o].bias);
      tokens.logits[group.first_row + t][block * kOutLanes + o] = static_cast<std::int32_t>(logit);
    }
  }
}

}  // namespace

template <typename Format, typename Limits>
void gate(MemoryPort memory, const GateJob& job, TokenMemory<Format, Limits>& tokens,
          Counters& counters) {
  const int blocks = ceil_div(job.matrix.out_dim, kOutLanes);
ExpertBlocks:
  for (int block = 0; block < blocks; ++block) {
#pragma HLS loop_tripcount min = 1 max = \
    16  // holds because hls/top bounds experts by Limits::kExperts
    WeightStrip<Limits> high;
    WeightStrip<Limits> low;
    read_strip(memory, job.matrix, block, high);
    read_tiles(memory, job.matrix, blocks + block, low);
  GateGroups:
    for (int g = 0; g < ceil_div(job.rows.lanes, kTokenLanes); ++g) {
#pragma HLS loop_tripcount min = 1 max = 17  // typical: 129 tokens
      RowGroup group = group_of(RowSet{job.rows.lanes, 1, 0}, 0, g, kTokenLanes);
      group.first_row += job.rows.first_row;
      gate_group(job, group, block, high, low, tokens);
    }
  }
  counters.macs += static_cast<std::uint64_t>(job.rows.lanes) *
                   static_cast<std::uint64_t>(job.matrix.in_dim) *
                   static_cast<std::uint64_t>(job.matrix.out_dim);
}

template void gate(MemoryPort, const GateJob&, TokenMemory<W8A8, SimulationLimits>&, Counters&);
template void gate(MemoryPort, const GateJob&, TokenMemory<W8A8, BoardLimits>&, Counters&);

}  // namespace hls
}  // namespace edgemoe
