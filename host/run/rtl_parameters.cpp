// SPDX-License-Identifier: Apache-2.0
#include "host/run/rtl_parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "models/schema/error.hpp"

namespace edgemoe::host {
namespace {

constexpr int kTile = 16;
constexpr int kParameterRing = 512;  // rows; sim/units/timing.hpp
constexpr int kMostExperts = 16;
constexpr int kProgramCommands = 1024;

class Findings {
 public:
  explicit Findings(std::string where) : where_(std::move(where)) {}
  template <typename Got>
  void expect(bool holds, const char* key, const std::string& expected, const Got& got) {
    if (holds) return;
    messages_.push_back(fmt::format("{}: error: {}: expected {} (the RTL has nothing else), got {}",
                                    where_, key, expected, got));
  }
  void raise() const {
    if (!messages_.empty()) throw models::ConfigError(messages_);
  }

 private:
  std::string where_;
  std::vector<std::string> messages_;
};

bool one_of(int value, std::initializer_list<int> values) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

void check_ablation(const models::AblationConfig& a, Findings* findings) {
  findings->expect(a.attention_reorder, "ablation.attention_reorder", "true", "false");
  findings->expect(a.single_pass_softmax, "ablation.single_pass_softmax", "true", "false");
  findings->expect(a.gelu_table, "ablation.gelu_table", "true", "false");
  findings->expect(a.unified_unit, "ablation.unified_unit", "true", "false");
  findings->expect(a.patch_reorder == models::PatchReorder::kQueues, "ablation.patch_reorder",
                   "queues", "another");
}

void check_design(const models::DesignConfig& d) {
  Findings f("design " + d.name);
  f.expect(d.precision == models::Precision::kW8A8, "precision", "w8a8", "another");
  f.expect(one_of(d.array.token_lanes, {2, 4, 8, 16}), "array.token_lanes", "2, 4, 8 or 16",
           d.array.token_lanes);
  f.expect(d.array.in_lanes == kTile, "array.in_lanes", "16", d.array.in_lanes);
  f.expect(d.array.out_lanes == kTile, "array.out_lanes", "16", d.array.out_lanes);
  // Two rows of 16 results a cycle, from neighbouring token lanes.
  const bool pairs = d.lanes.requant == 2 * kTile && d.array.token_lanes >= 8;
  f.expect(d.lanes.requant == kTile || pairs, "lanes.requant", "16, or 32 from 8 token lanes on",
           d.lanes.requant);
  f.expect(d.lanes.gelu == d.lanes.requant, "lanes.gelu", "as many as of the requantiser",
           d.lanes.gelu);
  f.expect(one_of(d.lanes.norm, {16, 32}), "lanes.norm", "16 or 32", d.lanes.norm);
  const int softmax = d.lanes.softmax / kTile;
  f.expect(d.lanes.softmax % kTile == 0 && one_of(softmax, {1, 2, 4, 8}) &&
               2 * softmax <= d.array.token_lanes,
           "lanes.softmax",
           fmt::format("16 times a power of two, at most {}", 8 * d.array.token_lanes),
           d.lanes.softmax);
  f.expect(d.buffers.max_experts >= 2 && d.buffers.max_experts <= kMostExperts,
           "buffers.max_experts", "2 to 16", d.buffers.max_experts);
  f.expect(d.buffers.score_groups >= 2 && d.buffers.score_groups <= 4, "buffers.score_groups",
           "2 to 4", d.buffers.score_groups);
  f.expect(d.loader.ports.size() <= 4, "loader.ports", "4 ports at most", d.loader.ports.size());
  f.expect(d.loader.prefetch != models::Prefetch::kOracle, "loader.prefetch", "none or popular",
           "oracle");
  f.expect(rtl_segment_rows(d) > 0, "buffers.max_tokens", "a group for each of two tasks or more",
           d.buffers.max_tokens);
  check_ablation(d.ablation, &f);
  f.raise();
}

int rows_of(int bytes) { return (bytes + program::kRowBytes - 1) / program::kRowBytes; }

}  // namespace

int rtl_segment_rows(const models::DesignConfig& design) {
  const int lanes = std::max(1, design.array.token_lanes);
  return design.buffers.max_tokens / kRtlSegments / lanes * lanes;
}

rtl::ModelParameters rtl_parameters(const models::DesignConfig& d) {
  check_design(d);
  const int rows = rtl_segment_rows(d);
  const int dim = (d.buffers.max_embed_dim + kTile - 1) / kTile * kTile;
  const int hidden = (d.buffers.max_hidden + kTile - 1) / kTile * kTile;
  const int experts = std::max(4, (d.buffers.max_experts + 3) / 4 * 4);
  constexpr int kPatchRows = 3;  // 16 x 16 pixels of three planes in rows of 256 B
  return {{"Ports", static_cast<int>(d.loader.ports.size())},
          {"Outstanding", d.loader.outstanding},
          {"TokenLanes", d.array.token_lanes},
          {"TileRing", d.buffers.weight_ring_rows},
          {"ParamRing", kParameterRing},
          {"SegmentRows", rows},
          {"Segments", kRtlSegments},
          {"MaxDim", dim},
          {"MaxHidden", hidden},
          {"Experts", experts},
          {"ScoreGroups", d.buffers.score_groups},
          {"NormLanes", d.lanes.norm},
          {"SoftmaxTokens", d.lanes.softmax / kTile},
          {"RequantLanes", d.lanes.requant},
          {"Prefetch", d.loader.prefetch == models::Prefetch::kNone ? 0 : 1},
          {"Structural", 0},
          {"PixelRows", std::max(4, kPatchRows * rows)},
          {"PositionRows", std::max(4, rows_of(rows * dim * 4))}};
}

void check_rtl_program(const models::ModelConfig& model, const models::DesignConfig& design,
                       const LoweredProgram& program) {
  Findings f("model " + model.name);
  const int lanes = design.array.token_lanes;
  const int patches = model.image.width / model.patch;
  f.expect(model.embed_dim % kTile == 0, "embed_dim", "a multiple of 16", model.embed_dim);
  f.expect(model.embed_dim % model.heads == 0 && model.embed_dim / model.heads % kTile == 0,
           "heads", "a head of a multiple of 16", model.heads);
  f.expect(model.mlp_hidden % kTile == 0, "mlp_hidden", "a multiple of 16", model.mlp_hidden);
  f.expect(model.moe.hidden % kTile == 0, "moe.hidden", "a multiple of 16", model.moe.hidden);
  f.expect(patches % lanes == 0, "image.width",
           fmt::format("a multiple of {} (a row of patches in whole groups)", lanes * model.patch),
           model.image.width);
  f.expect(model.tokens() <= rtl_segment_rows(design), "tokens",
           fmt::format("at most {} for each of two tasks", rtl_segment_rows(design)),
           model.tokens());
  f.expect(static_cast<int>(program.tasks.size()) <= kRtlSegments, "tasks",
           "two of a frame at most", program.tasks.size());
  f.expect(program.commands.size() <= kProgramCommands, "program", "1024 commands at most",
           program.commands.size());
  f.raise();
}

}  // namespace edgemoe::host
