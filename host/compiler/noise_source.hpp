// SPDX-License-Identifier: Apache-2.0
/// Uniform quantisation noise: what stands for a rounding in the prediction. Not for use outside
/// this folder.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace edgemoe::host {

/// /// Numbers uniform in [-0.5, 0.5), the same on every platform, seeded by the name of the
/// quantisation site and the number of the draw.
class NoiseSource {
 public:
  NoiseSource(const std::string& site, int draw);
  float next();

 private:
  std::uint64_t state_;
};

/// One number format of a site: values are disturbed by one step of uniform noise around 0, where
/// the format truncates below 0, and then held in [low, high] steps: clamped, or taken modulo the
/// range where the format wraps. Without a step nothing happens.
struct NoiseFormat {
  float step = 0.0F;
  float low = 0.0F;
  float high = 0.0F;
  bool truncates = false;
  bool wraps = false;
};
void add_step_noise(float* x, std::size_t count, const NoiseFormat& format, NoiseSource* noise);

/// Values that are known, such as weights: rounded, not disturbed. To the nearest step, ties away
/// from 0 (truncated where the format truncates), and clamped to the range.
void round_to_steps(float* x, std::size_t count, const NoiseFormat& format);

/// x modulo the range [-limit, limit).
void wrap(float* x, std::size_t count, float limit);

/// Rows of `size` values, each with the int8 step of a LayerNorm output: the row's largest
/// magnitude over about 127 (hls/README.md "LayerNorm", step 4). `divide` > 1 for the finer planes.
void add_token_noise(float* x, std::size_t rows, std::size_t size, float divide,
                     NoiseSource* noise);

}  // namespace edgemoe::host
