// SPDX-License-Identifier: Apache-2.0
/// Pictures as PNG files. Other formats are refused by name (JPEG, GIF, BMP, WebP, ...).
///
/// Read as colour: gray, RGB, palette, with or without alpha, 1 to 16 bits; 16 bits are scaled to
/// 8, alpha is ignored (the colour channels are taken as stored). Read as gray: gray or palette
/// files only; a gray file keeps its sample values (1, 2 and 4 bits are not scaled up, so they can
/// be class ids), a palette file gives its indices. Colour-space chunks are ignored. Limit: 16384 x
/// 16384 pixels, checked before the pixels are allocated. A truncated or damaged file is an error,
/// never a part of a picture. Errors: DataError `FILE: error: image: expected ..., got ...`.
#pragma once

#include <filesystem>
#include <string>

#include "models/io/tensor.hpp"

namespace edgemoe::models {

constexpr int kMaxImageSide = 16384;

Image read_png(const std::filesystem::path& path);

/// `bits` of the result is 8 (stored with 1 to 8) or 16.
GrayImage read_png_gray(const std::filesystem::path& path);

/// 8-bit RGB, written atomically.
void write_png(const std::filesystem::path& path, const Image& image);

/// 8- or 16-bit gray by `image.bits`, written atomically.
void write_png_gray(const std::filesystem::path& path, const GrayImage& image);

/// The bytes of the PNG file, for embedding in a page.
std::string encode_png(const Image& image);

}  // namespace edgemoe::models
