// SPDX-License-Identifier: Apache-2.0
#include "models/reference/routing.hpp"

#include <algorithm>
#include <stdexcept>

namespace edgemoe::models {
namespace {

void add_agreement(const BlockRouting& a, const BlockRouting& b, RoutingAgreement& result) {
  if (a.tokens != b.tokens) {
    throw std::invalid_argument("compare_routing: token counts differ");
  }
  for (int t = 0; t < a.tokens; ++t) {
    const auto b_begin = b.index.begin() + static_cast<std::ptrdiff_t>(t) * b.top_k;
    for (int j = 0; j < a.top_k; ++j) {
      const std::int32_t expert = a.index[static_cast<std::size_t>(t) * a.top_k + j];
      if (expert >= 0) {
        ++result.total;
        result.agree += std::find(b_begin, b_begin + b.top_k, expert) != b_begin + b.top_k;
      }
    }
  }
}

}  // namespace

std::vector<int> BlockRouting::load(int experts) const {
  std::vector<int> count(static_cast<std::size_t>(experts), 0);
  for (const std::int32_t expert : index) {
    if (expert >= 0) {
      ++count.at(static_cast<std::size_t>(expert));
    }
  }
  return count;
}

RoutingAgreement compare_routing(const Routing& a, const Routing& b) {
  if (a.blocks.size() != b.blocks.size()) {
    throw std::invalid_argument("compare_routing: blocks differ");
  }
  RoutingAgreement result;
  for (const auto& [block, routing] : a.blocks) {
    const auto other = b.blocks.find(block);
    if (other == b.blocks.end()) {
      throw std::invalid_argument("compare_routing: blocks differ");
    }
    add_agreement(routing, other->second, result);
  }
  return result;
}

}  // namespace edgemoe::models
