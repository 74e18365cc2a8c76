// SPDX-License-Identifier: Apache-2.0
#include "models/import/sample_image.hpp"

#include <algorithm>
#include <cmath>
#include <system_error>

#include "models/io/error.hpp"
#include "models/io/png.hpp"

namespace edgemoe::models {
namespace {

namespace fs = std::filesystem;

void copy_to(const fs::path& file, const fs::path& folder) {
  std::error_code error;
  fs::copy_file(file, folder / file.filename(), error);
  if (error)
    throw DataError(file.string() +
                    ": error: cannot copy to the model's samples: " + error.message());
}

}  // namespace

SampleImage quantise_image(const Tensor& real, const ImageConfig& config) {
  SampleImage result;
  result.image = {config.height, config.width, {}};
  const std::size_t pixels = real.size() / 3;
  result.image.rgb.resize(real.size());
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t p = 0; p < pixels; ++p) {
      const double level = 255.0 * (real.data[c * pixels + p] * config.std[c] + config.mean[c]);
      const double rounded = std::clamp(std::round(level), 0.0, 255.0);
      result.largest_error = std::max(result.largest_error, std::fabs(level - rounded));
      result.image.rgb[p * 3 + c] = static_cast<std::uint8_t>(rounded);
    }
  }
  return result;
}

void copy_sample(const fs::path& file, const fs::path& folder) {
  read_png(file);
  copy_to(file, folder);
  for (const char* ending : {".labels.png", ".depth.png"}) {
    fs::path labels = file;
    labels.replace_extension(ending);
    std::error_code error;
    if (!fs::exists(labels, error)) continue;
    read_png_gray(labels);
    copy_to(labels, folder);
  }
}

}  // namespace edgemoe::models
