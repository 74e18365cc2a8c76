// SPDX-License-Identifier: Apache-2.0
/// Which experts each token used: one entry per mixture-of-experts block.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

namespace edgemoe::models {

/// Choices of all tokens of one block, row-major [tokens, top_k], best first.
struct BlockRouting {
  int tokens = 0;
  int top_k = 0;
  std::vector<std::int32_t> index;  ///< expert, or -1: this slot is empty
  std::vector<float> score;  ///< softmax over all experts, not renormalised; 0 for an empty slot

  /// Number of tokens per expert.
  std::vector<int> load(int experts) const;
};

/// Keyed by block number; only mixture-of-experts blocks have an entry.
struct Routing {
  std::map<int, BlockRouting> blocks;
};

/// Counts over tokens: `agree` is the number of a's choices that b made too (as sets per token),
/// `total` a's choices.
struct RoutingAgreement {
  std::int64_t agree = 0;
  std::int64_t total = 0;

  double fraction() const { return total == 0 ? 1.0 : static_cast<double>(agree) / total; }
};

/// Compares two routings of the same network; throws std::invalid_argument when blocks or token
/// counts differ.
RoutingAgreement compare_routing(const Routing& a, const Routing& b);

}  // namespace edgemoe::models
