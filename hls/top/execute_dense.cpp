// SPDX-License-Identifier: Apache-2.0
#include "hls/kernels/attention.hpp"
#include "hls/kernels/embed.hpp"
#include "hls/kernels/layer_norm.hpp"
#include "hls/kernels/linear.hpp"
#include "hls/program/token_record.hpp"
#include "hls/top/checks.hpp"
#include "hls/top/execute.hpp"

namespace edgemoe {
namespace hls {
namespace {

using program::Buffer;
using program::Command;
using program::Opcode;
using program::Post;
using program::ScaleSource;

LinearPost post_of(Post post) {
  switch (post) {
    case Post::kResidualAdd:
      return LinearPost::kResidualAdd;
    case Post::kEmbed:
      return LinearPost::kEmbed;
    case Post::kInt8:
      return LinearPost::kSigned;
    case Post::kGelu:
      return LinearPost::kGelu;
  }
  return LinearPost::kResidualAdd;
}

LinearJob linear_job(const Command& c, const TagEntry& tag, OperandSource source) {
  const MatrixRef matrix{tag.address, tag.param_rows, c.in_dim, c.out_dim};
  const TokenScale scale =
      c.scale_source == ScaleSource::kToken ? TokenScale::kNorm : TokenScale::kUnity;
  const GeluScale gelu{c.gelu_mult, c.gelu_shift, c.zero_point};
  return LinearJob{matrix, rows_of(c), source, scale, post_of(c.post), c.requant, gelu, 0, 0};
}

/// The class row follows the last patch: in a tiled program, that of the last tile.
bool embeds_class(const Command& c) {
  return !c.tiled || c.token_begin + c.tokens + 1 == c.frame_tokens;
}

template <typename Format, typename Limits>
RunError run_embed(MemoryPort memory, const Command& c, Machine<Format, Limits>& machine) {
#pragma HLS inline
  TagEntry* tag = tag_of(c, machine);
  const bool class_row = embeds_class(c);
  if (!rows_fit<Limits>(c, class_row ? 1 : 0) || c.segments != 1 || c.in_dim != kPatchPixels ||
      !shifts_fit(c.requant) || !within(c.out_dim, 1, Limits::kDim) ||
      c.scale_source != ScaleSource::kUnity) {
    return RunError::kBadShape;
  }
  if (tag == nullptr || !holds_matrix<Format>(*tag, c.out_dim, c.in_dim)) return RunError::kBadTag;
  if (!is_written(machine, Buffer::kPixels) || !is_written(machine, Buffer::kPosition)) {
    return RunError::kBadOrder;
  }
  LinearJob job = linear_job(c, *tag, OperandSource::kPixels);
  job.post = LinearPost::kEmbed;
  embed(memory, job, machine.tokens, machine.counters, class_row);
  mark_written(machine, Buffer::kResidual);
  free_tag(*tag, machine);
  return RunError::kNone;
}

/// Widest legal input of a source buffer; 0 when it is none.
template <typename Limits>
int source_width(Buffer buffer) {
  if (buffer == Buffer::kNormOut || buffer == Buffer::kAttentionOut) return Limits::kDim;
  return buffer == Buffer::kHidden ? Limits::kHidden : 0;
}

OperandSource operand_of(Buffer buffer) {
  if (buffer == Buffer::kNormOut) return OperandSource::kNormOut;
  return buffer == Buffer::kHidden ? OperandSource::kHidden : OperandSource::kAttentionOut;
}

/// Widest legal output of a post-processing into this buffer; 0 when they do not belong together.
template <typename Limits>
int destination_width(Post post, Buffer buffer) {
  if (post == Post::kResidualAdd && buffer == Buffer::kResidual) return Limits::kDim;
  if (post == Post::kInt8 && buffer == Buffer::kQkv) return 3 * Limits::kDim;
  return post == Post::kGelu && buffer == Buffer::kHidden ? Limits::kHidden : 0;
}

template <typename Limits>
bool linear_fits(const Command& c) {
  const bool scale_known = c.scale_source == ScaleSource::kUnity || c.src == Buffer::kNormOut;
  return rows_fit<Limits>(c) && shifts_fit(c.requant) && c.gelu_shift <= fixed::kMaxShift &&
         within(c.in_dim, 1, source_width<Limits>(c.src)) &&
         within(c.out_dim, 1, destination_width<Limits>(c.post, c.dst)) && c.src != c.dst &&
         scale_known;
}

template <typename Format, typename Limits>
RunError run_linear(MemoryPort memory, const Command& c, Machine<Format, Limits>& machine) {
#pragma HLS inline
  TagEntry* tag = tag_of(c, machine);
  if (!linear_fits<Limits>(c)) return RunError::kBadShape;
  if (tag == nullptr || !holds_matrix<Format>(*tag, c.out_dim, c.in_dim)) return RunError::kBadTag;
  const bool adds = c.post == Post::kResidualAdd;
  if (!is_written(machine, c.src) || (adds && !is_written(machine, Buffer::kResidual))) {
    return RunError::kBadOrder;
  }
  linear(memory, linear_job(c, *tag, operand_of(c.src)), machine.tokens, machine.counters);
  mark_written(machine, c.dst);
  free_tag(*tag, machine);
  return RunError::kNone;
}

/// w16a16 divides with one shift that the exponent of the sum, at most 31, is added to.
template <typename Format>
constexpr int largest_division_shift() {
  return Format::kPrecision == program::Precision::kW16A16 ? fixed::kMaxShift - 31
                                                           : fixed::kMaxShift;
}

/// The tag holds K and V of all heads of the frame.
template <typename Format>
bool holds_keys(const TagEntry& tag, const Command& c) {
  return tag.state == TagState::kWeights && tag.param_rows == 0 &&
         tag.rows ==
             program::key_value_rows(c.frame_tokens, c.heads, c.head_dim, Format::kPrecision);
}

template <typename Format, typename Limits>
RunError run_attention(MemoryPort memory, const Command& c, Machine<Format, Limits>& machine) {
#pragma HLS inline
  if (!rows_fit<Limits>(c) || c.heads < 1 || !within(c.head_dim, 1, Limits::kHeadDim) ||
      c.heads * c.head_dim > Limits::kDim || !shifts_fit(c.requant) ||
      c.score_shift > fixed::kMaxShift || c.requant.r2 > largest_division_shift<Format>() ||
      c.src != Buffer::kQkv || c.dst != Buffer::kAttentionOut) {
    return RunError::kBadShape;
  }
  TagEntry* keys = c.tiled ? tag_of(c, machine) : nullptr;
  if (c.tiled && (keys == nullptr || !holds_keys<Format>(*keys, c))) return RunError::kBadTag;
  if (!is_written(machine, Buffer::kQkv)) return RunError::kBadOrder;
  const AttentionJob job{rows_of(c),
                         c.heads,
                         c.head_dim,
                         c.score_mult,
                         c.score_shift,
                         c.out_mult,
                         c.requant.r1,
                         c.requant.r2,
                         c.tiled ? c.frame_tokens : 0,
                         c.tiled ? keys->address : 0};
  attention(job, machine.tokens, machine.counters, memory);
  if (c.tiled) free_tag(*keys, machine);
  mark_written(machine, Buffer::kAttentionOut);
  return RunError::kNone;
}

/// The constants that keep LayerNorm within 64 bits; see layer_norm.hpp.
bool norm_constants_fit(const Command& c) {
  constexpr std::uint64_t kOne = 1;
  const std::uint64_t dim = c.in_dim;
  return dim >= 2 && c.inv_d == ((kOne << 32) + dim / 2) / dim && c.eps_acc >= (kOne << 12) &&
         c.eps_acc <= (kOne << 61) && c.gamma_frac <= 60 && c.requant.r2 <= fixed::kMaxShift;
}

template <typename Format, typename Limits>
RunError run_norm(MemoryPort memory, const Command& c, Machine<Format, Limits>& machine) {
#pragma HLS inline
  TagEntry* tag = tag_of(c, machine);
  if (!rows_fit<Limits>(c) || !within(c.in_dim, 2, Limits::kDim) || !norm_constants_fit(c)) {
    return RunError::kBadShape;
  }
  if (tag == nullptr || tag->state != TagState::kWeights || tag->rows != 0 ||
      tag->param_rows < program::param_rows(c.in_dim)) {
    return RunError::kBadTag;
  }
  if (!is_written(machine, Buffer::kResidual)) return RunError::kBadOrder;
  const NormJob job{rows_of(c), c.in_dim,     tag->address, c.inv_d,     c.sqrt_d,
                    c.eps_acc,  c.gamma_frac, c.low_plane,  c.requant.r2};
  layer_norm(memory, job, machine.tokens);
  mark_written(machine, Buffer::kNormOut);
  machine.low_plane = c.low_plane;
  free_tag(*tag, machine);
  return RunError::kNone;
}

}  // namespace

template <typename Format, typename Limits>
RunError execute_dense(MemoryPort memory, const Command& c, Machine<Format, Limits>& machine) {
#pragma HLS inline
  switch (c.opcode) {
    case Opcode::kEmbed:
      return run_embed(memory, c, machine);
    case Opcode::kLinear:
      return run_linear(memory, c, machine);
    case Opcode::kAttention:
      return run_attention(memory, c, machine);
    case Opcode::kNorm:
      return run_norm(memory, c, machine);
    default:
      return RunError::kBadOpcode;
  }
}

template RunError execute_dense(MemoryPort, const Command&, Machine<W8A8, SimulationLimits>&);
template RunError execute_dense(MemoryPort, const Command&, Machine<W8A8, BoardLimits>&);
template RunError execute_dense(MemoryPort, const Command&, Machine<W16A16, SimulationLimits>&);
template RunError execute_dense(MemoryPort, const Command&, Machine<W16A32, SimulationLimits>&);

}  // namespace hls
}  // namespace edgemoe
