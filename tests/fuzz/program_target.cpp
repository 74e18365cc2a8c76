// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "hls/program/encoding.hpp"
#include "hls/top/accelerator.hpp"
#include "tests/fuzz/targets.hpp"

namespace edgemoe::fuzz {
namespace {

/// What decodes must encode to the same bytes.
void check_round_trip(const std::uint8_t* bytes) {
  program::Command command;
  if (!program::decode_command(bytes, command)) return;
  std::uint8_t again[program::kCommandBytes];
  program::encode_command(command, again);
  if (!std::equal(again, again + program::kCommandBytes, bytes)) std::abort();
}

}  // namespace

int program(const std::uint8_t* data, std::size_t size) {
  for (std::size_t at = 0; at + program::kCommandBytes <= size; at += program::kCommandBytes)
    check_round_trip(data + at);
  std::vector<std::uint8_t> memory(data, data + size);
  hls::run_program(memory.data(), memory.size(), {});
  return 0;
}

}  // namespace edgemoe::fuzz
