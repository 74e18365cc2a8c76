// SPDX-License-Identifier: Apache-2.0
/// The accelerator's state: token buffers, the tag table, and what has been written so far.
///
/// All zero is the state after `reset`; buffers keep old values, which no accepted program reads.
#pragma once

#include <cstdint>

#include "hls/kernels/token_memory.hpp"
#include "hls/program/image.hpp"
#include "hls/top/status.hpp"

namespace edgemoe {
namespace hls {

/// The memory and the ranges inside it that a program may touch.
struct ImageBounds {
  std::uint64_t size;
  program::ImageHeader header;
};

/// True when [address, address + bytes) is 256-byte aligned and inside the image.
inline bool inside_image(const ImageBounds& image, std::uint64_t address, std::uint64_t bytes) {
  return address % program::kRowBytes == 0 && address <= image.size &&
         bytes <= image.size - address;
}

/// True when [address, address + bytes) lies in the region that spills may use.
inline bool inside_scratch(const ImageBounds& image, std::uint64_t address, std::uint64_t bytes) {
  const std::uint64_t begin = image.header.scratch_address;
  return inside_image(image, address, bytes) && address >= begin &&
         bytes <= image.header.scratch_bytes &&
         address - begin <= image.header.scratch_bytes - bytes;
}

/// Stores may only reach the result region: a program cannot overwrite itself.
inline bool inside_results(const ImageBounds& image, std::uint64_t address, std::uint64_t bytes) {
  const std::uint64_t begin = image.header.result_address;
  return inside_image(image, address, bytes) && address >= begin &&
         bytes <= image.header.result_bytes && address - begin <= image.header.result_bytes - bytes;
}

enum class TagState : std::uint8_t { kFree = 0, kWeights, kPrefetched, kExperts };

/// What one load command brought.
struct TagEntry {
  TagState state;
  std::uint64_t address;
  std::uint32_t rows;
  std::uint16_t param_rows;
  std::uint32_t stride_rows;
};

template <typename Format, typename Limits>
struct Machine {
  using NumberFormat = Format;
  TokenMemory<Format, Limits> tokens;
  TagEntry tags[Limits::kTags];
  int open_tags;
  std::uint32_t written;  ///< bit b: program::Buffer(b) holds a result
  bool low_plane;         ///< the last norm wrote it
  bool queues_open;       ///< a first_route has been seen
  bool queues_published;  ///< and a last_route
  std::uint16_t route_experts;
  std::uint8_t route_choices;  ///< largest top_k since the first_route
  int route_rows;  ///< queue rows from here on have not been routed since the first_route
  Counters counters;
};

/// Forgets the last run.
template <typename Format, typename Limits>
void reset(Machine<Format, Limits>& machine) {
  for (int t = 0; t < Limits::kTags; ++t) machine.tags[t].state = TagState::kFree;
  machine.open_tags = 0;
  machine.written = 0;
  machine.low_plane = false;
  machine.queues_open = false;
  machine.queues_published = false;
  machine.route_experts = 0;
  machine.route_choices = 0;
  machine.route_rows = 0;
  machine.counters = Counters();
}

template <typename Format, typename Limits>
void mark_written(Machine<Format, Limits>& machine, program::Buffer buffer) {
  machine.written |= 1u << static_cast<int>(buffer);
}

template <typename Format, typename Limits>
bool is_written(const Machine<Format, Limits>& machine, program::Buffer buffer) {
  return ((machine.written >> static_cast<int>(buffer)) & 1u) != 0;
}

}  // namespace hls
}  // namespace edgemoe
