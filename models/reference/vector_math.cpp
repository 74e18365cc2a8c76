// SPDX-License-Identifier: Apache-2.0
#include "models/reference/vector_math.hpp"

#include <cmath>
#include <cstdint>
#include <cstring>

// One copy of a function per instruction set, chosen when the program starts. Sanitizers do not
// support the mechanism (their runtime is not up when the choice is made), other compilers and
// machines do without.
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && defined(__OPTIMIZE__)
#define EDGEMOE_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define EDGEMOE_CLONES
#endif
// Helpers must end up inside the clones: a call would go to code for the plain instruction set.
#define EDGEMOE_INLINE static inline __attribute__((always_inline))

namespace edgemoe::models {
namespace {

// e^x = 2^n e^r with n = round(x log2 e) and |r| <= ln 2 / 2; e^r = 1 + r + r^2 P(r).
EDGEMOE_INLINE float exp_one(float x) {
  constexpr float kLowest = -87.0f;  // keeps 2^n a normal number
  constexpr float kLog2E = 1.44269504f;
  constexpr float kRounder = 12582912.0f;   // 1.5 * 2^23: adding it rounds to an integer
  constexpr float kLn2High = 0.693359375f;  // 9 bits, so that n * kLn2High is exact
  constexpr float kLn2Low = -2.12194440e-4f;
  const float c = x > kLowest ? x : kLowest;  // NaN too, as the cast below needs
  const float n = (c * kLog2E + kRounder) - kRounder;
  const float r = (c - n * kLn2High) - n * kLn2Low;
  float p = 0.0013946194667369127f;
  p = p * r + 0.008369144052267075f;
  p = p * r + 0.041666269302368164f;
  p = p * r + 0.16666516661643982f;
  p = p * r + 0.5f;
  const float m = 1.0f + (r + r * r * p);
  const std::int32_t bits = (static_cast<std::int32_t>(n) + 127) << 23;
  float power = 0.0f;
  std::memcpy(&power, &bits, sizeof power);
  return m * power;
}

// erfc(t) e^(t^2) = u P(u) with u = 1 / (1 + 0.4 t), t >= 0: error of erfc below 1e-9 before
// rounding.
EDGEMOE_INLINE float erfc_far(float t) {
  const float u = 1.0f / (1.0f + 0.4f * t);
  float p = 0.0778641402721405f;
  p = p * u + -0.41055163741111755f;
  p = p * u + 0.7140213251113892f;
  p = p * u + -0.40307462215423584f;
  p = p * u + 0.4248925745487213f;
  p = p * u + 0.13479897379875183f;
  p = p * u + 0.23712511360645294f;
  p = p * u + 0.22492413222789764f;
  return p * u * exp_one(-(t * t));
}

// 1 - (t + t Q(t^2)), 0 <= t <= 0.9, where the other form would add up the roundings of its longer
// calculation.
EDGEMOE_INLINE float erfc_near(float t) {
  const float z = t * t;
  float q = 8.42332374304533e-05f;
  q = q * z + -0.000815210398286581f;
  q = q * z + 0.0052014924585819244f;
  q = q * z + -0.02685937099158764f;
  q = q * z + 0.11283688992261887f;
  q = q * z + -0.37612631916999817f;
  q = q * z + 0.12837916612625122f;
  return 1.0f - (t + t * q);
}

EDGEMOE_INLINE float erfc_one(float t) {
  const float near = erfc_near(t);
  const float far = erfc_far(t);
  return t < 0.9f ? near : far;
}

// relu(x) - |x|/2 erfc(|x| / sqrt 2): no cancellation on either side.
EDGEMOE_INLINE float gelu_one(float x) {
  constexpr float kSqrtHalf = 0.70710678f;
  const float a = x < 0.0f ? -x : x;
  const float positive = x < 0.0f ? 0.0f : x;
  return positive - 0.5f * a * erfc_one(a * kSqrtHalf);
}

EDGEMOE_INLINE void layer_norm_row(const float* x, std::size_t size, const float* weight,
                                   const float* bias, float eps, float* out) {
  float sum = 0.0f;
#pragma omp simd reduction(+ : sum)
  for (std::size_t i = 0; i < size; ++i) {
    sum += x[i];
  }
  const float mean = sum / static_cast<float>(size);
  float squares = 0.0f;
#pragma omp simd reduction(+ : squares)
  for (std::size_t i = 0; i < size; ++i) {
    const float d = x[i] - mean;
    squares += d * d;
  }
  const float scale = 1.0f / std::sqrt(squares / static_cast<float>(size) + eps);
#pragma omp simd
  for (std::size_t i = 0; i < size; ++i) {
    out[i] = (x[i] - mean) * scale * weight[i] + bias[i];
  }
}

EDGEMOE_INLINE void softmax_row(float* x, std::size_t cols) {
  float top = x[0];
#pragma omp simd reduction(max : top)
  for (std::size_t i = 0; i < cols; ++i) {
    top = x[i] > top ? x[i] : top;
  }
  float sum = 0.0f;
#pragma omp simd reduction(+ : sum)
  for (std::size_t i = 0; i < cols; ++i) {
    x[i] = exp_one(x[i] - top);
    sum += x[i];
  }
  const float scale = 1.0f / sum;
#pragma omp simd
  for (std::size_t i = 0; i < cols; ++i) {
    x[i] *= scale;
  }
}

}  // namespace

EDGEMOE_CLONES void exp_negative(const float* x, float* out, std::size_t count) {
#pragma omp simd
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = exp_one(x[i]);
  }
}

EDGEMOE_CLONES void erfc_positive(const float* x, float* out, std::size_t count) {
#pragma omp simd
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = erfc_one(x[i]);
  }
}

EDGEMOE_CLONES void gelu(float* x, std::size_t count) {
#pragma omp simd
  for (std::size_t i = 0; i < count; ++i) {
    x[i] = gelu_one(x[i]);
  }
}

EDGEMOE_CLONES void layer_norm(const float* x, std::size_t rows, std::size_t size,
                               const float* weight, const float* bias, float eps, float* out) {
  for (std::size_t r = 0; r < rows; ++r) {
    layer_norm_row(x + r * size, size, weight, bias, eps, out + r * size);
  }
}

EDGEMOE_CLONES void softmax_rows(float* x, std::size_t rows, std::size_t cols) {
  for (std::size_t r = 0; r < rows; ++r) {
    softmax_row(x + r * cols, cols);
  }
}

EDGEMOE_CLONES void add_to(float* y, const float* x, std::size_t count) {
#pragma omp simd
  for (std::size_t i = 0; i < count; ++i) {
    y[i] += x[i];
  }
}

EDGEMOE_CLONES void add_scaled(float* y, float factor, const float* x, std::size_t count) {
#pragma omp simd
  for (std::size_t i = 0; i < count; ++i) {
    y[i] += factor * x[i];
  }
}

EDGEMOE_CLONES void relu(float* x, std::size_t count) {
#pragma omp simd
  for (std::size_t i = 0; i < count; ++i) {
    x[i] = x[i] > 0.0f ? x[i] : 0.0f;
  }
}

EDGEMOE_CLONES void blend(const float* a, const float* b, float t, float* out, std::size_t count) {
#pragma omp simd
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = a[i] + (b[i] - a[i]) * t;
  }
}

}  // namespace edgemoe::models
