// SPDX-License-Identifier: Apache-2.0
// What ProgramIndex refuses before time starts.
#include "hls/program/token_record.hpp"
#include "models/schema/error.hpp"
#include "models/schema/precision_cost.hpp"
#include "sim/units/program_index.hpp"
#include "sim/units/shapes.hpp"

namespace edgemoe::sim {

using program::Command;
using program::Opcode;

void ProgramIndex::check_design() const {
  const models::DesignConfig& d = design_;
  const std::pair<const char*, int> positive[] = {
      {"array.token_lanes", d.array.token_lanes},
      {"array.in_lanes", d.array.in_lanes},
      {"array.out_lanes", d.array.out_lanes},
      {"lanes.requant", d.lanes.requant},
      {"lanes.softmax", d.lanes.softmax},
      {"lanes.norm", d.lanes.norm},
      {"buffers.weight_ring_rows", d.buffers.weight_ring_rows},
      {"buffers.score_groups", d.buffers.score_groups},
      {"loader.outstanding", d.loader.outstanding}};
  std::vector<std::string> findings;
  for (const auto& [name, value] : positive) {
    if (value < 1) {
      findings.push_back("design: " + std::string(name) + ": expected 1 or more, got " +
                         std::to_string(value));
    }
  }
  if (!findings.empty()) throw models::ConfigError(findings);
}

void ProgramIndex::check(const Command& c) {
  for (const program::Wait& wait : c.wait) {
    if (wait.mode != program::WaitMode::kNone && wait.counter >= program::kMaxCounters) {
      fail(c, "waits on counter " + std::to_string(wait.counter));
    }
  }
  if (c.signal_mode != program::SignalMode::kNone && c.signal >= program::kMaxCounters) {
    fail(c, "signals counter " + std::to_string(c.signal));
  }
  check_shape(c);
  check_matrix(c);
}

void ProgramIndex::check_shape(const Command& c) {
  const auto need = [&](bool ok, const char* what) {
    if (!ok) fail(c, std::string("expected ") + what);
  };
  const bool rows = c.tokens > 0 && c.segments > 0;
  switch (c.opcode) {
    case Opcode::kEmbed:
    case Opcode::kLinear:
    case Opcode::kStoreTokens:
    case Opcode::kLoadTokens:
    case Opcode::kSpill:
    case Opcode::kFill:
      need(rows && c.out_dim > 0, "tokens, segments and out_dim above 0");
      break;
    case Opcode::kAttention:
      need(rows && c.heads > 0 && c.head_dim > 0, "tokens, segments, heads, head_dim above 0");
      if (c.tiled) check_keys(c);
      break;
    case Opcode::kGate:
    case Opcode::kRoute:
      need(c.tokens > 0 && c.experts > 0, "tokens and experts above 0");
      break;
    case Opcode::kNorm:
    case Opcode::kCopy:
      need(rows && c.in_dim > 0, "tokens, segments and in_dim above 0");
      break;
    case Opcode::kExperts:
      need(c.in_dim > 0 && c.hidden_dim > 0 && c.segments > 0,
           "in_dim, hidden_dim, segments above 0");
      break;
    case Opcode::kLoadPixels:
      need(c.image_width >= program::kTile && c.image_height >= program::kTile,
           "an image of a patch or more");
      break;
    default:
      break;
  }
}

/// K and V of all heads, without parameters.
void ProgramIndex::check_keys(const Command& c) {
  const Command* load = load_of(c.tag);
  const auto tile = static_cast<std::uint64_t>(models::cost_of(design_.precision).activation_bytes);
  const std::uint64_t rows = program::key_value_tiles(c.frame_tokens, c.heads, c.head_dim) * tile;
  if (c.frame_tokens == 0 || (load != nullptr && (load->rows != rows || load->param_rows != 0))) {
    fail(c, "expected the keys and values of all heads under its tag");
  }
}

void ProgramIndex::check_consumption(const Command& c) {
  if (consumed_tag(c) < 0) return;
  const std::string tag = "tag " + std::to_string(c.tag);
  const Command* load = load_of(c.tag);
  if (load == nullptr) {
    fail(c, tag + " is not loaded before");
  } else if (!consumed_.insert(c.tag).second) {
    fail(c, tag + " has been consumed before");
  } else if (c.opcode == Opcode::kNorm && load->rows != 0) {
    fail(c, tag + " holds tiles, expected parameters only");
  }
}

void ProgramIndex::check_matrix(const Command& c) {
  if (c.opcode != Opcode::kEmbed && c.opcode != Opcode::kLinear && c.opcode != Opcode::kGate) {
    return;
  }
  if (c.in_dim == 0) fail(c, "expected in_dim above 0");
  const bool gate = c.opcode == Opcode::kGate;
  const MatrixShape matrix(design_, c.in_dim, gate ? gate_channels(design_, c.experts) : c.out_dim);
  const Command* load = load_of(c.tag);
  if (load != nullptr && load->rows != matrix.tile_rows) {
    fail(c, "expected as many tile rows as its tag holds");
  }
}

}  // namespace edgemoe::sim
