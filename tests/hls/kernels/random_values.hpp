// SPDX-License-Identifier: Apache-2.0
/// Seeded random operands for the naive model, and requantiser constants that keep results
/// mid-range.
#pragma once

#include <cmath>
#include <cstdint>
#include <random>

#include "tests/hls/kernels/naive.hpp"

namespace edgemoe::testing {

using Random = std::mt19937_64;

inline std::int64_t uniform(Random& random, std::int64_t low, std::int64_t high) {
  return std::uniform_int_distribution<std::int64_t>(low, high)(random);
}

inline naive::Row random_row(Random& random, int count, std::int64_t low, std::int64_t high) {
  naive::Row row(count);
  for (auto& value : row) value = uniform(random, low, high);
  return row;
}

inline naive::Rows random_rows(Random& random, int rows, int count, std::int64_t low,
                               std::int64_t high) {
  naive::Rows all;
  for (int r = 0; r < rows; ++r) all.push_back(random_row(random, count, low, high));
  return all;
}

inline int bits_of(std::int64_t magnitude) {
  int bits = 0;
  while (magnitude > 0) {
    magnitude >>= 1;
    ++bits;
  }
  return bits;
}

/// A random matrix whose requantised results reach about 2^result_bits for inputs up to
/// `input_limit`.
inline naive::Matrix random_matrix(Random& random, int out, int in, int input_limit,
                                   int result_bits, std::int64_t scale_limit = 65536) {
  naive::Matrix m;
  m.weights = random_rows(random, out, in, -127, 127);
  m.mult = random_row(random, out, 30000, 65535);
  const double typical = 60.0 * input_limit * std::sqrt(static_cast<double>(in));
  const int product_bits = bits_of(static_cast<std::int64_t>(typical)) + 16;
  m.requant.r1 = std::max(0, product_bits - 25);
  m.requant.r2 = std::max(0, product_bits - m.requant.r1 + bits_of(scale_limit) - result_bits);
  m.requant.bias_shift = 3;
  const int bias_bits =
      std::min(28, std::max(4, m.requant.r2 + result_bits - 2 - m.requant.bias_shift));
  m.bias = random_row(random, out, -(std::int64_t{1} << bias_bits), std::int64_t{1} << bias_bits);
  return m;
}

inline naive::Norm random_norm(Random& random, int dim) {
  naive::Norm norm;
  norm.gamma = random_row(random, dim, 8000, 30000);
  norm.beta = random_row(random, dim, -20000, 20000);
  norm.gamma_frac = 14;
  norm.inv_d = ((std::int64_t{1} << 32) + dim / 2) / dim;
  norm.sqrt_d = std::llround(std::sqrt(static_cast<double>(dim)) * 4096);
  norm.eps_acc = std::llround(1e-6 * 4294967296.0 * dim);
  return norm;
}

}  // namespace edgemoe::testing
