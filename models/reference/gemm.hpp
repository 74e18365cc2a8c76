// SPDX-License-Identifier: Apache-2.0
/// Float32 matrix products on row-major data, by OpenBLAS. Dimensions of 0 are legal.
#pragma once

#include "models/reference/weights.hpp"

namespace edgemoe::models {

/// Threads that OpenBLAS uses from now on in this process (1 or more). Its own default is one per
/// core, which makes the small products of a small network slower whenever another thread is busy.
void set_gemm_threads(int threads);

enum class Transpose { kNo, kYes };

/// A row-major matrix inside a larger one: row r starts at data + r * stride.
struct MatrixView {
  const float* data = nullptr;
  int stride = 0;
};

/// c = alpha * a * op(b) + beta * c with a [rows, inner], op(b) [inner, cols], c [rows, cols].
void multiply(int rows, int cols, int inner, float alpha, MatrixView a, MatrixView b,
              Transpose transpose_b, float beta, float* c, int c_stride);

/// y = x * weight^T + bias for `rows` dense rows; y [rows, out] must not overlap x.
void linear(const float* x, int rows, const LinearView& layer, float* y);

}  // namespace edgemoe::models
