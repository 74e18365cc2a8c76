// SPDX-License-Identifier: Apache-2.0
/// An accelerator design: lanes, buffers, ports, policies. Everything a sweep can change.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "models/schema/override.hpp"

namespace edgemoe::models {

enum class Precision { kW8A8, kW16A16, kW16A32 };
enum class Prefetch { kNone, kPopular, kOracle };

struct ArrayConfig {
  int token_lanes = 8;  ///< tokens computed per cycle
  int in_lanes = 16;    ///< int8 products summed per cycle and output (precision_cost.hpp)
  int out_lanes = 16;   ///< outputs per cycle and token
  int macs() const { return token_lanes * in_lanes * out_lanes; }
};

/// Capacities of the on-chip buffers. Rows of the weight ring are 256 B; tokens are rows of a token
/// buffer.
struct BufferConfig {
  int weight_ring_rows = 6144;
  int max_tokens = 272;  ///< token rows (all tasks of a frame together, padded to token_lanes)
  int max_embed_dim = 192;
  int max_hidden = 768;
  int max_experts = 16;
  int score_groups = 3;       ///< score buffers of one (head, query group) each
  int staging_tokens = 16;    ///< gathered tokens, two halves
  int max_frame_tokens = 0;   ///< tokens of a task in a tiled program; 0: the design does not tile
  int max_routed_tokens = 0;  ///< tokens of all tasks that its expert queues hold then
  bool ring_in_uram = false;
  bool own_inputs = false;  ///< pixels and position table share no memory: needed for streams
};

struct LaneConfig {
  int requant = 16;
  int softmax = 32;
  int norm = 32;
  int gelu = 16;
};

/// Number of rows of one DRAM request and how many may be in flight.
struct LoaderConfig {
  std::vector<int> ports{0, 1, 3};  ///< indices of the board's memory ports used for loads
  int outstanding = 16;             ///< requests in flight per port
  Prefetch prefetch = Prefetch::kPopular;
  int prefetch_experts = 12;  ///< most popular experts fetched before the gate has spoken
};

/// How experts come to the tokens.
enum class PatchReorder {
  kQueues,  ///< one queue per expert: each active expert is loaded once
  kCache,   ///< token by token; `cache_experts` stay on the chip, the oldest load is replaced
  kReload   ///< token by token, every choice loads its expert
};

/// The published techniques, each of which can be taken out, so that its worth can be measured.
/// Bits do not depend on them; README.md says what each switch changes in time, energy and size.
struct AblationConfig {
  bool attention_reorder = true;    ///< a query group shares each K and V tile
  bool single_pass_softmax = true;  ///< maximum taken on the fly, one exponential a score
  bool gelu_table = true;           ///< table and interpolation; else erf by arithmetic
  bool unified_unit = true;         ///< one array; else one per kind of layer
  PatchReorder patch_reorder = PatchReorder::kQueues;
  int cache_experts = 8;  ///< with PatchReorder::kCache
};

struct DesignConfig {
  std::string name;
  std::string board;
  Precision precision = Precision::kW8A8;
  double clock_mhz = 300.0;
  ArrayConfig array;
  LaneConfig lanes;
  BufferConfig buffers;
  LoaderConfig loader;
  AblationConfig ablation;
};

/// Reads constraints/designs/NAME.yaml given by path, applies `overrides` (`--set
/// design.KEY=VALUE`) and checks everything. Throws ConfigError with all errors found.
DesignConfig read_design(const std::filesystem::path& file, const Overrides& overrides = {});

/// The design as YAML with every key, also those at their default; `read_design` reads it back.
std::string to_yaml(const DesignConfig& design);

/// Hash (16 hex digits) of `to_yaml`: equal for files that differ in order, comments or spelled-out
/// defaults.
std::string config_hash(const DesignConfig& design);

}  // namespace edgemoe::models
