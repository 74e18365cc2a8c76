// SPDX-License-Identifier: Apache-2.0
#include "hls/kernels/spill.hpp"
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

PieceJob piece_job(const Command& c) {
  const std::uint64_t stride =
      static_cast<std::uint64_t>(c.expert_stride_rows) * program::kRowBytes;
  return PieceJob{c.address, stride, c.tokens, c.out_dim};
}

/// Rows of the piece that a buffer's tokens have; 0 for a buffer that is never spilled or filled.
template <typename Format>
std::uint32_t piece_rows(Buffer buffer, std::uint32_t dim) {
  switch (buffer) {
    case Buffer::kResidual:
    case Buffer::kPosition:
      return program::word_rows(dim);
    case Buffer::kQkv:
      return program::query_rows(dim, Format::kPrecision);
    case Buffer::kNormOut:
      return program::norm_rows(dim, Format::kPrecision);
    default:
      return 0;
  }
}

/// From the first row of the first token's piece to the last of the last's. `behind`: rows of what
/// is read behind each piece.
std::uint64_t piece_bytes(const Command& c, std::uint32_t behind) {
  return (static_cast<std::uint64_t>(c.tokens - 1) * c.expert_stride_rows + c.rows + behind) *
         program::kRowBytes;
}

template <typename Format, typename Limits>
bool pieces_fit(const Command& c, Buffer buffer) {
  return c.tiled && rows_fit<Limits>(c) && within(c.out_dim, 1, Limits::kDim) &&
         c.rows == piece_rows<Format>(buffer, c.out_dim) && c.rows != 0 &&
         c.expert_stride_rows >= c.rows;
}

template <typename Format, typename Limits>
RunError run_spill_keys(MemoryPort memory, const ImageBounds& image, const Command& c,
                        Machine<Format, Limits>& machine) {
#pragma HLS inline
  if (!c.tiled || !rows_fit<Limits>(c) || c.heads < 1 || !within(c.head_dim, 1, Limits::kHeadDim) ||
      c.heads * c.head_dim > Limits::kDim || c.token_begin % program::kTile != 0 ||
      c.rows != program::key_tile_rows(Format::kPrecision)) {
    return RunError::kBadShape;
  }
  const std::uint64_t rows =
      program::key_value_rows(c.frame_tokens, c.heads, c.head_dim, Format::kPrecision);
  if (!inside_scratch(image, c.address, rows * program::kRowBytes)) return RunError::kBadAddress;
  if (!is_written(machine, Buffer::kQkv)) return RunError::kBadOrder;
  spill_keys(memory, KeyValueRef{c.address, c.frame_tokens, c.heads, c.head_dim}, c.token_begin,
             c.tokens, machine.tokens);
  return RunError::kNone;
}

/// Rows of a tile to their records; final residuals to the result region.
template <typename Format, typename Limits>
RunError run_spill(MemoryPort memory, const ImageBounds& image, const Command& c,
                   Machine<Format, Limits>& machine) {
#pragma HLS inline
  if (c.src == Buffer::kKeyValue) return run_spill_keys(memory, image, c, machine);
  if (!pieces_fit<Format, Limits>(c, c.src) || c.src == Buffer::kPosition)
    return RunError::kBadShape;
  const std::uint64_t bytes = piece_bytes(c, 0);
  const bool result = c.src == Buffer::kResidual && inside_results(image, c.address, bytes);
  if (!result && !inside_scratch(image, c.address, bytes)) return RunError::kBadAddress;
  if (!is_written(machine, c.src)) return RunError::kBadOrder;
  if (c.src == Buffer::kResidual) {
    spill_residual(memory, piece_job(c), machine.tokens);
  } else if (c.src == Buffer::kNormOut) {
    spill_norm(memory, piece_job(c), machine.tokens);
  } else {
    spill_queries(memory, piece_job(c), machine.tokens);
  }
  return RunError::kNone;
}

/// What a fill adds was routed, and its choices are those of the records.
template <typename Format, typename Limits>
bool adds_fit(const Command& c, const Machine<Format, Limits>& machine) {
  const program::TokenRecord record = program::token_record(c.out_dim, c.adds, Format::kPrecision);
  return c.dst == Buffer::kResidual && c.adds == machine.route_choices &&
         c.expert_stride_rows == record.stride && queue_row(c) + c.tokens <= machine.route_rows;
}

template <typename Format, typename Limits>
RunError run_fill_residual(MemoryPort memory, const ImageBounds& image, const Command& c,
                           Machine<Format, Limits>& machine) {
#pragma HLS inline
  if (c.adds != 0 && !adds_fit(c, machine)) return RunError::kBadShape;
  const program::TokenRecord record = program::token_record(c.out_dim, c.adds, Format::kPrecision);
  const std::uint32_t behind = c.adds != 0 ? record.stride - c.rows : 0;
  if (!inside_scratch(image, c.address, piece_bytes(c, behind))) return RunError::kBadAddress;
  constexpr std::uint64_t kRow = program::kRowBytes;
  const AddedChoices added{c.adds, record.contribution * kRow, program::word_rows(c.out_dim) * kRow,
                           queue_row(c)};
  fill_residual(memory, piece_job(c), added, machine.tokens, machine.counters);
  mark_written(machine, Buffer::kResidual);
  return RunError::kNone;
}

template <typename Format, typename Limits>
RunError run_fill(MemoryPort memory, const ImageBounds& image, const Command& c,
                  Machine<Format, Limits>& machine) {
#pragma HLS inline
  if (!pieces_fit<Format, Limits>(c, c.dst) || c.dst == Buffer::kNormOut)
    return RunError::kBadShape;
  if (c.dst == Buffer::kResidual) return run_fill_residual(memory, image, c, machine);
  if (!inside_image(image, c.address, piece_bytes(c, 0))) return RunError::kBadAddress;
  if (c.dst == Buffer::kPosition) {
    fill_positions(memory, piece_job(c), machine.tokens);
  } else {
    fill_queries(memory, piece_job(c), machine.tokens);
  }
  mark_written(machine, c.dst);
  return RunError::kNone;
}

}  // namespace

template <typename Format, typename Limits>
RunError execute_tile(MemoryPort memory, const ImageBounds& image, const Command& c,
                      Machine<Format, Limits>& machine) {
#pragma HLS inline
  switch (c.opcode) {
    case Opcode::kSpill:
      return run_spill(memory, image, c, machine);
    case Opcode::kFill:
      return run_fill(memory, image, c, machine);
    case Opcode::kFence:
    case Opcode::kStoreExperts:
      return RunError::kNone;  // here every command ends with its writes done, kExperts too
    default:
      return RunError::kBadOpcode;
  }
}

template RunError execute_tile(MemoryPort, const ImageBounds&, const Command&,
                               Machine<W8A8, SimulationLimits>&);
template RunError execute_tile(MemoryPort, const ImageBounds&, const Command&,
                               Machine<W8A8, BoardLimits>&);
template RunError execute_tile(MemoryPort, const ImageBounds&, const Command&,
                               Machine<W16A16, SimulationLimits>&);
template RunError execute_tile(MemoryPort, const ImageBounds&, const Command&,
                               Machine<W16A32, SimulationLimits>&);

}  // namespace hls
}  // namespace edgemoe
