// SPDX-License-Identifier: Apache-2.0
/// How far a tensor is from the reference's.
#pragma once

#include <cstddef>

#include "models/io/tensor.hpp"

namespace edgemoe::models {

/// Accumulated in double over all elements. For reference r and value v: mse = mean (v-r)^2, nmse =
/// sum (v-r)^2 / sum r^2, sqnr_db = -10 log10 nmse, mae = mean |v-r|.
struct TensorError {
  double sqnr_db = 0.0;  ///< +infinity when equal, -infinity when only the reference is zero
  double nmse = 0.0;     ///< 0 when equal, +infinity when only the reference is zero
  double mse = 0.0;
  double mae = 0.0;
  double max_abs = 0.0;
};

/// Empty inputs compare equal. A non-finite element of either makes nmse, mse, mae and max_abs
/// infinite.
TensorError compare_values(const float* reference, const float* value, std::size_t count);

/// Throws std::invalid_argument when the shapes differ.
TensorError compare_tensors(const Tensor& reference, const Tensor& value);

double to_decibel(double nmse);

}  // namespace edgemoe::models
