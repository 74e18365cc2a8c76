// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace edgemoe::models {

/// What the header of an .npy file says. Not for use outside this folder.
struct NpyHeader {
  std::string descr;
  bool fortran_order = false;
  std::vector<std::int64_t> shape;
};

/// Parses the Python dictionary of an .npy header: the keys 'descr', 'fortran_order' and 'shape',
/// each once, in any order. Throws std::invalid_argument that says what was expected.
NpyHeader parse_npy_header(std::string_view text);

}  // namespace edgemoe::models
