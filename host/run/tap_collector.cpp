// SPDX-License-Identifier: Apache-2.0
#include "host/run/tap_collector.hpp"

#include <cstring>

#include "host/run/routing_bridge.hpp"
#include "models/reference/taps.hpp"

namespace edgemoe::host {
namespace {

void add_routing_taps(const program::RoutingTrace& trace, std::size_t segment,
                      models::TensorMap* taps) {
  for (const auto& [layer, block] : routing_of_segment(trace, static_cast<int>(segment)).blocks) {
    models::Tensor index, score;
    index.shape = score.shape = {block.tokens, block.top_k};
    index.data.assign(block.index.begin(), block.index.end());
    score.data = block.score;
    (*taps)[models::block_tap(layer, "moe.index")] = std::move(index);
    (*taps)[models::block_tap(layer, "moe.score")] = std::move(score);
  }
}

}  // namespace

TapCollector::TapCollector(const LoweredProgram& program) : segments_(program.tasks.size()) {
  for (const TapInfo& tap : program.taps) {
    by_point_[{tap.command_id, static_cast<int>(tap.point)}].push_back(&tap);
  }
}

void TapCollector::on_row(const program::Command& command, hls::TapPoint point, int segment,
                          int row, const std::int32_t* values, int count, std::uint32_t scale) {
  const auto found = by_point_.find({command.id, static_cast<int>(point)});
  if (found == by_point_.end() || segment < 0 || segment >= static_cast<int>(segments_.size()))
    return;
  // The embedding's `tokens` are patches; the class row follows them.
  const int rows = command.tokens + (command.opcode == program::Opcode::kEmbed ? 1 : 0);
  const int tokens = command.tiled ? command.frame_tokens : rows;
  for (const TapInfo* tap : found->second) store(*tap, tokens, segment, row, values, count, scale);
}

void TapCollector::on_overflow(const program::Command& command, std::uint64_t values) {
  overflows_[command.id] += values;
}

void TapCollector::store(const TapInfo& tap, int tokens, int segment, int row,
                         const std::int32_t* values, int count, std::uint32_t scale) {
  if (row < 0 || row >= tokens || tap.column_begin + tap.columns > count) return;
  models::Tensor& tensor = segments_[static_cast<std::size_t>(segment)][tap.name];
  if (tensor.data.empty()) {
    tensor.shape = {tokens, tap.columns};
    tensor.data.assign(static_cast<std::size_t>(tokens) * static_cast<std::size_t>(tap.columns),
                       0.0F);
  }
  float* to = tensor.data.data() + static_cast<std::size_t>(reference_row(row, tokens)) *
                                       static_cast<std::size_t>(tap.columns);
  const double step = tap.scale * (scale == 0 ? 1.0 : static_cast<double>(scale));
  for (int c = 0; c < tap.columns; ++c) {
    const double value = static_cast<double>(values[tap.column_begin + c] - tap.zero_point) * step;
    const double offset = tap.column_offset.empty()
                              ? 0.0
                              : static_cast<double>(tap.column_offset[static_cast<std::size_t>(c)]);
    to[c] = static_cast<float>(value + offset);
  }
}

models::Tensor result_tokens(const LoweredProgram& program, const models::ModelConfig& model,
                             std::size_t frame, int segment) {
  const int tokens = model.tokens(), dim = model.embed_dim;
  models::Tensor tensor;
  tensor.shape = {tokens, dim};
  tensor.data.resize(static_cast<std::size_t>(tokens) * static_cast<std::size_t>(dim));
  // int32 [segment][tokens][D], class token last, where the frame's store puts them.
  const std::uint8_t* results = program.image.data() +
                                program.commands.at(program.frames.at(frame).store).address +
                                static_cast<std::size_t>(segment) *
                                    static_cast<std::size_t>(tokens) * program.result_row_bytes;
  for (int row = 0; row < tokens; ++row) {
    const std::uint8_t* from = results + static_cast<std::size_t>(row) * program.result_row_bytes;
    for (int c = 0; c < dim; ++c, from += 4) {
      std::int32_t value = 0;
      std::memcpy(&value, from, 4);
      tensor.data[static_cast<std::size_t>(reference_row(row, tokens) * dim + c)] =
          static_cast<float>(value * program.residual_step);
    }
  }
  return tensor;
}

std::vector<models::TensorMap> TapCollector::finish(const program::RoutingTrace& routing) {
  for (std::size_t s = 1; s < segments_.size(); ++s) {
    for (const auto& [name, tensor] : segments_[0]) segments_[s].emplace(name, tensor);
  }
  for (std::size_t s = 0; s < segments_.size(); ++s) add_routing_taps(routing, s, &segments_[s]);
  return std::move(segments_);
}

}  // namespace edgemoe::host
