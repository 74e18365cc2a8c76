// SPDX-License-Identifier: Apache-2.0
#include "models/reference/attention.hpp"

#include <cmath>
#include <cstddef>

#include "models/reference/gemm.hpp"
#include "models/reference/vector_math.hpp"

namespace edgemoe::models {

void attend(const std::vector<float>& qkv, int tokens, int embed_dim, int heads,
            std::vector<float>& scores, std::vector<float>& out) {
  const int head_dim = embed_dim / heads;
  const int stride = 3 * embed_dim;
  const float scale = static_cast<float>(1.0 / std::sqrt(static_cast<double>(head_dim)));
  const auto rows = static_cast<std::size_t>(tokens);
  for (int h = 0; h < heads; ++h) {
    const float* q = qkv.data() + static_cast<std::ptrdiff_t>(h) * head_dim;
    const float* k = q + embed_dim;
    const float* v = k + embed_dim;
    multiply(tokens, tokens, head_dim, scale, {q, stride}, {k, stride}, Transpose::kYes, 0.0f,
             scores.data(), tokens);
    softmax_rows(scores.data(), rows, rows);
    multiply(tokens, head_dim, tokens, 1.0f, {scores.data(), tokens}, {v, stride}, Transpose::kNo,
             0.0f, out.data() + static_cast<std::ptrdiff_t>(h) * head_dim, embed_dim);
  }
}

}  // namespace edgemoe::models
