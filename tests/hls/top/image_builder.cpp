// SPDX-License-Identifier: Apache-2.0
#include "tests/hls/top/image_builder.hpp"

#include <algorithm>

#include "hls/program/encoding.hpp"
#include "hls/program/weight_layout.hpp"

namespace edgemoe::testing {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes rows_of(std::uint32_t rows) { return Bytes(rows * std::size_t{program::kRowBytes}); }

Bytes pack_params(const naive::Matrix& m) {
  const int out = static_cast<int>(m.weights.size());
  Bytes params = rows_of(program::param_rows(out));
  for (int n = 0; n < out; ++n) {
    program::put_channel(
        params.data(), n,
        {static_cast<std::int32_t>(m.bias[n]), static_cast<std::uint16_t>(m.mult[n])});
  }
  return params;
}

Bytes pack_tiles(const naive::Rows& weights) {
  const int out = static_cast<int>(weights.size()), in = static_cast<int>(weights[0].size());
  std::vector<std::int8_t> flat;
  for (const naive::Row& row : weights) {
    for (auto w : row) flat.push_back(static_cast<std::int8_t>(w));
  }
  Bytes tiles = rows_of(program::tile_rows(out, in));
  program::pack_matrix(flat.data(), out, in, tiles.data());
  return tiles;
}

void append(Bytes& to, const Bytes& from) { to.insert(to.end(), from.begin(), from.end()); }

}  // namespace

ImageBuilder::ImageBuilder() : bytes_(program::kImageHeaderBytes) {}

std::uint64_t ImageBuilder::add(const Bytes& bytes) {
  bytes_.resize((bytes_.size() + 255) / 256 * 256);
  const std::uint64_t address = bytes_.size();
  append(bytes_, bytes);
  return address;
}

std::uint64_t ImageBuilder::add_space(std::uint64_t bytes) { return add(Bytes(bytes)); }

std::uint64_t ImageBuilder::add_words(const naive::Rows& rows) {
  Bytes bytes;
  for (const naive::Row& row : rows) {
    for (auto value : row) {
      std::uint8_t word[4];
      program::put_word(word, static_cast<std::int32_t>(value));
      bytes.insert(bytes.end(), word, word + 4);
    }
  }
  return add(bytes);
}

std::uint16_t ImageBuilder::emit_load(const Bytes& params, const Bytes& tiles) {
  program::Command c;
  c.opcode = program::Opcode::kLoadWeights;
  Bytes all = params;
  append(all, tiles);
  c.address = add(all);
  c.param_rows = static_cast<std::uint16_t>(params.size() / program::kRowBytes);
  c.rows = static_cast<std::uint32_t>(tiles.size() / program::kRowBytes);
  c.tag = next_tag_++;
  emit(c);
  return c.tag;
}

std::uint16_t ImageBuilder::load_matrix(const naive::Matrix& m) {
  return emit_load(pack_params(m), pack_tiles(m.weights));
}

std::uint16_t ImageBuilder::load_norm(const naive::Norm& norm) {
  const int dim = static_cast<int>(norm.gamma.size());
  Bytes params = rows_of(program::param_rows(dim));
  for (int d = 0; d < dim; ++d) {
    program::put_norm(
        params.data(), d,
        {static_cast<std::int32_t>(norm.gamma[d]), static_cast<std::int32_t>(norm.beta[d])});
  }
  return emit_load(params, {});
}

std::uint16_t ImageBuilder::load_gate(const naive::Gate& gate) {
  const int experts = static_cast<int>(gate.weights.size());
  const int dim = static_cast<int>(gate.weights[0].size());
  naive::Rows digits(program::gate_channels(experts), naive::Row(dim));
  for (int e = 0; e < experts; ++e) {
    for (int d = 0; d < dim; ++d) {
      const std::int64_t high = (gate.weights[e][d] + 64) >> 7;
      digits[e][d] = high;
      digits[program::gate_low_channel(experts) + e][d] = gate.weights[e][d] - 128 * high;
    }
  }
  Bytes params = rows_of(program::param_rows(experts));
  for (int e = 0; e < experts; ++e) {
    program::put_channel(params.data(), e, {static_cast<std::int32_t>(gate.bias[e]), 0});
  }
  return emit_load(params, pack_tiles(digits));
}

std::uint16_t ImageBuilder::add_experts(const std::vector<naive::Matrix>& up,
                                        const std::vector<naive::Matrix>& down) {
  Bytes records;
  for (std::size_t e = 0; e < up.size(); ++e) {
    const Bytes parts[] = {pack_params(up[e]), pack_tiles(up[e].weights), pack_params(down[e]),
                           pack_tiles(down[e].weights),
                           rows_of(1)};  // a row of slack between records
    for (const Bytes& part : parts) append(records, part);
    if (e > 0) continue;
    const std::size_t param_bytes = parts[0].size() + parts[2].size();
    const std::size_t tile_bytes = parts[1].size() + parts[3].size();
    experts_ = program::Command();
    experts_.param_rows = static_cast<std::uint16_t>(param_bytes / program::kRowBytes);
    experts_.rows = static_cast<std::uint32_t>(tile_bytes / program::kRowBytes);
    experts_.expert_stride_rows = static_cast<std::uint32_t>(records.size() / program::kRowBytes);
  }
  experts_.address = add(records);
  experts_.experts = static_cast<std::uint16_t>(up.size());
  return next_tag_++;
}

void ImageBuilder::prefetch_experts(std::uint16_t tag, const std::vector<int>& list) {
  program::Command c = experts_;
  c.opcode = program::Opcode::kPrefetchExperts;
  c.tag = tag;
  c.list_count = static_cast<std::uint8_t>(list.size());
  for (std::size_t i = 0; i < list.size(); ++i)
    c.expert_list[i] = static_cast<std::uint8_t>(list[i]);
  emit(c);
}

void ImageBuilder::load_experts(std::uint16_t tag) {
  program::Command c = experts_;
  c.opcode = program::Opcode::kLoadExperts;
  c.tag = tag;
  emit(c);
}

void ImageBuilder::emit(program::Command command) {
  command.id = static_cast<std::uint16_t>(commands_.size());
  commands_.push_back(command);
}

std::vector<std::uint8_t> ImageBuilder::finish() {
  std::vector<std::uint8_t> image = bytes_;
  image.resize((image.size() + 255) / 256 * 256);
  header_.program_address = image.size();
  header_.command_count = static_cast<std::uint32_t>(commands_.size());
  for (const program::Command& command : commands_) {
    std::uint8_t encoded[program::kCommandBytes];
    program::encode_command(command, encoded);
    image.insert(image.end(), encoded, encoded + program::kCommandBytes);
  }
  header_.image_bytes = image.size();
  program::encode_header(header_, image.data());
  return image;
}

}  // namespace edgemoe::testing
