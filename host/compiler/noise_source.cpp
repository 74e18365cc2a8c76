// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/noise_source.hpp"

#include <algorithm>
#include <cmath>

namespace edgemoe::host {
namespace {

constexpr float kTokenStep = 1033.0F / 131072.0F;  // S_t of a largest magnitude of 1, LSB 2^-17

}  // namespace

NoiseSource::NoiseSource(const std::string& site, int draw)
    : state_(0xCBF29CE484222325ull + static_cast<std::uint64_t>(draw) * 0xD1B54A32D192ED03ull) {
  for (const char c : site) {  // FNV-1a
    state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100000001B3ull;
  }
}

float NoiseSource::next() {  // SplitMix64
  state_ += 0x9E3779B97F4A7C15ull;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  z ^= z >> 31;
  return static_cast<float>(z >> 40) * 0x1p-24F - 0.5F;
}

void add_step_noise(float* x, std::size_t count, const NoiseFormat& f, NoiseSource* noise) {
  if (f.step == 0.0F) return;  // no format
  const float low = f.low * f.step, high = f.high * f.step;
  const float offset = f.truncates ? -0.5F : 0.0F;
  for (std::size_t i = 0; i < count; ++i) {
    const float held = f.wraps ? x[i] : std::clamp(x[i], low, high);
    x[i] = held + f.step * (noise->next() + offset);
  }
  if (f.wraps) wrap(x, count, high);
}

void round_to_steps(float* x, std::size_t count, const NoiseFormat& f) {
  for (std::size_t i = 0; i < count; ++i) {
    const double steps = static_cast<double>(x[i]) / f.step;
    const double whole = f.truncates ? std::floor(steps) : std::round(steps);
    x[i] = static_cast<float>(std::clamp(whole, double(f.low), double(f.high)) * f.step);
  }
}

void wrap(float* x, std::size_t count, float limit) {
  for (std::size_t i = 0; i < count; ++i) {
    if (x[i] >= -limit && x[i] < limit) continue;
    x[i] -= 2.0F * limit * std::floor((x[i] + limit) / (2.0F * limit));
  }
}

void add_token_noise(float* x, std::size_t rows, std::size_t size, float divide,
                     NoiseSource* noise) {
  for (std::size_t r = 0; r < rows; ++r) {
    float* row = x + r * size;
    float largest = 0.0F;
    for (std::size_t i = 0; i < size; ++i) largest = std::max(largest, std::fabs(row[i]));
    const float step = largest * kTokenStep / divide;
    for (std::size_t i = 0; i < size; ++i) row[i] += step * noise->next();
  }
}

}  // namespace edgemoe::host
