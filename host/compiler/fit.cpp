// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/fit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "hls/program/command.hpp"
#include "hls/program/token_record.hpp"
#include "hls/program/weight_layout.hpp"
#include "host/compiler/cost.hpp"
#include "host/compiler/precision.hpp"
#include "host/compiler/tiling.hpp"
#include "models/schema/error.hpp"

namespace edgemoe::host {
namespace {

using models::BlockKind;
using models::DesignConfig;
using models::ModelConfig;

constexpr int kPatch = 16;  // the pixel buffer's rows are 3 x 16 x 16 bytes

bool has_block(const ModelConfig& model, BlockKind kind) {
  return std::find(model.blocks.begin(), model.blocks.end(), kind) != model.blocks.end();
}

std::int64_t matrix_rows(int out, int in, const DesignConfig& design) {
  return std::int64_t{program::param_rows(out)} +
         program::tile_rows(out, in, precision_of(design.precision));
}

/// Parameters and one block of outputs: what a weight-outer matrix needs at a time.
std::int64_t streamed_rows(int out, int in, const DesignConfig& design) {
  const int block = std::min(out, std::max(program::kTile, design.array.out_lanes));
  return std::int64_t{program::param_rows(out)} +
         program::tile_rows(block, in, precision_of(design.precision));
}

/// A matrix that more than half fills the ring is streamed (Lowering::order_of).
std::int64_t linear_rows(int out, int in, const DesignConfig& design) {
  const std::int64_t whole = matrix_rows(out, in, design);
  return 2 * whole <= design.buffers.weight_ring_rows ? whole : streamed_rows(out, in, design);
}

struct Limit {
  const char* name;
  std::int64_t value;
  std::int64_t largest;
};

void check_field_limits(const ModelConfig& model, std::vector<std::string>* errors) {
  const Limit limits[] = {
      {"model.moe.top_k", model.moe.top_k, program::kMaxTopK},
      {"model.moe.experts", model.moe.experts, 255},
      {"model.heads", model.heads, 255},
      {"model.blocks", model.depth(), 255},
      {"model.embed_dim", 3 * std::int64_t{model.embed_dim}, 65535},
      {"model.mlp.hidden", model.mlp_hidden, 65535},
      {"model.moe.hidden", model.moe.hidden, 65535},
      {"model tokens", model.patch > 0 ? model.tokens() : 0, 65535},
      {"model.image.width", model.image.width, 65535},
      {"model.image.height", model.image.height, 65535},
  };
  for (const Limit& limit : limits) {
    if (limit.value <= limit.largest) continue;
    errors->push_back(
        fmt::format("error: {}: expected at most {}, which a command can hold, got {}", limit.name,
                    limit.largest, limit.value));
  }
}

void check_shape(const ModelConfig& model, std::vector<std::string>* errors) {
  const auto require = [&](bool ok, const char* what) {
    if (!ok) errors->push_back(std::string("error: model: expected ") + what);
  };
  if (model.embed_dim < 2 || model.heads < 1 || model.embed_dim % model.heads != 0) {
    errors->push_back(fmt::format(
        "error: model.heads: expected a divisor of embed_dim, which is 2 or more, got {} heads of "
        "{} values",
        model.heads, model.embed_dim));
  }
  require(model.patch >= 1 && model.image.height >= model.patch &&
              model.image.width >= model.patch && model.image.height % model.patch == 0 &&
              model.image.width % model.patch == 0,
          "an image that is a multiple of the patch");
  if (model.patch != kPatch) {
    errors->push_back(
        fmt::format("error: model.patch: expected {}, the patch of the pixel buffer, got {}",
                    kPatch, model.patch));
  }
  require(model.depth() >= 1, "at least one block");
  require(!has_block(model, BlockKind::kMlp) || model.mlp_hidden >= 1, "mlp.hidden of 1 or more");
  require(!has_block(model, BlockKind::kMoe) ||
              (model.moe.hidden >= 1 && model.moe.experts >= 1 && model.moe.top_k >= 1 &&
               model.moe.top_k <= model.moe.experts),
          "moe.hidden of 1 or more and 1 <= top_k <= experts");
  require(model.moe.threshold >= 0 && model.moe.threshold <= 1, "moe.threshold in 0..1");
}

void check_tasks(const ModelConfig& model, const std::vector<int>& tasks,
                 std::vector<std::string>* errors) {
  if (tasks.empty()) errors->push_back("error: tasks: expected at least one");
  if (tasks.size() > 255) errors->push_back("error: tasks: expected at most 255");
  std::set<int> seen;
  for (const int task : tasks) {
    if (task < 0 || task >= static_cast<int>(model.tasks.size())) {
      errors->push_back(fmt::format("error: tasks: expected ids of the model's {} tasks, got {}",
                                    model.tasks.size(), task));
    } else if (!seen.insert(task).second) {
      errors->push_back(
          fmt::format("error: tasks: task {} is named twice", model.tasks[task].name));
    }
  }
}

void check_design(const DesignConfig& design, std::vector<std::string>* errors) {
  const std::pair<const char*, int> positive[] = {{"array.token_lanes", design.array.token_lanes},
                                                  {"array.in_lanes", design.array.in_lanes},
                                                  {"array.out_lanes", design.array.out_lanes},
                                                  {"lanes.requant", design.lanes.requant},
                                                  {"lanes.softmax", design.lanes.softmax},
                                                  {"lanes.norm", design.lanes.norm},
                                                  {"lanes.gelu", design.lanes.gelu}};
  for (const auto& [name, value] : positive) {
    if (value < 1) errors->push_back(fmt::format("error: design.{}: expected 1 or more", name));
  }
  for (const int lanes : {design.array.in_lanes, design.array.out_lanes}) {
    if (lanes < 1 || (lanes % program::kTile != 0 && program::kTile % lanes != 0)) {
      errors->push_back(
          fmt::format("error: design.array: expected in_lanes and out_lanes that divide or are a "
                      "multiple of {}, "
                      "got {}",
                      program::kTile, lanes));
    }
  }
}

/// The parameter ring holds the channels' constants of all cached experts and of one more.
void check_cache(const ModelConfig& model, const DesignConfig& design,
                 std::vector<std::string>* errors) {
  constexpr std::int64_t kParameterRing = 512;
  const models::AblationConfig& ablation = design.ablation;
  if (ablation.patch_reorder != models::PatchReorder::kCache) return;
  if (!has_block(model, BlockKind::kMoe)) return;
  const std::int64_t rows =
      (std::int64_t{ablation.cache_experts} + 1) *
      (program::param_rows(model.moe.hidden) + program::param_rows(model.embed_dim));
  if (rows <= kParameterRing) return;
  errors->push_back(
      fmt::format("error: design.ablation.cache_experts: needs {} rows of parameters, the ring has "
                  "{}",
                  rows, kParameterRing));
}

void check_tiling(const ModelConfig& model, const DesignConfig& design, int tasks,
                  std::vector<std::string>* errors) {
  if (!errors->empty() || !plan_tiling(model, design, tasks).on) return;
  if (design.ablation.patch_reorder == models::PatchReorder::kQueues) return;
  errors->push_back(
      "error: design.ablation.patch_reorder: tiled programs gather tokens by queue, expected "
      "queues");
}

}  // namespace

std::int64_t ring_rows_needed(const ModelConfig& model, const DesignConfig& design, int tasks) {
  const int dim = model.embed_dim;
  const bool tiled = plan_tiling(model, design, tasks).on;
  std::int64_t rows = std::max<std::int64_t>(
      streamed_rows(dim, 3 * model.patch * model.patch, design), program::param_rows(dim));
  rows = std::max({rows, linear_rows(3 * dim, dim, design), linear_rows(dim, dim, design)});
  if (has_block(model, BlockKind::kMlp)) {
    rows = std::max({rows, linear_rows(model.mlp_hidden, dim, design),
                     linear_rows(dim, model.mlp_hidden, design)});
  }
  if (has_block(model, BlockKind::kMoe)) {
    const int hidden = model.moe.hidden;
    const program::Precision precision = precision_of(design.precision);
    const int channels = program::gate_channels(model.moe.experts, precision);
    const std::int64_t first = matrix_rows(hidden, dim, design);
    const std::int64_t second = matrix_rows(dim, hidden, design);
    // W1 of the next expert is issued before W2 of this one.
    std::int64_t experts = 2 * first + second;
    // Tiled, both are weight-outer over one chunk of a queue.
    if (tiled) {
      experts = std::max(streamed_rows(hidden, dim, design), streamed_rows(dim, hidden, design));
    }
    if (design.ablation.patch_reorder == models::PatchReorder::kCache) {
      experts = (std::int64_t{design.ablation.cache_experts} + 1) * (first + second);
    }
    rows = std::max({rows,
                     std::int64_t{program::param_rows(model.moe.experts)} +
                         program::tile_rows(channels, dim, precision),
                     experts});
  }
  if (tiled) {  // K of the next head is used while V of this one still is
    const std::int64_t half = std::int64_t{program::head_tiles(model.tokens(), model.head_dim())} *
                              program::key_tile_rows(precision_of(design.precision));
    rows = std::max(rows, 3 * half);
  }
  return rows;
}

namespace {

/// What tiles need: rows for one of 16 tokens and for a band of patches with the class row.
std::vector<BufferUse> tile_use(const ModelConfig& model, const DesignConfig& design, int tasks) {
  const models::BufferConfig& have = design.buffers;
  const std::int64_t tile = std::lcm(int{program::kTile}, design.array.token_lanes);
  return {{"buffers.max_tokens", std::max<std::int64_t>(tile, model.grid_width() + 1),
           have.max_tokens, "token rows of a tile"},
          {"buffers.max_frame_tokens", model.tokens(), have.max_frame_tokens, "tokens of a task"},
          {"buffers.max_routed_tokens", std::int64_t{model.tokens()} * tasks,
           have.max_routed_tokens, "tokens of all tasks"}};
}

}  // namespace

std::vector<BufferUse> buffer_use(const ModelConfig& model, const DesignConfig& design, int tasks) {
  const models::BufferConfig& have = design.buffers;
  const std::int64_t stride =
      std::int64_t{groups_of(model.tokens(), design.array.token_lanes)} * design.array.token_lanes;
  std::int64_t hidden = 0;
  if (has_block(model, BlockKind::kMlp)) hidden = std::max<std::int64_t>(hidden, model.mlp_hidden);
  if (has_block(model, BlockKind::kMoe)) hidden = std::max<std::int64_t>(hidden, model.moe.hidden);
  std::vector<BufferUse> use{{"buffers.max_tokens", stride * tasks, have.max_tokens, "token rows"}};
  if (plan_tiling(model, design, tasks).on) use = tile_use(model, design, tasks);
  const std::vector<BufferUse> common{
      {"buffers.max_embed_dim", model.embed_dim, have.max_embed_dim, "channels"},
      {"buffers.max_hidden", hidden, have.max_hidden, "channels"},
      {"buffers.weight_ring_rows", ring_rows_needed(model, design, tasks), have.weight_ring_rows,
       "rows"},
      {"buffers.score_groups", 2, have.score_groups, "groups"},
  };
  use.insert(use.end(), common.begin(), common.end());
  if (has_block(model, BlockKind::kMoe)) {
    use.push_back({"buffers.max_experts", model.moe.experts, have.max_experts, "experts"});
    use.push_back({"buffers.staging_tokens", 2 * std::int64_t{design.array.token_lanes},
                   have.staging_tokens, "tokens"});
  }
  return use;
}

void check_fit(const ModelConfig& model, const DesignConfig& design,
               const std::vector<int>& tasks) {
  std::vector<std::string> errors;
  check_design(design, &errors);
  check_shape(model, &errors);
  check_tasks(model, tasks, &errors);
  check_field_limits(model, &errors);
  check_cache(model, design, &errors);
  check_tiling(model, design, static_cast<int>(tasks.size()), &errors);
  if (!errors.empty()) throw models::ConfigError(errors);
  for (const BufferUse& use : buffer_use(model, design, static_cast<int>(tasks.size()))) {
    if (use.needed <= use.available) continue;
    errors.push_back(fmt::format("error: design.{}: needs {} {}, the design has {}", use.name,
                                 use.needed, use.unit, use.available));
  }
  if (!errors.empty()) throw models::ConfigError(errors);
}

}  // namespace edgemoe::host
