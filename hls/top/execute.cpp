// SPDX-License-Identifier: Apache-2.0
#include "hls/top/execute.hpp"

#include "hls/top/checks.hpp"

namespace edgemoe {
namespace hls {
namespace {

using program::Command;
using program::Opcode;

std::uint64_t record_rows(const Command& c) {
  return static_cast<std::uint64_t>(c.rows) + c.param_rows;
}

bool same_record(const TagEntry& tag, const Command& c) {
  return tag.address == c.address && tag.rows == c.rows && tag.param_rows == c.param_rows &&
         tag.stride_rows == c.expert_stride_rows;
}

RunError check_listed_experts(const ImageBounds& image, const Command& c) {
  for (int i = 0; i < c.list_count; ++i) {
    const std::uint64_t rows =
        static_cast<std::uint64_t>(c.expert_list[i]) * c.expert_stride_rows + record_rows(c);
    if (!inside_image(image, c.address, rows * program::kRowBytes)) return RunError::kBadAddress;
  }
  return RunError::kNone;
}

/// State of the tag after this load; kFree when the load is not allowed now.
TagState state_after_load(const TagEntry& tag, const Command& c) {
  const bool fresh = tag.state == TagState::kFree;
  const bool continued = tag.state == TagState::kPrefetched && same_record(tag, c);
  switch (c.opcode) {
    case Opcode::kLoadWeights:
      return fresh ? TagState::kWeights : TagState::kFree;
    case Opcode::kPrefetchExperts:
      return fresh || continued ? TagState::kPrefetched : TagState::kFree;
    case Opcode::kLoadExperts:
      return fresh || continued ? TagState::kExperts : TagState::kFree;
    default:
      return TagState::kFree;
  }
}

}  // namespace

template <typename Format, typename Limits>
RunError execute_tag_load(const ImageBounds& image, const Command& c,
                          Machine<Format, Limits>& machine) {
#pragma HLS inline
  if (!inside_image(image, c.address, record_rows(c) * program::kRowBytes))
    return RunError::kBadAddress;
  if (c.opcode != Opcode::kLoadWeights && c.expert_stride_rows < record_rows(c))
    return RunError::kBadShape;
  const RunError listed = check_listed_experts(image, c);
  if (listed != RunError::kNone) return listed;
  TagEntry* tag = tag_of(c, machine);
  if (tag == nullptr) return RunError::kBadTag;
  const TagState next = state_after_load(*tag, c);
  if (next == TagState::kFree) return RunError::kBadTag;
  if (tag->state == TagState::kFree) ++machine.open_tags;
  *tag = TagEntry{next, c.address, c.rows, c.param_rows, c.expert_stride_rows};
  return RunError::kNone;
}

template <typename Format, typename Limits>
RunError execute(MemoryPort memory, const ImageBounds& image, const Command& c,
                 Machine<Format, Limits>& machine) {
#pragma HLS inline
  switch (c.opcode) {
    case Opcode::kBarrier:
      return RunError::kNone;
    case Opcode::kEnd:
      return machine.open_tags == 0 ? RunError::kNone : RunError::kBadTag;
    case Opcode::kLoadWeights:
    case Opcode::kPrefetchExperts:
    case Opcode::kLoadExperts:
      return execute_tag_load(image, c, machine);
    case Opcode::kLoadPixels:
    case Opcode::kLoadTokens:
    case Opcode::kStoreTokens:
    case Opcode::kCopy:
      return execute_transfer(memory, image, c, machine);
    case Opcode::kSpill:
    case Opcode::kFill:
    case Opcode::kFence:
    case Opcode::kStoreExperts:
      return execute_tile(memory, image, c, machine);
    case Opcode::kEmbed:
    case Opcode::kLinear:
    case Opcode::kAttention:
    case Opcode::kNorm:
      return execute_dense(memory, c, machine);
    case Opcode::kGate:
    case Opcode::kRoute:
    case Opcode::kExperts:
      return execute_moe(memory, image, c, machine);
  }
  return RunError::kBadOpcode;
}

template RunError execute(MemoryPort, const ImageBounds&, const Command&,
                          Machine<W8A8, SimulationLimits>&);
template RunError execute(MemoryPort, const ImageBounds&, const Command&,
                          Machine<W8A8, BoardLimits>&);
template RunError execute(MemoryPort, const ImageBounds&, const Command&,
                          Machine<W16A16, SimulationLimits>&);
template RunError execute(MemoryPort, const ImageBounds&, const Command&,
                          Machine<W16A32, SimulationLimits>&);

}  // namespace hls
}  // namespace edgemoe
