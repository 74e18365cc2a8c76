// SPDX-License-Identifier: Apache-2.0
/// Readers of untrusted files as functions of their bytes. Each may throw only what the reader
/// documents (caught here); anything else (a signal, a sanitizer's report, another exception) is a
/// finding.
#pragma once

#include <cstddef>
#include <cstdint>

namespace edgemoe::fuzz {

int safetensors(const std::uint8_t* data, std::size_t size);
int npy(const std::uint8_t* data, std::size_t size);
int png(const std::uint8_t* data, std::size_t size);
int jpeg(const std::uint8_t* data, std::size_t size);
int mat(const std::uint8_t* data, std::size_t size);
/// The first byte chooses between model, design, board and loop design.
int yaml(const std::uint8_t* data, std::size_t size);
/// A DRAM image: header, commands, and the run of the kernels on it.
int program(const std::uint8_t* data, std::size_t size);

}  // namespace edgemoe::fuzz
