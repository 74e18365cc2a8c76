// SPDX-License-Identifier: Apache-2.0
// 2^-x, 1/v and 1/sqrt(v) are the kernels' functions (hls/fixed), in their cycle.
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <random>
#include <vector>

#include "Vexp_u17.h"
#include "Vexp_u8.h"
#include "Vrecip.h"
#include "Vrsqrt.h"
#include "hls/fixed/exponential.hpp"
#include "hls/fixed/reciprocal.hpp"
#include "rtl/harness/bits.hpp"

namespace edgemoe::rtl {
namespace {

/// Feeds a value a cycle; check(value) runs when the value's result is on the ports.
template <typename Model, typename Drive, typename Check>
void stream(const std::vector<std::uint64_t>& values, std::size_t latency, Drive drive,
            Check check) {
  VerilatedContext context;
  Model model(&context);
  for (std::size_t n = 0; n < values.size() + latency; ++n) {
    drive(model, values[n < values.size() ? n : 0]);
    clock_cycle(model);
    if (n + 1 >= latency && n + 1 - latency < values.size()) check(model, values[n + 1 - latency]);
    if (::testing::Test::HasFatalFailure()) return;
  }
}

std::vector<std::uint64_t> all_exponents() {
  std::vector<std::uint64_t> values;
  for (std::uint64_t x = 0; x < 32768; ++x) values.push_back(x);
  return values;
}

TEST(Exp2, EveryByteEqualsTheKernels) {
  stream<Vexp_u8>(
      all_exponents(), 5, [](Vexp_u8& m, std::uint64_t x) { m.x_i = static_cast<SData>(x); },
      [](Vexp_u8& m, std::uint64_t x) {
        ASSERT_EQ(m.e_o, fixed::exp_u8(static_cast<std::int64_t>(x))) << "x " << x;
      });
}

TEST(Exp2, EveryWideValueEqualsTheKernels) {
  stream<Vexp_u17>(
      all_exponents(), 5, [](Vexp_u17& m, std::uint64_t x) { m.x_i = static_cast<SData>(x); },
      [](Vexp_u17& m, std::uint64_t x) {
        ASSERT_EQ(m.e_o, fixed::exp_u17(static_cast<std::int64_t>(x))) << "x " << x;
      });
}

/// 1 .. 4096, powers of two and their neighbours, random values of every magnitude below 2^bits.
std::vector<std::uint64_t> magnitudes(int bits) {
  std::vector<std::uint64_t> values;
  for (std::uint64_t v = 1; v <= 4096; ++v) values.push_back(v);
  for (int b = 1; b <= bits; ++b) {
    const std::uint64_t power = std::uint64_t{1} << b;
    values.push_back(power - 1);
    if (b < bits) values.push_back(power);
    if (b < bits) values.push_back(power + 1);
  }
  std::mt19937_64 random(9);
  for (int n = 0; n < 200000; ++n) {
    const int width = 1 + n % bits;
    const std::uint64_t top = std::uint64_t{1} << (width - 1);
    values.push_back(top | (random() & (top - 1)));
  }
  return values;
}

TEST(Recip, AllMagnitudesEqualTheKernels) {
  stream<Vrecip>(
      magnitudes(32), 11, [](Vrecip& m, std::uint64_t v) { m.v_i = static_cast<IData>(v); },
      [](Vrecip& m, std::uint64_t v) {
        const fixed::Reciprocal expected = fixed::recip_mantissa(v);
        ASSERT_EQ(m.y_o, expected.y) << "v " << v;
        ASSERT_EQ(m.exp_o, expected.p) << "v " << v;
      });
}

TEST(Rsqrt, AllMagnitudesEqualTheKernels) {
  stream<Vrsqrt>(
      magnitudes(62), 15, [](Vrsqrt& m, std::uint64_t v) { m.v_i = v; },
      [](Vrsqrt& m, std::uint64_t v) {
        const fixed::InverseRoot expected = fixed::rsqrt_mantissa(v);
        ASSERT_EQ(m.y_o, expected.y) << "v " << v;
        ASSERT_EQ(2 * sign_extend(m.half_o, 6), expected.s) << "v " << v;
      });
}

}  // namespace
}  // namespace edgemoe::rtl
