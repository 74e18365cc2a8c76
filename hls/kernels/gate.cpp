// SPDX-License-Identifier: Apache-2.0
#include "hls/kernels/gate.hpp"

#include "hls/kernels/requantiser.hpp"

namespace edgemoe {
namespace hls {
namespace {

constexpr int kHighPlaneShift = W8A8::kPlaneBits;

LinearJob plane_job(const GateJob& job, OperandSource source, int shift) {
  LinearJob pass = {};
  pass.matrix = job.matrix;
  pass.rows = RowSet{job.first_row, job.tokens, 1, 0};
  pass.source = source;
  pass.scale = TokenScale::kUnity;
  pass.post = LinearPost::kGateSum;
  pass.gate_shift = shift;
  return pass;
}

template <typename Format, typename Limits>
void clear_sums(const GateJob& job, TokenMemory<Format, Limits>& tokens) {
ClearRows:
  for (int t = 0; t < job.tokens; ++t) {
    // Trip count: typical: 129 tokens
#pragma HLS loop_tripcount min = 1 max = 129
  ClearExperts:
    for (int e = 0; e < Limits::kExperts; ++e) {
#pragma HLS pipeline II = 1
      tokens.gate_sum[job.first_row + t][e] = 0;
    }
  }
}

template <typename Limits, typename Format>
Int<32> finish_logit(const Value<Format::kGateSumBits>& sum, const UInt<17>& scale, int shift,
                     const Int<32>& bias, Counters&, Format) {
#pragma HLS inline
  const Value<64> scaled = fixed::round_half_up(sum * scale, shift);
  return static_cast<Int<32>>(fixed::saturate<Format::kLogitBits>(scaled + bias));
}

template <typename Limits>
Int<32> finish_logit(const Value<W16A32::kGateSumBits>& sum, const UInt<17>&, int shift,
                     const Int<32>& bias, Counters& counters, W16A32) {
#pragma HLS inline
  return static_cast<Int<32>>(
      wrap_counted(fixed::truncate(sum, shift) + bias, counters.accumulator_saturations));
}

template <typename Format, typename Limits>
void finish_logits(MemoryPort memory, const GateJob& job, TokenMemory<Format, Limits>& tokens,
                   Counters& counters) {
FinishExperts:
  for (int e = 0; e < job.experts; ++e) {
    // Trip count: holds because hls/top bounds experts by Limits::kExperts
#pragma HLS loop_tripcount min = 1 max = 256
    const Int<32> bias = read_params(memory, job.matrix.address, e).first;
  FinishRows:
    for (int t = 0; t < job.tokens; ++t) {
#pragma HLS pipeline II = 1
      // Trip count: typical: 129 tokens
#pragma HLS loop_tripcount min = 1 max = 129
      const int row = job.first_row + t;
      tokens.logits[row][e] = finish_logit<Limits>(tokens.gate_sum[row][e], tokens.norm_scale[row],
                                                   job.gate_shift, bias, counters, Format());
    }
  }
}

}  // namespace

template <typename Format, typename Limits>
void gate(MemoryPort memory, const GateJob& job, TokenMemory<Format, Limits>& tokens,
          Counters& counters) {
#pragma HLS inline
  clear_sums(job, tokens);
  if (Format::kGateDigits > 1) {
    linear(memory, plane_job(job, OperandSource::kNormOut, kHighPlaneShift), tokens, counters);
    linear(memory, plane_job(job, OperandSource::kNormLow, 0), tokens, counters);
  } else {
    linear(memory, plane_job(job, OperandSource::kNormOut, 0), tokens, counters);
  }
  finish_logits(memory, job, tokens, counters);
  counters.macs += static_cast<std::uint64_t>(job.tokens) *
                   static_cast<std::uint64_t>(job.matrix.in_dim) *
                   static_cast<std::uint64_t>(job.experts);
}

template void gate(MemoryPort, const GateJob&, TokenMemory<W8A8, SimulationLimits>&, Counters&);
template void gate(MemoryPort, const GateJob&, TokenMemory<W8A8, BoardLimits>&, Counters&);
template void gate(MemoryPort, const GateJob&, TokenMemory<W16A16, SimulationLimits>&, Counters&);
template void gate(MemoryPort, const GateJob&, TokenMemory<W16A32, SimulationLimits>&, Counters&);

}  // namespace hls
}  // namespace edgemoe
