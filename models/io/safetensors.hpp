// SPDX-License-Identifier: Apache-2.0
/// Named tensors in safetensors files: 8-byte little-endian header length, JSON header, raw data.
///
/// Source: the published format description of safetensors 0.4. Read: F64, F32, F16, BF16 and the
/// integers I8, U8, I16, U16, I32, U32, I64, U64, all as float32 (an integer that float32 cannot
/// hold is an error; F64 is rounded to nearest). Written: F32 and F16 (round to nearest even).
/// Limits: header 100 MB; 8 dimensions; offsets inside the file, without overlap or gap; every size
/// is checked against the file before it is allocated. Errors: DataError `FILE: error: TENSOR:
/// expected ..., got ...`.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "models/io/tensor.hpp"

namespace edgemoe::models {

enum class NonFinite { kAllow, kRefuse };
enum class StoredType { kF32, kF16 };

/// Chooses tensors by name; the data of others is not looked at.
using TensorFilter = std::function<bool(const std::string& name)>;

/// Every tensor of one file, or those that `keep` chooses.
TensorMap read_safetensors(const std::filesystem::path& path,
                           NonFinite non_finite = NonFinite::kAllow, const TensorFilter& keep = {});

/// Every tensor of several shards. A name that two shards hold is an error that names both; NaN and
/// infinities are refused.
TensorMap read_weights(const std::vector<std::filesystem::path>& shards);

/// Writes all tensors in the order of their names, atomically. Errors: DataError; also for a tensor
/// whose data does not fit its shape and, with kF16, for a finite value beyond the range of F16.
void write_safetensors(const std::filesystem::path& path, const TensorMap& tensors,
                       StoredType type = StoredType::kF32);

}  // namespace edgemoe::models
