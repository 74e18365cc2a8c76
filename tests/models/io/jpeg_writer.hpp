// SPDX-License-Identifier: Apache-2.0
/// JPEG files for tests.
#pragma once

#include <jpeglib.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "models/io/tensor.hpp"

namespace edgemoe::tests {

/// `components` 1 (gray: the red channel), 3, or 4 (inverted CMYK, as refused ones are).
inline std::string jpeg_bytes(const models::Image& image, int components = 3) {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* memory = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &memory, &size);
  info.image_width = static_cast<JDIMENSION>(image.width);
  info.image_height = static_cast<JDIMENSION>(image.height);
  info.input_components = components;
  info.in_color_space = components == 1 ? JCS_GRAYSCALE : components == 3 ? JCS_RGB : JCS_CMYK;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, 100, TRUE);
  jpeg_start_compress(&info, TRUE);
  std::string row(static_cast<std::size_t>(image.width * components), '\0');
  while (info.next_scanline < info.image_height) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::size_t x = i / static_cast<std::size_t>(components),
                        c = i % static_cast<std::size_t>(components);
      row[i] = static_cast<char>(
          image.rgb[(info.next_scanline * static_cast<std::size_t>(image.width) + x) * 3 +
                    std::min<std::size_t>(c, 2)]);
    }
    JSAMPROW line = reinterpret_cast<JSAMPROW>(row.data());
    jpeg_write_scanlines(&info, &line, 1);
  }
  jpeg_finish_compress(&info);
  std::string bytes(reinterpret_cast<const char*>(memory), size);
  jpeg_destroy_compress(&info);
  std::free(memory);
  return bytes;
}

}  // namespace edgemoe::tests
