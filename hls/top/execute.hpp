// SPDX-License-Identifier: Apache-2.0
/// execute: checks one decoded command completely, then runs its kernel.
///
/// Checks:   addresses inside the image, shapes within Limits and consistent with the loaded rows,
///           shifts that keep 64-bit arithmetic exact, tags, buffers written before they are read.
///           Nothing is touched by a command that fails.
/// Order:    commands run in id order, each to its end; `wait` and `signal` only matter for time.
#pragma once

#include "hls/program/command.hpp"
#include "hls/support/memory.hpp"
#include "hls/top/machine.hpp"

namespace edgemoe {
namespace hls {

template <typename Format, typename Limits>
RunError execute(MemoryPort memory, const ImageBounds& image, const program::Command& command,
                 Machine<Format, Limits>& machine);

// Parts of `execute`, one per group of opcodes; each handles the opcodes that its name says.

/// Loads of weights and experts: note them in the tag table.
template <typename Format, typename Limits>
RunError execute_tag_load(const ImageBounds& image, const program::Command& command,
                          Machine<Format, Limits>& machine);

/// Pixels, position table, results, copies between segments.
template <typename Format, typename Limits>
RunError execute_transfer(MemoryPort memory, const ImageBounds& image,
                          const program::Command& command, Machine<Format, Limits>& machine);

/// Spills, fills, fences of a tiled program.
template <typename Format, typename Limits>
RunError execute_tile(MemoryPort memory, const ImageBounds& image, const program::Command& command,
                      Machine<Format, Limits>& machine);

/// Embed, linear, attention, norm.
template <typename Format, typename Limits>
RunError execute_dense(MemoryPort memory, const program::Command& command,
                       Machine<Format, Limits>& machine);

/// Gate, route, experts.
template <typename Format, typename Limits>
RunError execute_moe(MemoryPort memory, const ImageBounds& image, const program::Command& command,
                     Machine<Format, Limits>& machine);

/// The checks of a route command, and the clearing that first_route asks for; `execute_moe` calls
/// it, and so does a simulation that forces its own choices.
template <typename Format, typename Limits>
RunError begin_route(const program::Command& command, Machine<Format, Limits>& machine);
template <typename Format, typename Limits>
void end_route(const program::Command& command, Machine<Format, Limits>& machine);

}  // namespace hls
}  // namespace edgemoe
