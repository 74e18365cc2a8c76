// SPDX-License-Identifier: Apache-2.0
/// Buffers and a memory for tests of single kernels. Small limits of the board keep the pages few.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "hls/kernels/token_memory.hpp"
#include "hls/program/weight_layout.hpp"
#include "hls/support/memory.hpp"

namespace edgemoe::testing {

using hls::BoardLimits;
using hls::Counters;
using hls::SimulationLimits;
using hls::W8A8;
using Tokens = hls::TokenMemory<W8A8, SimulationLimits>;

struct FreeTokens {
  void operator()(Tokens* tokens) const { std::free(tokens); }
};
using TokensPointer = std::unique_ptr<Tokens, FreeTokens>;

/// All zero, as a machine starts.
inline TokensPointer make_tokens() {
  return TokensPointer(static_cast<Tokens*>(std::calloc(1, sizeof(Tokens))));
}

struct ChannelValue {
  std::int32_t bias = 0;
  std::uint16_t multiplier = 0;
};

/// What the memory port of a kernel takes.
inline std::vector<hls::Word> to_words(const std::vector<std::uint8_t>& bytes) {
  std::vector<hls::Word> words;
  for (std::size_t i = 0; i + 4 <= bytes.size(); i += 4) {
    words.push_back(hls::word_of_bytes(bytes.data() + i));
  }
  return words;
}

/// Parameter rows and tiles of a matrix [out][in], as an image holds them.
inline std::vector<hls::Word> pack(const std::vector<std::int8_t>& weights,
                                   const std::vector<ChannelValue>& channels, int out, int in) {
  const std::size_t param_bytes = program::param_rows(out) * std::size_t{program::kRowBytes};
  const std::size_t tile_bytes = program::tile_rows(out, in) * std::size_t{program::kRowBytes};
  std::vector<std::uint8_t> image(param_bytes + tile_bytes);
  for (std::size_t n = 0; n < channels.size(); ++n) {
    program::put_channel(image.data(), static_cast<int>(n),
                         program::ChannelParams{channels[n].bias, channels[n].multiplier});
  }
  program::pack_matrix(weights.data(), out, in, image.data() + param_bytes);
  return to_words(image);
}

}  // namespace edgemoe::testing
