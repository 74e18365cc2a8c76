// SPDX-License-Identifier: Apache-2.0
#include "models/reference/moe.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "models/reference/gemm.hpp"
#include "models/reference/vector_math.hpp"

namespace edgemoe::models {
namespace {

/// Softmax of one token's logits. In double: 16 values a token cost nothing, and scores are then
/// exact to float.
void softmax(const float* logits, int experts, std::vector<double>& probability) {
  const double top = *std::max_element(logits, logits + experts);
  double sum = 0.0;
  for (int e = 0; e < experts; ++e) {
    probability[static_cast<std::size_t>(e)] = std::exp(static_cast<double>(logits[e]) - top);
    sum += probability[static_cast<std::size_t>(e)];
  }
  for (double& p : probability) {
    p /= sum;
  }
}

BlockRouting empty_routing(int tokens, int top_k) {
  BlockRouting routing;
  routing.tokens = tokens;
  routing.top_k = top_k;
  const std::size_t slots = static_cast<std::size_t>(tokens) * static_cast<std::size_t>(top_k);
  routing.index.assign(slots, -1);
  routing.score.assign(slots, 0.0f);
  return routing;
}

void check_choices(const std::int32_t* choices, int top_k, int experts) {
  for (int j = 0; j < top_k; ++j) {
    if (choices[j] < -1 || choices[j] >= experts) {
      throw std::invalid_argument("forced routing: expert out of range");
    }
    if (choices[j] >= 0 && std::find(choices, choices + j, choices[j]) != choices + j) {
      throw std::invalid_argument("forced routing: one token has the same expert twice");
    }
  }
}

/// Slots (token * top_k + j) of each expert, one after the other: a counting sort, stable in the
/// token.
struct Queues {
  std::vector<std::size_t> begin;  ///< experts + 1 entries
  std::vector<std::size_t> slots;
};

Queues sort_by_expert(const BlockRouting& routing, int experts) {
  Queues queues;
  queues.begin.assign(static_cast<std::size_t>(experts) + 1, 0);
  const std::vector<int> load = routing.load(experts);
  for (std::size_t e = 0; e < load.size(); ++e) {
    queues.begin[e + 1] = queues.begin[e] + static_cast<std::size_t>(load[e]);
  }
  queues.slots.resize(queues.begin.back());
  std::vector<std::size_t> next = queues.begin;
  for (std::size_t s = 0; s < routing.index.size(); ++s) {
    if (routing.index[s] >= 0) {
      queues.slots[next[static_cast<std::size_t>(routing.index[s])]++] = s;
    }
  }
  return queues;
}

}  // namespace

void gate_logits(const float* z, int tokens, int dim, const float* gate, const float* bias,
                 int experts, std::vector<float>* logits) {
  const auto row = static_cast<std::size_t>(experts);
  logits->assign(static_cast<std::size_t>(tokens) * row, 0.0F);
  if (bias != nullptr) {
    for (std::size_t i = 0; i < logits->size(); ++i) (*logits)[i] = bias[i % row];
  }
  multiply(tokens, experts, dim, 1.0F, {z, dim}, {gate, experts}, Transpose::kNo,
           bias == nullptr ? 0.0F : 1.0F, logits->data(), experts);
}

BlockRouting route_tokens(const std::vector<float>& logits, int tokens, int experts, int top_k,
                          double threshold) {
  BlockRouting routing = empty_routing(tokens, top_k);
  std::vector<double> probability(static_cast<std::size_t>(experts));
  std::vector<std::int32_t> order(static_cast<std::size_t>(experts));
  for (int t = 0; t < tokens; ++t) {
    const float* row = logits.data() + static_cast<std::size_t>(t) * experts;
    softmax(row, experts, probability);
    for (int e = 0; e < experts; ++e) {
      order[static_cast<std::size_t>(e)] = e;
    }
    std::partial_sort(order.begin(), order.begin() + top_k, order.end(),
                      [row](std::int32_t a, std::int32_t b) {
                        return row[a] != row[b] ? row[a] > row[b] : a < b;
                      });
    for (int j = 0; j < top_k; ++j) {
      const std::int32_t expert = order[static_cast<std::size_t>(j)];
      const double score = probability[static_cast<std::size_t>(expert)];
      const std::size_t slot = static_cast<std::size_t>(t) * top_k + j;
      if (score >= threshold) {
        routing.index[slot] = expert;
        routing.score[slot] = static_cast<float>(score);
      }
    }
  }
  return routing;
}

BlockRouting score_forced(const std::vector<float>& logits, int tokens, int experts, int top_k,
                          const BlockRouting& forced) {
  BlockRouting routing = empty_routing(tokens, top_k);
  if (forced.tokens != tokens || forced.top_k != top_k ||
      forced.index.size() != routing.index.size()) {
    throw std::invalid_argument("forced routing: token or choice count does not fit the model");
  }
  routing.index = forced.index;
  std::vector<double> probability(static_cast<std::size_t>(experts));
  for (int t = 0; t < tokens; ++t) {
    const std::size_t first = static_cast<std::size_t>(t) * top_k;
    check_choices(routing.index.data() + first, top_k, experts);
    softmax(logits.data() + static_cast<std::size_t>(t) * experts, experts, probability);
    for (std::size_t slot = first; slot < first + top_k; ++slot) {
      if (routing.index[slot] >= 0) {
        routing.score[slot] =
            static_cast<float>(probability[static_cast<std::size_t>(routing.index[slot])]);
      }
    }
  }
  return routing;
}

void dispatch_experts(const std::vector<float>& z, const BlockView& block,
                      const BlockRouting& routing, std::vector<float>& out,
                      std::vector<float>* hidden) {
  const std::size_t d = static_cast<std::size_t>(block.down[0].out);
  const std::size_t f = static_cast<std::size_t>(block.up[0].out);
  const std::size_t k = static_cast<std::size_t>(routing.top_k);
  const Queues queues = sort_by_expert(routing, static_cast<int>(block.up.size()));
  std::fill(out.begin(), out.end(), 0.0f);
  if (hidden != nullptr) {
    hidden->assign(routing.index.size() * f, 0.0f);
  }
  std::vector<float> gathered, inner, result;
  for (std::size_t e = 0; e < block.up.size(); ++e) {
    const std::size_t* slots = queues.slots.data() + queues.begin[e];
    const std::size_t count = queues.begin[e + 1] - queues.begin[e];
    if (count == 0) {
      continue;
    }
    gathered.resize(count * d);
    inner.resize(count * f);
    result.resize(count * d);
    for (std::size_t i = 0; i < count; ++i) {
      std::copy_n(z.data() + slots[i] / k * d, d, gathered.data() + i * d);
    }
    linear(gathered.data(), static_cast<int>(count), block.up[e], inner.data());
    gelu(inner.data(), inner.size());
    linear(inner.data(), static_cast<int>(count), block.down[e], result.data());
    for (std::size_t i = 0; i < count; ++i) {
      add_scaled(out.data() + slots[i] / k * d, routing.score[slots[i]], result.data() + i * d, d);
      if (hidden != nullptr) {
        std::copy_n(inner.data() + i * f, f, hidden->data() + slots[i] * f);
      }
    }
  }
}

}  // namespace edgemoe::models
