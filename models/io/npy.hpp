// SPDX-License-Identifier: Apache-2.0
/// NumPy .npy files: how taps leave and golden tensors arrive.
///
/// Source: NumPy's format description, versions 1.0 to 3.0. Read: little-endian f2, f4, f8, i1, i2,
/// i4, i8, u1, u2, u4, u8 in C order, as float32 (an integer that float32 cannot hold is an error).
/// Written: version 1.0, `<f4` or `<i4`, C order. Errors: DataError `FILE: error: ...`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "models/io/tensor.hpp"

namespace edgemoe::models {

Tensor read_npy(const std::filesystem::path& path);

/// The same in double, for comparisons in which float32 would be too coarse.
struct TensorF64 {
  std::vector<std::int64_t> shape;
  std::vector<double> data;
};
TensorF64 read_npy_f64(const std::filesystem::path& path);

void write_npy(const std::filesystem::path& path, const Tensor& tensor);
void write_npy_int32(const std::filesystem::path& path, const std::vector<std::int64_t>& shape,
                     const std::vector<std::int32_t>& data);

}  // namespace edgemoe::models
