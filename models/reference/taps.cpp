// SPDX-License-Identifier: Apache-2.0
#include "models/reference/taps.hpp"

namespace edgemoe::models {

std::string block_tap(int block, const char* what) {
  const std::string number = std::to_string(block);
  return (number.size() < 2 ? "l0" : "l") + number + "." + what;
}

}  // namespace edgemoe::models
