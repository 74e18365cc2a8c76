// SPDX-License-Identifier: Apache-2.0
#include "models/reference/gemm.hpp"

#include <cblas.h>

#include <algorithm>
#include <cstddef>

namespace edgemoe::models {

void set_gemm_threads(int threads) { openblas_set_num_threads(std::max(1, threads)); }

void multiply(int rows, int cols, int inner, float alpha, MatrixView a, MatrixView b,
              Transpose transpose_b, float beta, float* c, int c_stride) {
  if (rows == 0 || cols == 0) {
    return;
  }
  cblas_sgemm(CblasRowMajor, CblasNoTrans,
              transpose_b == Transpose::kYes ? CblasTrans : CblasNoTrans, rows, cols, inner, alpha,
              a.data, a.stride, b.data, b.stride, beta, c, c_stride);
}

void linear(const float* x, int rows, const LinearView& layer, float* y) {
  const auto out = static_cast<std::size_t>(layer.out);
  for (std::size_t r = 0; r < static_cast<std::size_t>(rows); ++r) {
    std::copy_n(layer.bias, out, y + r * out);
  }
  multiply(rows, layer.out, layer.in, 1.0f, {x, layer.in}, {layer.weight, layer.in},
           Transpose::kYes, 1.0f, y, layer.out);
}

}  // namespace edgemoe::models
