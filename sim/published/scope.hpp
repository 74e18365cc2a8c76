// SPDX-License-Identifier: Apache-2.0
/// What the names in a loop design's formulas mean for one network and one routing.
///
/// Names:     tokens patches patch embed heads head_dim layers mlp_hidden experts top_k
///            expert_hidden image_height image_width moe_layers; the indices of repeated steps; the
///            names under `define`, evaluated where they are used.
/// Functions: is_moe(layer); moe_index(layer): MoE blocks before it; and for the m-th MoE block
///            queue(m, expert), active(m): experts with a token, active_expert(m, k): the k-th of
///            them, queued(m): sum of its queues.
/// Errors:    ConfigError naming the formula's place.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "hls/program/routing.hpp"
#include "models/schema/loop_design.hpp"
#include "models/schema/model_config.hpp"
#include "sim/published/expression.hpp"

namespace edgemoe::sim {

/// queues[m][expert]: tokens that the m-th MoE block sends to it.
using Queues = std::vector<std::vector<int>>;

/// The queue lengths of one segment (task) of a routing trace: dropped choices left out.
Queues queues_of(const program::RoutingTrace& trace, int segment, int experts);

/// Every expert the same number of tokens, the remainder to the first ones.
Queues even_queues(const models::ModelConfig& model);

class Scope {
 public:
  /// `design` must outlive the scope. Throws ConfigError when the queues do not fit the network:
  /// one list of `experts` per MoE block, no length beyond the tokens.
  Scope(const models::LoopDesignConfig& design, const models::ModelConfig& network, Queues queues);

  void push_index(const std::string& name, std::int64_t value);
  void set_index(std::int64_t value) { indices_.back().second = value; }
  void pop_index() { indices_.pop_back(); }

  /// The formula's value, checked to be in [low, high].
  std::uint64_t value(const models::Formula& formula, std::int64_t low, std::int64_t high) const;

 private:
  std::int64_t name(const std::string& text) const;
  std::int64_t call(const std::string& name, const std::vector<std::int64_t>& arguments) const;
  std::int64_t routed(const std::string& name, const std::vector<std::int64_t>& arguments) const;

  const models::LoopDesignConfig& design_;
  std::map<std::string, std::int64_t> shapes_;
  std::vector<bool> moe_;
  Queues queues_;
  std::vector<std::pair<std::string, std::int64_t>> indices_;
  mutable int level_ = 0;  // of definitions that use definitions
  Names names_;
};

}  // namespace edgemoe::sim
