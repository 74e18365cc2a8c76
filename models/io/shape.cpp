// SPDX-License-Identifier: Apache-2.0
#include "models/io/shape.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <limits>

#include "models/io/fail.hpp"

namespace edgemoe::models {

void check_shape(const std::filesystem::path& file, const std::string& where,
                 const std::vector<std::int64_t>& shape, std::size_t elements) {
  bool zero = false;
  bool valid = true;
  for (const std::int64_t dimension : shape) {
    zero = zero || dimension == 0;
    valid = valid && dimension >= 0;
  }
  std::uint64_t product = zero ? 0 : 1;
  for (const std::int64_t dimension : shape) {
    if (!valid || zero) break;
    const auto size = static_cast<std::uint64_t>(dimension);
    valid = product <= std::numeric_limits<std::uint64_t>::max() / size;
    product *= size;
  }
  if (!valid || product != elements) {
    fail(file, where, fmt::format("a shape of {} elements", elements), shape_text(shape));
  }
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

}  // namespace edgemoe::models
