// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "hls/kernels/requantiser.hpp"
#include "tests/hls/golden.hpp"

namespace edgemoe::hls {
namespace {

using testing::golden_cases;
using Json = nlohmann::json;

template <typename T>
T get(const Json& object, const char* key) {
  return object.at(key).get<T>();
}

TEST(KernelGolden, RequantiserAndEveryPostMatch) {
  for (const Json& c : golden_cases("requantise")) {
    const Json& in = c.at("in");
    const Json& out = c.at("out");
    Counters counters;
    program::Requant requant;
    requant.r1 = get<std::uint8_t>(in, "r1");
    requant.r2 = get<std::uint8_t>(in, "r2");
    requant.bias_shift = get<std::uint8_t>(in, "bias_shift");
    requant.bias_before_scale = get<bool>(in, "bias_first");
    const Channel channel{get<std::int32_t>(in, "bias"), get<std::uint16_t>(in, "mult")};
    const std::int64_t v =
        requantise<W8A8>(get<std::int64_t>(in, "acc"), channel,
                         get<std::uint32_t>(in, "token_scale"), requant, counters);
    EXPECT_EQ(v, get<std::int64_t>(out, "v")) << c;
    EXPECT_EQ(add_residual<W8A8>(v, get<std::int64_t>(in, "x"), counters),
              get<int>(out, "residual"))
        << c;
    EXPECT_EQ(add_residual<W8A8>(v, get<std::int64_t>(in, "pos"), counters), get<int>(out, "embed"))
        << c;
    EXPECT_EQ(to_signed<W8A8>(v, counters), get<int>(out, "int8")) << c;
    const GeluScale gelu{get<std::uint16_t>(in, "gelu_mult"), get<std::uint8_t>(in, "gelu_shift"),
                         get<std::uint8_t>(in, "zero_point")};
    EXPECT_EQ(to_hidden<W8A8>(v, gelu, counters), get<int>(out, "hidden")) << c;
  }
}

TEST(Requantiser, CountsEachKindOfSaturationOnce) {
  Counters counters;
  EXPECT_EQ(add_residual<W8A8>(8388607, 0, counters), 8388607);
  EXPECT_EQ(counters.residual_saturations, 0u);
  EXPECT_EQ(add_residual<W8A8>(8388608, 0, counters), 8388607);
  EXPECT_EQ(counters.residual_saturations, 1u);
  EXPECT_EQ(add_residual<W8A8>(-1, -8388608, counters), -8388608);
  EXPECT_EQ(counters.residual_saturations, 2u);
  EXPECT_EQ(to_signed<W8A8>(-127, counters), -127);
  EXPECT_EQ(counters.int8_saturations, 0u);
  EXPECT_EQ(to_signed<W8A8>(-128, counters), -127);
  EXPECT_EQ(counters.int8_saturations, 1u);
  const program::Requant requant{0, 16, 0, false};
  EXPECT_EQ(requantise<W8A8>(1 << 26, Channel{0, 1}, 65536, requant, counters), (1 << 26) - 1);
  EXPECT_EQ(counters.accumulator_saturations, 1u);
}

}  // namespace
}  // namespace edgemoe::hls
