// SPDX-License-Identifier: Apache-2.0
/// A network's dimensions as far as the shapes of a checkpoint tell them, and the configuration
/// that follows with what is published about such networks.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "models/schema/model_config.hpp"

namespace edgemoe::models {

struct HeadHints {
  std::vector<std::int64_t> channels;  ///< outputs of the 3x3 convolutions, in order
  std::int64_t outputs = 0;            ///< of the last convolution
};

/// 0 or empty: the checkpoint does not say.
struct NetworkHints {
  std::int64_t embed_dim = 0;
  std::int64_t patch = 0;
  std::int64_t tokens = 0;
  std::int64_t mlp_hidden = 0;
  std::int64_t experts = 0;
  std::int64_t moe_hidden = 0;
  std::int64_t gates = 0;    ///< tasks that have a gate of their own
  bool shared_gate = false;  ///< one gate for all tasks
  bool gate_bias = false;    ///< from a task-conditioned gate
  std::vector<BlockKind> blocks;
  std::map<std::string, HeadHints> heads;
  bool published_pixels = false;  ///< real pixel = k / 256 instead of k / 255
};

/// The value that occurs most often among those above 0 (the smallest of several): one damaged
/// tensor must not decide about all others. 0 without any.
std::int64_t most_common(const std::vector<std::int64_t>& values);

/// Fills what no checkpoint holds (heads, top_k, image size, normalisation, tasks without head)
/// from the published configurations (m3vit's: widths 192, 384, 768; 129, 1201 and 1025 tokens),
/// and says so in `assumed`. What cannot be known stays 0 or empty: the schema then names the key.
ModelConfig infer_model(const NetworkHints& hints, std::vector<std::string>* assumed);

/// Colour of a class on a fixed wheel: the bits of its number spread over red, green and blue.
std::array<std::uint8_t, 3> class_colour(std::size_t index);

}  // namespace edgemoe::models
