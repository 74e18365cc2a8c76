// SPDX-License-Identifier: Apache-2.0
/// Pictures as JPEG files, as data sets hold them; everything of ours is PNG.
///
/// Gray and YCbCr (or RGB) files with 8 bits a sample become 8-bit RGB; CMYK and others are
/// refused. A truncated or damaged file is an error, never a part of a picture. Sizes are limited
/// as those of PNG files are, before pixels are allocated. Errors: DataError `FILE: error: image:
/// expected ..., got ...`.
#pragma once

#include <filesystem>

#include "models/io/tensor.hpp"

namespace edgemoe::models {

Image read_jpeg(const std::filesystem::path& path);

}  // namespace edgemoe::models
