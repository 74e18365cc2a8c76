// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/image_builder.hpp"

#include <algorithm>

#include "hls/program/encoding.hpp"
#include "hls/program/weight_layout.hpp"

namespace edgemoe::host {
namespace {

std::uint64_t align(std::uint64_t bytes) {
  return (bytes + program::kRowBytes - 1) / program::kRowBytes * program::kRowBytes;
}

}  // namespace

std::uint8_t* ImageBuilder::append(std::uint64_t bytes) {
  const std::size_t at = bytes_.size();
  bytes_.resize(at + align(bytes), 0);
  return bytes_.data() + at;
}

std::uint32_t ImageBuilder::tile_rows(const QuantMatrix& matrix) const {
  return program::tile_rows(matrix.out, matrix.in, precision_);
}

void ImageBuilder::pack(const QuantMatrix& matrix, std::uint8_t* tiles) const {
  if (precision_ != program::Precision::kW8A8) {
    program::pack_wide_matrix(matrix.weights.data(), matrix.out, matrix.in, tiles);
    return;
  }
  const std::vector<std::int8_t> bytes(matrix.weights.begin(), matrix.weights.end());
  program::pack_matrix(bytes.data(), matrix.out, matrix.in, tiles);
}

void ImageBuilder::append_matrix(const QuantMatrix& matrix, const std::uint16_t* multiplier,
                                 const std::int32_t* bias) {
  std::uint8_t* params =
      append(std::uint64_t{program::param_rows(matrix.out)} * program::kRowBytes);
  for (int n = 0; n < matrix.out; ++n) program::put_channel(params, n, {bias[n], multiplier[n]});
  pack(matrix, append(std::uint64_t{tile_rows(matrix)} * program::kRowBytes));
}

Placement ImageBuilder::add_linear(const LinearLayer& layer) {
  const Placement placement{size(),
                            static_cast<std::uint16_t>(program::param_rows(layer.matrix.out)),
                            tile_rows(layer.matrix)};
  append_matrix(layer.matrix, layer.plan.multiplier.data(), layer.bias.data());
  return placement;
}

Placement ImageBuilder::add_norm(const NormLayer& layer) {
  const int dim = static_cast<int>(layer.gamma.size());
  Placement placement{size(), static_cast<std::uint16_t>(program::param_rows(dim)), 0};
  std::uint8_t* rows = append(placement.bytes());
  for (int n = 0; n < dim; ++n) program::put_norm(rows, n, {layer.gamma[n], layer.beta[n]});
  return placement;
}

Placement ImageBuilder::add_gate(const GateLayer& gate, int experts) {
  Placement placement{size(), static_cast<std::uint16_t>(program::param_rows(experts)),
                      tile_rows(gate.matrix)};
  std::uint8_t* rows = append(placement.bytes());
  for (int e = 0; e < experts; ++e) {
    program::put_channel(rows, e, {gate.bias[static_cast<std::size_t>(e)], 0});
  }
  pack(gate.matrix, rows + placement.param_rows * program::kRowBytes);
  return placement;
}

ExpertPlacement ImageBuilder::add_experts(const ExpertLayers& layers) {
  ExpertPlacement placement;
  placement.first.address = size();
  const int hidden = layers.up[0].out, dim = layers.up[0].in;
  placement.first.param_rows =
      static_cast<std::uint16_t>(program::param_rows(hidden) + program::param_rows(dim));
  placement.first.rows = tile_rows(layers.up[0]) + tile_rows(layers.down[0]);
  placement.stride_rows = placement.first.param_rows + placement.first.rows;
  for (std::size_t e = 0; e < layers.up.size(); ++e) {
    append_matrix(layers.up[e], layers.up_plan.multiplier.data() + e * hidden,
                  layers.up_bias.data() + e * hidden);
    append_matrix(layers.down[e], layers.down_plan.multiplier.data() + e * dim,
                  layers.down_bias.data() + e * dim);
  }
  return placement;
}

std::uint64_t ImageBuilder::add_words(const std::vector<std::int32_t>& words) {
  const std::uint64_t address = size();
  std::uint8_t* bytes = append(words.size() * 4);
  for (std::size_t i = 0; i < words.size(); ++i) program::put_word(bytes + 4 * i, words[i]);
  return address;
}

std::uint64_t ImageBuilder::add_rows(const std::vector<std::int32_t>& words, int columns) {
  const std::uint64_t address = size();
  for (std::size_t row = 0; row < words.size(); row += static_cast<std::size_t>(columns)) {
    const auto first = words.begin() + static_cast<std::ptrdiff_t>(row);
    add_words({first, first + columns});
  }
  return address;
}

std::uint64_t ImageBuilder::add_space(std::uint64_t bytes) {
  const std::uint64_t address = size();
  append(bytes);
  return address;
}

bool has_address(const program::Command& c) {
  if (c.opcode == program::Opcode::kFence) return false;
  const program::Unit unit = program::unit_of(c.opcode);
  return unit == program::Unit::kLoader || unit == program::Unit::kWriter ||
         (c.opcode == program::Opcode::kExperts && c.tiled);
}

std::vector<std::uint8_t> ImageBuilder::finish(program::ImageHeader header,
                                               std::vector<program::Command>* commands) const {
  header.precision = precision_;
  header.program_address = program::kImageHeaderBytes;
  header.command_count = static_cast<std::uint32_t>(commands->size());
  const std::uint64_t base =
      align(program::kImageHeaderBytes + commands->size() * program::kCommandBytes);
  header.pixel_address += base;
  header.result_address += base;
  if (header.scratch_bytes != 0) header.scratch_address += base;
  header.image_bytes = base + size();
  std::vector<std::uint8_t> image(header.image_bytes, 0);
  program::encode_header(header, image.data());
  for (std::size_t i = 0; i < commands->size(); ++i) {
    program::Command& command = (*commands)[i];
    if (has_address(command)) command.address += base;
    program::encode_command(command,
                            image.data() + program::kImageHeaderBytes + i * program::kCommandBytes);
  }
  std::copy(bytes_.begin(), bytes_.end(), image.begin() + static_cast<std::ptrdiff_t>(base));
  return image;
}

}  // namespace edgemoe::host
