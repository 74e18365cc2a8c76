// SPDX-License-Identifier: Apache-2.0
#include "hls/kernels/experts.hpp"
#include "hls/kernels/gate.hpp"
#include "hls/kernels/router.hpp"
#include "hls/program/token_record.hpp"
#include "hls/top/checks.hpp"
#include "hls/top/execute.hpp"
#include "hls/top/route_job.hpp"

namespace edgemoe {
namespace hls {
namespace {

using program::Buffer;
using program::Command;
using program::Opcode;

/// Rows of the one segment that a per-task command works on lie in the buffers.
template <typename Limits>
bool segment_fits(const Command& c) {
  return c.tokens >= 1 && segment_row(c) + c.tokens <= Limits::kRows && tile_fits<Limits>(c);
}

template <typename Format, typename Limits>
RunError run_gate(MemoryPort memory, const Command& c, Machine<Format, Limits>& machine) {
#pragma HLS inline
  TagEntry* tag = tag_of(c, machine);
  if (!segment_fits<Limits>(c) || !within(c.in_dim, 1, Limits::kDim) ||
      !within(c.experts, 1, Limits::kExperts) || c.gate_shift > fixed::kMaxShift) {
    return RunError::kBadShape;
  }
  const int channels = program::gate_channels(c.experts, Format::kPrecision);
  if (tag == nullptr || tag->state != TagState::kWeights ||
      tag->rows != program::tile_rows(channels, c.in_dim, Format::kPrecision) ||
      tag->param_rows < program::param_rows(c.experts)) {
    return RunError::kBadTag;
  }
  const bool planes = Format::kGateDigits == 1 || machine.low_plane;
  if (!is_written(machine, Buffer::kNormOut) || !planes) return RunError::kBadOrder;
  const MatrixRef matrix{tag->address, tag->param_rows, c.in_dim, channels};
  gate(memory, GateJob{matrix, segment_row(c), c.tokens, c.experts, c.gate_shift}, machine.tokens,
       machine.counters);
  mark_written(machine, Buffer::kLogits);
  free_tag(*tag, machine);
  return RunError::kNone;
}

template <typename Format, typename Limits>
RunError run_route(const Command& c, Machine<Format, Limits>& machine) {
#pragma HLS inline
  const RunError error = begin_route(c, machine);
  if (error != RunError::kNone) return error;
  route(route_job<Format>(c), machine.tokens);
  end_route(c, machine);
  return RunError::kNone;
}

/// The record of one expert has exactly the rows of its two matrices.
template <typename Format>
bool holds_expert(const TagEntry& tag, int dim, int hidden) {
  const std::uint32_t rows = program::tile_rows(hidden, dim, Format::kPrecision) +
                             program::tile_rows(dim, hidden, Format::kPrecision);
  return tag.state == TagState::kExperts && tag.rows == rows &&
         tag.param_rows == program::param_rows(hidden) + program::param_rows(dim);
}

/// Records of all segments lie in the scratch region, and every routed token has one.
template <typename Format, typename Limits>
bool holds_records(const ImageBounds& image, const Command& c,
                   const Machine<Format, Limits>& machine) {
  const program::TokenRecord record = program::token_record(c.in_dim, c.adds, Format::kPrecision);
  const std::uint64_t rows = static_cast<std::uint64_t>(c.segments) * c.frame_tokens;
  return c.adds >= 1 && c.rows == program::norm_rows(c.in_dim, Format::kPrecision) &&
         c.expert_stride_rows == record.stride &&
         static_cast<std::uint64_t>(machine.route_rows) <= rows &&
         machine.route_choices <= c.adds &&
         inside_scratch(image, c.address, rows * record.stride * program::kRowBytes);
}

template <typename Format>
ExpertRecords records_of(const Command& c) {
  if (!c.tiled) return ExpertRecords{0, 0, 0, 0, 0};
  const program::TokenRecord record = program::token_record(c.in_dim, c.adds, Format::kPrecision);
  constexpr std::uint64_t kRow = program::kRowBytes;
  return ExpertRecords{c.tokens, c.address + record.norm * kRow,
                       c.address + record.contribution * kRow, record.stride * kRow,
                       program::word_rows(c.in_dim) * kRow};
}

/// Tiled: `tokens` entries of a queue at a time. Else all rows of all segments are in the buffers.
template <typename Format, typename Limits>
bool experts_fit(const Command& c, const Machine<Format, Limits>& machine) {
  if (!c.tiled) return rows_fit<Limits>(c) && machine.route_rows <= Limits::kRows;
  return within(c.tokens, 1, Limits::kRows) && c.segments >= 1;
}

template <typename Format, typename Limits>
RunError run_experts(MemoryPort memory, const ImageBounds& image, const Command& c,
                     Machine<Format, Limits>& machine) {
#pragma HLS inline
  TagEntry* tag = tag_of(c, machine);
  if (!experts_fit(c, machine) || !within(c.in_dim, 1, Limits::kDim) ||
      !within(c.hidden_dim, 1, Limits::kHidden) || !within(c.experts, 1, Limits::kExperts) ||
      !shifts_fit(c.requant) || !shifts_fit(c.requant2) || c.gelu_shift > fixed::kMaxShift) {
    return RunError::kBadShape;
  }
  if (tag == nullptr || !holds_expert<Format>(*tag, c.in_dim, c.hidden_dim))
    return RunError::kBadTag;
  if (!machine.queues_published || !is_written(machine, Buffer::kResidual))
    return RunError::kBadOrder;
  if (c.experts != machine.route_experts) return RunError::kBadShape;
  if (c.tiled && !holds_records(image, c, machine)) return RunError::kBadAddress;
  const std::uint64_t rows =
      static_cast<std::uint64_t>(c.experts - 1) * tag->stride_rows + tag->rows + tag->param_rows;
  if (!inside_image(image, tag->address, rows * program::kRowBytes)) return RunError::kBadAddress;
  const std::uint64_t stride = static_cast<std::uint64_t>(tag->stride_rows) * program::kRowBytes;
  experts(memory,
          ExpertsJob{tag->address, stride, c.experts, c.in_dim, c.hidden_dim, c.requant, c.requant2,
                     GeluScale{c.gelu_mult, c.gelu_shift, c.zero_point}, records_of<Format>(c)},
          machine.tokens, machine.counters);
  machine.queues_open = false;
  machine.queues_published = false;
  free_tag(*tag, machine);
  return RunError::kNone;
}

}  // namespace

template <typename Format, typename Limits>
RunError begin_route(const Command& c, Machine<Format, Limits>& machine) {
  if (!segment_fits<Limits>(c) || !within(c.experts, 1, Limits::kExperts) ||
      c.window_lo >= c.window_hi || c.window_hi > c.experts ||
      !within(c.top_k, 1, c.window_hi - c.window_lo)) {
    return RunError::kBadShape;
  }
  if (!is_written(machine, Buffer::kLogits) || machine.queues_published) return RunError::kBadOrder;
  if (!c.first_route && (!machine.queues_open || c.experts != machine.route_experts)) {
    return RunError::kBadOrder;
  }
  if (c.first_route) {
    clear_queues(machine.tokens);
    machine.queues_open = true;
    machine.route_experts = c.experts;
    machine.route_rows = 0;
    machine.route_choices = 0;
  }
  const int first = queue_row(c);
  for (int t = 0; t < c.tokens; ++t) {
    if (machine.tokens.routed[first + t]) return RunError::kBadOrder;
  }
  return RunError::kNone;
}

template <typename Format, typename Limits>
void end_route(const Command& c, Machine<Format, Limits>& machine) {
  const int rows = queue_row(c) + c.tokens;
  if (rows > machine.route_rows) machine.route_rows = rows;
  if (c.top_k > machine.route_choices) machine.route_choices = c.top_k;
  if (c.last_route) machine.queues_published = true;
}

template <typename Format, typename Limits>
RunError execute_moe(MemoryPort memory, const ImageBounds& image, const Command& c,
                     Machine<Format, Limits>& machine) {
#pragma HLS inline
  switch (c.opcode) {
    case Opcode::kGate:
      return run_gate(memory, c, machine);
    case Opcode::kRoute:
      return run_route(c, machine);
    case Opcode::kExperts:
      return run_experts(memory, image, c, machine);
    default:
      return RunError::kBadOpcode;
  }
}

#define EDGEMOE_INSTANTIATE(FORMAT, LIMITS)                                     \
  template RunError begin_route(const Command&, Machine<FORMAT, LIMITS>&);      \
  template void end_route(const Command&, Machine<FORMAT, LIMITS>&);            \
  template RunError execute_moe(MemoryPort, const ImageBounds&, const Command&, \
                                Machine<FORMAT, LIMITS>&)
EDGEMOE_INSTANTIATE(W8A8, SimulationLimits);
EDGEMOE_INSTANTIATE(W8A8, BoardLimits);
EDGEMOE_INSTANTIATE(W16A16, SimulationLimits);
EDGEMOE_INSTANTIATE(W16A32, SimulationLimits);
#undef EDGEMOE_INSTANTIATE

}  // namespace hls
}  // namespace edgemoe
