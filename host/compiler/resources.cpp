// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/resources.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "hls/program/command.hpp"
#include "models/schema/error.hpp"
#include "models/schema/precision_cost.hpp"

namespace edgemoe::host {
namespace {

constexpr std::int64_t kBlockWidth = 72;
constexpr std::int64_t kBramDepth = 512;
constexpr std::int64_t kUramDepth = 4096;
constexpr std::int64_t kRowBits = 8 * program::kRowBytes;
constexpr int kParameterRingRows = 512;
constexpr int kQueueEntryBits = 15 + 17 + 17 + 2;  // token, score, next entry, choice
constexpr int kFifoBlocks = 11;  // with the parameter ring's 29: the 40 of the notes
constexpr int kMaxPatchInputs = 768;
constexpr int kSeparateUnits =
    4;                            // patch embedding, attention's linear layers, QK and PV, the rest
constexpr int kErfProducts = 15;  // per result, see "ablation" in models/schema/README.md

std::int64_t div_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

/// DSP slices of one lane of each streaming unit, from the widths of its products on 27 x 18 bit.
struct LaneDsps {
  int requant, softmax, gelu, norm;
};

LaneDsps dsps_of(models::Precision precision) {
  switch (precision) {
    case models::Precision::kW16A16:  // 46 x 17; 37 x 16, 31 x 31, 31 x 10 x 16; 22 x 17
      return {2, 8, 1, 4};
    case models::Precision::kW16A32:  // 32 x 17; 32 x 16, 32 x 23, 31 x 31, 31 x 10 x 16, 22 x 22
                                      // twice
      return {2, 15, 1, 8};
    case models::Precision::kW8A8:
      break;
  }
  return {2, 2, 1, 4};
}

/// Blocks of a memory `width` bits wide and `words` deep.
int blocks(std::int64_t width, std::int64_t words, std::int64_t depth = kBramDepth) {
  return static_cast<int>(div_up(width, kBlockWidth) * div_up(words, depth));
}

/// A token buffer: one bank per token lane, in_lanes bytes wide; wider values take more words.
int token_buffer(const models::DesignConfig& d, std::int64_t tokens, std::int64_t channels) {
  const std::int64_t words =
      div_up(tokens, d.array.token_lanes) *
      div_up(channels * models::cost_of(d.precision).activation_bytes, d.array.in_lanes);
  return d.array.token_lanes * blocks(8 * d.array.in_lanes, words);
}

std::vector<ResourceItem> memories(const models::DesignConfig& d) {
  const models::BufferConfig& b = d.buffers;
  const models::PrecisionCost cost = models::cost_of(d.precision);
  const std::int64_t tokens = b.max_tokens, dim = b.max_embed_dim;
  const std::int64_t tile_bits = 8ll * d.array.in_lanes * d.array.out_lanes;
  const std::int64_t widest = std::max<std::int64_t>(b.max_hidden, kMaxPatchInputs);
  const std::int64_t keys = std::max<std::int64_t>(tokens, b.max_frame_tokens);
  const std::int64_t score_words =
      div_up(std::int64_t{b.score_groups} * d.array.token_lanes * keys, d.lanes.softmax);
  std::vector<ResourceItem> items;
  const auto bram = [&](const char* name, int count) { items.push_back({name, 0, count, 0}); };
  const std::int64_t ring_bits = std::max(kRowBits, tile_bits);  // a cycle's tiles
  const std::int64_t ring_words = div_up(b.weight_ring_rows * kRowBits, ring_bits);
  if (b.ring_in_uram) {
    items.push_back({"weight ring", 0, 0, blocks(ring_bits, ring_words, kUramDepth)});
    items.push_back({"parameter ring", 0, 0, blocks(kRowBits, kParameterRingRows, kUramDepth)});
  } else {
    bram("weight ring", blocks(ring_bits, ring_words));
    bram("parameter ring", blocks(kRowBits, kParameterRingRows));
  }
  // Columns of 64 bit, so that a drained block can be written transposed.
  bram("K and V",
       static_cast<int>(div_up(tile_bits, 64) * div_up(2 * 8 * cost.activation_bytes * tokens * dim,
                                                       tile_bits * kBramDepth)));
  bram(cost.gate_digits > 1 ? "z8" : "z", token_buffer(d, tokens, dim));
  if (cost.gate_digits > 1) bram("z low plane", token_buffer(d, tokens, dim));
  bram("Q and attention out", token_buffer(d, tokens, 2 * dim));
  if (b.own_inputs) {
    const std::int64_t row_bits = std::int64_t{cost.residual_bits} * d.lanes.requant;
    bram("hidden", token_buffer(d, tokens, b.max_hidden));
    bram("pixels", token_buffer(d, tokens, kMaxPatchInputs));
    bram("position table", blocks(row_bits, div_up(tokens * dim, d.lanes.requant)));
  } else {
    bram("hidden, pixels", token_buffer(d, tokens, widest));
  }
  bram("expert staging", token_buffer(d, b.staging_tokens, dim));
  bram("residual, two copies", 2 * blocks(std::int64_t{cost.residual_bits} * d.lanes.norm,
                                          div_up(tokens * dim, d.lanes.norm)));
  bram("scores", blocks(std::int64_t{cost.score_bits} * d.lanes.softmax, score_words));
  if (b.max_routed_tokens > 0) {  // linked queues: an entry per choice, and which were kept
    bram("expert queues",
         blocks(kQueueEntryBits, std::int64_t{program::kMaxTopK} * b.max_routed_tokens));
  }
  bram("fifos, tables", kFifoBlocks);
  return items;
}

}  // namespace

ResourceItem Resources::total() const {
  ResourceItem sum{"total", 0, 0, 0};
  for (const ResourceItem& item : items) {
    sum.dsp += item.dsp;
    sum.bram36 += item.bram36;
    sum.uram += item.uram;
  }
  return sum;
}

Resources estimate_resources(const models::DesignConfig& design) {
  Resources resources;
  const LaneDsps lane = dsps_of(design.precision);
  const int arrays = design.ablation.unified_unit ? 1 : kSeparateUnits;
  const int gelu = design.ablation.gelu_table ? 1 : kErfProducts;
  resources.items = {
      {"array (two int8 products a DSP)", arrays * ((design.array.macs() + 1) / 2), 0, 0},
      {"requantiser", arrays * lane.requant * design.lanes.requant, 0, 0},
      {"softmax", lane.softmax * design.lanes.softmax, 0, 0},
      {"gelu", lane.gelu * gelu * design.lanes.gelu, 0, 0},
      {"norm", lane.norm * design.lanes.norm, 0, 0},
      {"reciprocal, rsqrt", 8, 0, 0},
  };
  for (ResourceItem& item : memories(design)) resources.items.push_back(std::move(item));
  return resources;
}

void check_board(const models::DesignConfig& design, const models::BoardConfig& board) {
  const ResourceItem need = estimate_resources(design).total();
  const std::pair<const char*, std::pair<int, int>> all[] = {
      {"dsp", {need.dsp, board.resources.dsp}},
      {"bram36", {need.bram36, board.resources.bram36}},
      {"uram", {need.uram, board.resources.uram}}};
  std::vector<std::string> errors;
  for (const auto& [name, pair] : all) {
    if (pair.first <= pair.second) continue;
    errors.push_back(fmt::format("error: design {}: needs about {} {}, board {} has {}",
                                 design.name, pair.first, name, board.name, pair.second));
  }
  if (!errors.empty()) throw models::ConfigError(errors);
}

}  // namespace edgemoe::host
