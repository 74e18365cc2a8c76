// SPDX-License-Identifier: Apache-2.0
/// Elementwise and row-wise float32 functions written so that the compiler vectorises them.
///
/// The functions are compiled for several instruction sets and chosen at run time. `exp` and `erfc`
/// are own polynomials because the C library's scalar versions would cost as much as all matrix
/// products together. Their coefficients are least-squares fits at Chebyshev nodes; the error
/// bounds below are asserted by tests.
#pragma once

#include <cstddef>

namespace edgemoe::models {

/// out[i] = e^x[i] for x <= 0, relative error 2e-7 or less down to -87; below that the result stays
/// at e^-87.
void exp_negative(const float* x, float* out, std::size_t count);

/// out[i] = 1 - erf(x[i]) for x >= 0, absolute error 1e-7 or less; NaN stays NaN.
void erfc_positive(const float* x, float* out, std::size_t count);

/// In place, exact erf form: x/2 (1 + erf(x / sqrt 2)), absolute error 1e-7 * max(1, |x|) or less.
void gelu(float* x, std::size_t count);

/// Row-wise, two-pass, biased variance: out = (x - mean) / sqrt(var + eps) * weight + bias. out may
/// be x.
void layer_norm(const float* x, std::size_t rows, std::size_t size, const float* weight,
                const float* bias, float eps, float* out);

/// In place, each row of `cols` >= 1 values: softmax with the row's maximum subtracted.
void softmax_rows(float* x, std::size_t rows, std::size_t cols);

/// y += x
void add_to(float* y, const float* x, std::size_t count);

/// y += factor * x
void add_scaled(float* y, float factor, const float* x, std::size_t count);

/// x = max(x, 0) in place.
void relu(float* x, std::size_t count);

/// out = a + (b - a) * t
void blend(const float* a, const float* b, float t, float* out, std::size_t count);

}  // namespace edgemoe::models
