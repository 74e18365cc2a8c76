// SPDX-License-Identifier: Apache-2.0
/// The mixture-of-experts layer: routing and sorted dispatch.
#pragma once

#include <vector>

#include "models/reference/routing.hpp"
#include "models/reference/weights.hpp"
#include "models/schema/model_config.hpp"

namespace edgemoe::models {

/// logits[t][e] = sum_d z[t][d] * gate[d][e] + bias[e] for z [tokens, D], gate [D, experts]; `bias`
/// may be null.
void gate_logits(const float* z, int tokens, int dim, const float* gate, const float* bias,
                 int experts, std::vector<float>* logits);

/// Per token: softmax over all `experts` logits, the `top_k` largest logits in descending order
/// (lower index wins ties), their probabilities as they are. Choices with a score below `threshold`
/// become empty slots.
BlockRouting route_tokens(const std::vector<float>& logits, int tokens, int experts, int top_k,
                          double threshold);

/// The same softmax, but the experts of `forced`. Throws std::invalid_argument when it does not
/// fit: other counts, an expert out of range or twice for one token.
BlockRouting score_forced(const std::vector<float>& logits, int tokens, int experts, int top_k,
                          const BlockRouting& forced);

/// out[t] = sum over t's slots of score * expert(z[t]), with expert(z) = down(gelu(up(z))), score
/// after the bias. Tokens are gathered per expert in ascending order and experts summed in
/// ascending order; idle experts cost nothing. z and out are [tokens, D]. `hidden`, when given,
/// receives [tokens, top_k, expert hidden], 0 in empty slots.
void dispatch_experts(const std::vector<float>& z, const BlockView& block,
                      const BlockRouting& routing, std::vector<float>& out,
                      std::vector<float>* hidden);

}  // namespace edgemoe::models
