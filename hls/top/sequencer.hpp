// SPDX-License-Identifier: Apache-2.0
/// The fetch loop: header, then commands in id order until kEnd, each decoded, checked and
/// executed.
///
/// Hooks:    `before` and `after` see every command that decoded; `route` may take a route command
///           over and then returns true with its result in `error`. Synthesis uses NoHooks, which
///           vanish.
#pragma once

#include "hls/program/encoding.hpp"
#include "hls/support/memory.hpp"
#include "hls/top/execute.hpp"

namespace edgemoe {
namespace hls {

struct NoHooks {
  template <typename M>
  void before(const program::Command&, const M&) {}
  template <typename M>
  bool route(const program::Command&, M&, RunError&) {
    return false;
  }
  template <typename M>
  void after(const program::Command&, const M&) {}
};

/// Ranges that the header names lie inside the image, 256-byte aligned.
inline bool header_fits(const ImageBounds& image, std::uint64_t size) {
  const program::ImageHeader& h = image.header;
  const std::uint64_t program_bytes =
      static_cast<std::uint64_t>(h.command_count) * program::kCommandBytes;
  return h.image_bytes <= size && h.command_count >= 1 && h.command_count <= 65536 &&
         inside_image(image, h.program_address, program_bytes) &&
         inside_image(image, h.pixel_address, h.pixel_bytes) &&
         inside_image(image, h.result_address, h.result_bytes) &&
         inside_image(image, h.scratch_address, h.scratch_bytes);
}

inline bool read_header(MemoryPort memory, std::uint64_t size, ImageBounds& image) {
  if (size < program::kImageHeaderBytes) return false;
  std::uint8_t bytes[program::kImageHeaderBytes];
  read_block(memory, 0, bytes);
  if (!program::decode_header(bytes, image.header)) return false;
  image.size = image.header.image_bytes;
  return header_fits(image, size);
}

template <typename Machine, typename Hooks>
RunError run_command(MemoryPort memory, const ImageBounds& image, const program::Command& command,
                     Machine& machine, Hooks& hooks) {
  hooks.before(command, machine);
  RunError error = RunError::kNone;
  const bool taken =
      command.opcode == program::Opcode::kRoute && hooks.route(command, machine, error);
  if (!taken) error = execute(memory, image, command, machine);
  if (error == RunError::kNone) hooks.after(command, machine);
  return error;
}

/// Runs until kEnd or the first error; `status.failed_command` is the id of the offender.
template <typename Machine, typename Hooks>
RunError run_commands(MemoryPort memory, const ImageBounds& image, Machine& machine, Hooks& hooks,
                      std::uint32_t& at) {
  for (at = 0; at < image.header.command_count; ++at) {
    std::uint8_t bytes[program::kCommandBytes];
    read_block(
        memory,
        image.header.program_address + static_cast<std::uint64_t>(at) * program::kCommandBytes,
        bytes);
    program::Command command;
    if (!program::decode_command(bytes, command)) return RunError::kBadOpcode;
    if (command.id != at) return RunError::kBadOrder;
    const RunError error = run_command(memory, image, command, machine, hooks);
    if (error != RunError::kNone) return error;
    if (command.opcode == program::Opcode::kEnd) {
      return at + 1 == image.header.command_count ? RunError::kNone : RunError::kBadOrder;
    }
  }
  at = image.header.command_count - 1;
  return RunError::kBadOrder;  // no kEnd
}

template <typename Machine, typename Hooks>
RunStatus run_image(MemoryPort memory, std::uint64_t size, Machine& machine, Hooks& hooks) {
  RunStatus status;
  ImageBounds image = {};
  reset(machine);
  if (!read_header(memory, size, image)) {
    status.error = RunError::kBadHeader;
    return status;
  }
  if (image.header.precision != Machine::NumberFormat::kPrecision) {
    status.error = RunError::kBadPrecision;
    return status;
  }
  std::uint32_t at = 0;
  status.error = run_commands(memory, image, machine, hooks, at);
  status.failed_command = status.error == RunError::kNone ? 0 : at;
  status.residual_saturations = machine.counters.residual_saturations;
  status.accumulator_saturations = machine.counters.accumulator_saturations;
  status.int8_saturations = machine.counters.int8_saturations;
  status.macs = machine.counters.macs;
  return status;
}

}  // namespace hls
}  // namespace edgemoe
