// SPDX-License-Identifier: Apache-2.0
#include "hls/kernels/copy.hpp"
#include "hls/kernels/transfer.hpp"
#include "hls/top/checks.hpp"
#include "hls/top/execute.hpp"

namespace edgemoe {
namespace hls {
namespace {

using program::Buffer;
using program::Command;
using program::Opcode;

std::uint64_t words_in_bytes(std::uint64_t rows, std::uint64_t dim) {
  return rows * dim * kWordBytes;
}

/// All patches, or those of a tile: whole bands of 16 image lines.
PatchRange patches_of(const Command& c) {
  const int all = c.image_width / kPatchSide * (c.image_height / kPatchSide);
  return c.tiled ? PatchRange{c.token_begin, c.tokens} : PatchRange{0, all};
}

template <typename Format, typename Limits>
RunError run_load_pixels(MemoryPort memory, const ImageBounds& image, const Command& c,
                         Machine<Format, Limits>& machine) {
#pragma HLS inline
  const int width = c.image_width, height = c.image_height;
  if (width % kPatchSide != 0 || height % kPatchSide != 0 ||
      !within(width, 1, Limits::kImageWidth)) {
    return RunError::kBadShape;
  }
  const PatchRange patches = patches_of(c);
  if (!within(patches.count, 1, Limits::kRows) ||
      patches.first + patches.count > width / kPatchSide * (height / kPatchSide) ||
      patches.first % (width / kPatchSide) != 0 || patches.count % (width / kPatchSide) != 0) {
    return RunError::kBadShape;
  }
  const std::uint64_t bytes =
      3ull * static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height);
  if (!inside_image(image, c.address, bytes)) return RunError::kBadAddress;
  load_pixels(memory, c.address, width, height, patches, machine.tokens);
  mark_written(machine, Buffer::kPixels);
  return RunError::kNone;
}

template <typename Format, typename Limits>
RunError run_load_tokens(MemoryPort memory, const ImageBounds& image, const Command& c,
                         Machine<Format, Limits>& machine) {
#pragma HLS inline
  if (c.dst != Buffer::kPosition || !within(c.tokens, 1, Limits::kRows) ||
      !within(c.out_dim, 1, Limits::kDim)) {
    return RunError::kBadShape;
  }
  if (!inside_image(image, c.address, words_in_bytes(c.tokens, c.out_dim)))
    return RunError::kBadAddress;
  load_positions(memory, c.address, c.tokens, c.out_dim, machine.tokens);
  mark_written(machine, Buffer::kPosition);
  return RunError::kNone;
}

template <typename Format, typename Limits>
RunError run_store_tokens(MemoryPort memory, const ImageBounds& image, const Command& c,
                          Machine<Format, Limits>& machine) {
#pragma HLS inline
  if (!rows_fit<Limits>(c) || !within(c.out_dim, 1, Limits::kDim)) return RunError::kBadShape;
  const std::uint64_t rows = static_cast<std::uint64_t>(c.tokens) * c.segments;
  if (!inside_results(image, c.address, words_in_bytes(rows, c.out_dim)))
    return RunError::kBadAddress;
  if (!is_written(machine, Buffer::kResidual)) return RunError::kBadOrder;
  store_residual(memory, c.address, rows_of(c), c.out_dim, machine.tokens);
  return RunError::kNone;
}

template <typename Format, typename Limits>
RunError run_copy(const Command& c, Machine<Format, Limits>& machine) {
#pragma HLS inline
  if (!rows_fit<Limits>(c) || !within(c.in_dim, 1, Limits::kDim)) return RunError::kBadShape;
  if (!is_written(machine, Buffer::kResidual)) return RunError::kBadOrder;
  copy_segments(rows_of(c), c.in_dim, machine.tokens);
  return RunError::kNone;
}

}  // namespace

template <typename Format, typename Limits>
RunError execute_transfer(MemoryPort memory, const ImageBounds& image, const Command& c,
                          Machine<Format, Limits>& machine) {
#pragma HLS inline
  switch (c.opcode) {
    case Opcode::kLoadPixels:
      return run_load_pixels(memory, image, c, machine);
    case Opcode::kLoadTokens:
      return run_load_tokens(memory, image, c, machine);
    case Opcode::kStoreTokens:
      return run_store_tokens(memory, image, c, machine);
    case Opcode::kCopy:
      return run_copy(c, machine);
    default:
      return RunError::kBadOpcode;
  }
}

template RunError execute_transfer(MemoryPort, const ImageBounds&, const Command&,
                                   Machine<W8A8, SimulationLimits>&);
template RunError execute_transfer(MemoryPort, const ImageBounds&, const Command&,
                                   Machine<W8A8, BoardLimits>&);
template RunError execute_transfer(MemoryPort, const ImageBounds&, const Command&,
                                   Machine<W16A16, SimulationLimits>&);
template RunError execute_transfer(MemoryPort, const ImageBounds&, const Command&,
                                   Machine<W16A32, SimulationLimits>&);

}  // namespace hls
}  // namespace edgemoe
