// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/cost.hpp"

#include <algorithm>

#include "hls/program/token_record.hpp"
#include "hls/program/weight_layout.hpp"
#include "host/compiler/precision.hpp"
#include "models/schema/precision_cost.hpp"

namespace edgemoe::host {
namespace {

using program::Command;
using program::Opcode;

std::uint64_t div_up(std::uint64_t a, std::uint64_t b) { return (a + b - 1) / b; }

/// Array cycles of one group of tokens through an [out][in] matrix. A result needs at least
/// token_lanes * out_lanes / requantiser lanes cycles to leave, which short sums cannot hide; rows
/// that leave one by one (`single`: sim/units/README.md "Array") use a row's lanes at most.
std::uint64_t group_cycles(std::uint64_t in, std::uint64_t out, const models::DesignConfig& design,
                           bool single) {
  const int lanes =
      single ? std::min(design.lanes.requant, design.array.out_lanes) : design.lanes.requant;
  const std::uint64_t drain =
      div_up(std::uint64_t(design.array.token_lanes) * design.array.out_lanes, lanes);
  const auto passes = static_cast<std::uint64_t>(models::cost_of(design.precision).linear_passes);
  return div_up(out, design.array.out_lanes) *
         std::max(div_up(in * passes, design.array.in_lanes), drain);
}

Work array_work(std::uint64_t macs, std::uint64_t cycles, int passes,
                const models::DesignConfig& design) {
  return {macs, cycles * design.array.macs() / static_cast<std::uint64_t>(passes), cycles};
}

Work attention_work(const Command& c, const models::DesignConfig& design) {
  const std::uint64_t tokens = c.tokens, lanes = design.array.token_lanes;
  const std::uint64_t keys = c.tiled ? c.frame_tokens : c.tokens;
  const std::uint64_t turns = design.ablation.attention_reorder ? 1 : lanes;
  // Scores leave by their own drain, two for every exponential.
  const std::uint64_t drain = div_up(lanes * design.array.out_lanes, 2ull * design.lanes.softmax);
  const int passes = models::cost_of(design.precision).attention_passes;
  const auto slots = static_cast<std::uint64_t>(passes);
  const std::uint64_t product =
      std::max(turns * div_up(c.head_dim * slots, design.array.in_lanes), drain) *
          div_up(keys, design.array.out_lanes) +
      turns * div_up(keys * slots, design.array.in_lanes) *
          div_up(c.head_dim, design.array.out_lanes);
  const std::uint64_t pairs = div_up(tokens, lanes) * c.heads * c.segments;
  Work work =
      array_work(2 * tokens * keys * c.in_dim * c.segments, pairs * product, passes, design);
  work.macs_padded /= turns;  // of the lanes, one works
  return work;
}

Work gate_work(const Command& c, const models::DesignConfig& design) {
  const models::PrecisionCost cost = models::cost_of(design.precision);
  const auto channels =
      static_cast<std::uint64_t>(program::gate_channels(c.out_dim, precision_of(design.precision)));
  const std::uint64_t cycles =
      div_up(c.tokens, design.array.token_lanes) * static_cast<std::uint64_t>(cost.gate_digits) *
      div_up(channels, design.array.out_lanes) *
      div_up(c.in_dim * static_cast<std::uint64_t>(cost.linear_passes), design.array.in_lanes);
  return array_work(std::uint64_t{c.tokens} * c.in_dim * c.out_dim, cycles, cost.linear_passes,
                    design);
}

}  // namespace

std::uint64_t memory_bytes(const Command& c) {
  constexpr std::uint64_t kRow = program::kRowBytes;
  switch (c.opcode) {
    case Opcode::kLoadWeights:
    case Opcode::kLoadExperts:
      return (std::uint64_t{c.rows} + c.param_rows) * kRow;
    case Opcode::kLoadPixels: {  // plane by plane, band by band of 16 lines
      const std::uint64_t band = div_up(std::uint64_t{c.image_width} * program::kTile, kRow);
      const std::uint64_t bands =
          c.tiled ? c.tokens / (c.image_width / program::kTile) : c.image_height / program::kTile;
      return 3 * bands * band * kRow;
    }
    case Opcode::kSpill:
      if (c.src == program::Buffer::kKeyValue)
        return std::uint64_t{program::key_value_tiles(c.tokens, c.heads, c.head_dim)} * c.rows *
               kRow;
      return std::uint64_t{c.tokens} * c.rows * kRow;
    case Opcode::kFill:
      return (std::uint64_t{c.rows} + c.adds * program::word_rows(c.out_dim)) * c.tokens * kRow;
    case Opcode::kLoadTokens:
      return div_up(4ull * c.tokens * c.out_dim, kRow) * kRow;
    case Opcode::kStoreTokens:
      return 4ull * c.tokens * c.out_dim * c.segments;
    default:
      return 0;
  }
}

int tile_rows_of(const Command& c) {
  const bool with_class =
      c.opcode == Opcode::kEmbed && c.token_begin + c.tokens + 1 == c.frame_tokens;
  return c.tokens + (with_class ? 1 : 0);
}

int groups_of(int tokens, int token_lanes) { return (tokens + token_lanes - 1) / token_lanes; }

Work work_of(const Command& c, const models::DesignConfig& design) {
  const std::uint64_t groups = div_up(c.tokens, design.array.token_lanes) * c.segments;
  const std::uint64_t rows = std::uint64_t{c.tokens} * c.segments;
  switch (c.opcode) {
    case Opcode::kEmbed:
    case Opcode::kLinear:
      return array_work(
          rows * c.in_dim * c.out_dim,
          groups * group_cycles(c.in_dim, c.out_dim, design, c.opcode == Opcode::kEmbed),
          models::cost_of(design.precision).linear_passes, design);
    case Opcode::kAttention:
      return attention_work(c, design);
    case Opcode::kGate:
      return gate_work(c, design);
    case Opcode::kNorm:  // mean, variance, normalise
      return {0, 0, div_up(3 * groups * design.array.token_lanes * c.in_dim, design.lanes.norm)};
    case Opcode::kCopy:
      return {0, 0, div_up(std::uint64_t{c.tokens} * c.in_dim, design.lanes.norm)};
    case Opcode::kRoute:
      return {0, 0, c.tokens};
    default:
      return {};
  }
}

std::uint64_t queue_chunks(const Command& c, int queue) {
  return c.tiled ? div_up(queue, c.tokens) : queue > 0 ? 1 : 0;
}

/// Groups of a queue; a tiled one comes in chunks, each with groups of its own.
static std::uint64_t queue_groups(const Command& c, int queue, const models::DesignConfig& design) {
  const std::uint64_t lanes = design.array.token_lanes;
  if (!c.tiled) return div_up(queue, lanes);
  return queue / c.tokens * div_up(c.tokens, lanes) + div_up(queue % c.tokens, lanes);
}

Work expert_work(const Command& c, const models::DesignConfig& design, const int* queue,
                 int count) {
  Work total;
  for (int i = 0; i < count; ++i) {
    const bool queues = design.ablation.patch_reorder == models::PatchReorder::kQueues;
    const std::uint64_t groups = queues ? queue_groups(c, queue[i], design) : queue[i];
    const std::uint64_t cycles = groups * (group_cycles(c.in_dim, c.hidden_dim, design, false) +
                                           group_cycles(c.hidden_dim, c.out_dim, design, true));
    const Work work = array_work(2ull * queue[i] * c.in_dim * c.hidden_dim, cycles,
                                 models::cost_of(design.precision).linear_passes, design);
    total.macs += work.macs;
    total.macs_padded += work.macs_padded;
    total.cycles += work.cycles;
  }
  return total;
}

}  // namespace edgemoe::host
