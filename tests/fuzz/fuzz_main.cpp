// SPDX-License-Identifier: Apache-2.0
// One libFuzzer program per target; EDGEMOE_FUZZ_TARGET names it.
#include "tests/fuzz/targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return edgemoe::fuzz::EDGEMOE_FUZZ_TARGET(data, size);
}
