// SPDX-License-Identifier: Apache-2.0
/// Multi-head self-attention over all tokens.
#pragma once

#include <vector>

namespace edgemoe::models {

/// qkv is [tokens, 3 D] with rows [q | k | v], head-major inside; out is [tokens, D], heads joined.
/// softmax(q k^T / sqrt(D / heads)) v per head, no mask. `scores` is scratch of tokens * tokens
/// values.
void attend(const std::vector<float>& qkv, int tokens, int embed_dim, int heads,
            std::vector<float>& scores, std::vector<float>& out);

}  // namespace edgemoe::models
