// SPDX-License-Identifier: Apache-2.0
#include "hls/kernels/linear.hpp"

namespace edgemoe {
namespace hls {
namespace {

/// S_t and the destination row of one lane.
struct LaneTarget {
  UInt<17> scale;
  int row;
};

template <typename Format, typename Limits>
LaneTarget target_of(const LinearJob& job, const TokenMemory<Format, Limits>& tokens, int row) {
#pragma HLS inline
  switch (job.scale) {
    case TokenScale::kNorm:
      return LaneTarget{tokens.norm_scale[row], row};
    case TokenScale::kStaged:
      return LaneTarget{tokens.staged_scale[row], row};
    case TokenScale::kQueueScore:
      return LaneTarget{tokens.queue[job.expert][row].score, tokens.queue[job.expert][row].row};
    case TokenScale::kUnity:
      break;
  }
  return LaneTarget{static_cast<UInt<17>>(program::kUnityScale), row};
}

template <typename Format, typename Limits>
void write_value(const LinearJob& job, const Value<64>& v, int row, int token, int channel,
                 TokenMemory<Format, Limits>& tokens, Counters& counters) {
#pragma HLS inline
  switch (job.post) {
    case LinearPost::kResidualAdd:
      tokens.residual[row][channel] =
          add_residual<Format>(v, tokens.residual[row][channel], counters);
      break;
    case LinearPost::kContribution:
      tokens.residual[row][channel] = add_residual<Format>(v, 0, counters);
      break;
    case LinearPost::kEmbed:
      tokens.residual[row][channel] =
          add_residual<Format>(v, tokens.position[token][channel], counters);
      break;
    case LinearPost::kSigned:
      tokens.qkv[row][channel] = to_signed<Format>(v, counters);
      break;
    case LinearPost::kGelu:
      tokens.hidden[row][channel] = to_hidden<Format>(v, job.gelu, counters);
      break;
    case LinearPost::kGateSum:
      break;
  }
}

/// Adds a sum to the gate sum of its expert: high digits fill the first half of the channels.
template <typename Format, typename Limits>
void add_gate_sum(const LinearJob& job, const Value<Format::kSumBits>& sum, int row, int channel,
                  TokenMemory<Format, Limits>& tokens) {
#pragma HLS inline
  const int half = job.matrix.out_dim / Format::kGateDigits;
  const bool high = Format::kGateDigits > 1 && channel < half;
  const int shift = job.gate_shift + (high ? Format::kGateDigitBits : 0);
  tokens.gate_sum[row][channel % half] += shift_left<Format::kGateSumBits>(sum, shift);
}

/// Where a sum of one drained token goes.
struct DrainTarget {
  LaneTarget lane;
  int token;
  int channel;
};

/// One sum through its post-processing.
template <typename Format, typename Limits>
void finish_value(const LinearJob& job, const Value<Format::kSumBits>& sum, const Channel& channel,
                  const DrainTarget& target, TokenMemory<Format, Limits>& tokens,
                  Counters& counters) {
#pragma HLS inline
  if (job.post == LinearPost::kGateSum) {
    add_gate_sum(job, sum, target.lane.row, target.channel, tokens);
  } else {
    const Value<64> v = requantise<Format>(sum, channel, target.lane.scale, job.requant, counters);
    write_value(job, v, target.lane.row, target.token, target.channel, tokens, counters);
  }
}

/// Drains one block of sums: one token a step, all its channels at once.
template <typename Format, typename Limits>
void finish_group(const LinearJob& job, const RowGroup& group, int block, const Channel* channels,
                  const typename Format::Sums& sums, TokenMemory<Format, Limits>& tokens,
                  Counters& counters) {
  const int valid = job.matrix.out_dim - block * kOutLanes;
DrainTokens:
  for (int t = 0; t < group.lanes; ++t) {
#pragma HLS pipeline II = 1
    // Trip count: holds because a group has at most kTokenLanes rows
#pragma HLS loop_tripcount min = 1 max = 8
    // No dependence: holds because a row joins a queue at most once
#pragma HLS dependence variable = tokens.residual inter false
    // No dependence: holds because consecutive steps are different rows
#pragma HLS dependence variable = tokens.gate_sum inter false
    const LaneTarget lane = target_of(job, tokens, group.first_row + t);
  DrainChannels:
    for (int o = 0; o < kOutLanes; ++o) {
#pragma HLS unroll
      if (o < valid) {
        const DrainTarget target{lane, group.first_token + t, block * kOutLanes + o};
        finish_value(job, sums.value[t][o], channels[o], target, tokens, counters);
      }
    }
  }
}

template <typename Format, typename Limits>
void multiply_strip(const LinearJob& job, int block, const WeightStrip<Format, Limits>& strip,
                    TokenMemory<Format, Limits>& tokens, Counters& counters) {
  const int groups = ceil_div(job.rows.tokens, kTokenLanes);
  const int in_blocks = ceil_div(job.matrix.in_dim, kInLanes);
Segments:
  for (int segment = 0; segment < job.rows.segments; ++segment) {
    // Trip count: typical: tasks of a frame
#pragma HLS loop_tripcount min = 1 max = 2
  Groups:
    for (int g = 0; g < groups; ++g) {
      // Trip count: typical: 129 tokens
#pragma HLS loop_tripcount min = 1 max = 17
      const RowGroup group = group_of(job.rows, segment, g, kTokenLanes);
      typename Format::Sums sums;
#pragma HLS array_partition variable = sums.value complete dim = 0
      multiply_group(tokens, job.source, group, in_blocks, strip.tile, sums);
      finish_group(job, group, block, strip.channel, sums, tokens, counters);
    }
  }
}

}  // namespace

template <typename Format, typename Limits>
void linear(MemoryPort memory, const LinearJob& job, TokenMemory<Format, Limits>& tokens,
            Counters& counters) {
#pragma HLS inline off
  const int blocks = ceil_div(job.matrix.out_dim, kOutLanes);
OutBlocks:
  for (int block = 0; block < blocks; ++block) {
#pragma HLS dataflow
    // Trip count: holds because hls/top bounds out_dim by 3 * Limits::kDim
#pragma HLS loop_tripcount min = 1 max = 144
    // Ping-pong in synthesis: the next strip loads while this one multiplies.
    WeightStrip<Format, Limits> strip;
    // A whole tile is one word of its buffer.
#pragma HLS aggregate variable = strip.tile
#pragma HLS array_partition variable = strip.channel complete
    read_strip(memory, job.matrix, block, strip);
    multiply_strip(job, block, strip, tokens, counters);
  }
  // The gate counts its own: two planes of two digits are one product of the network.
  if (job.post != LinearPost::kGateSum) counters.macs += product_count(job.rows, job.matrix);
}

template void linear(MemoryPort, const LinearJob&, TokenMemory<W8A8, SimulationLimits>&, Counters&);
template void linear(MemoryPort, const LinearJob&, TokenMemory<W8A8, BoardLimits>&, Counters&);
template void linear(MemoryPort, const LinearJob&, TokenMemory<W16A16, SimulationLimits>&,
                     Counters&);
template void linear(MemoryPort, const LinearJob&, TokenMemory<W16A32, SimulationLimits>&,
                     Counters&);

}  // namespace hls
}  // namespace edgemoe
