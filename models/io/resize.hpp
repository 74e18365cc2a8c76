// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/io/tensor.hpp"

namespace edgemoe::models {

/// Resizes to `height` x `width` by bilinear interpolation of the four nearest pixels: source
/// position (destination + 0.5) * source / destination - 0.5, clamped to the picture; the result
/// rounded half up to 8 bits. When shrinking, pixels are averaged over the area that one result
/// pixel covers (a triangle of that width), so that fine texture does not alias. Same size: an
/// exact copy. Errors: DataError when a size is not in 1..kMaxImageSide or `image.rgb` does not fit
/// its size.
Image resize_bilinear(const Image& image, int height, int width);

}  // namespace edgemoe::models
