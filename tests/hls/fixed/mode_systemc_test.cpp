// SPDX-License-Identifier: Apache-2.0
// mode_model.hpp against an implementation that is not ours: the fixed-point types of SystemC (IEEE
// 1666, 7.10.9), which have the same modes under names that begin with SC_.
#define SC_INCLUDE_FX
#include <gtest/gtest.h>

#include <cmath>
#include <systemc>

#include "tests/hls/fixed/mode_model.hpp"

namespace edgemoe::testing::modes {
namespace {

constexpr int kSourceBits = 10;

/// x * 2^-fraction, assigned to `bits` integer bits with these modes.
long in_systemc(int x, int fraction, int bits, sc_dt::sc_q_mode quantisation,
                sc_dt::sc_o_mode overflow) {
  sc_dt::sc_fix source(64, 64 - fraction);
  source = std::ldexp(x, -fraction);
  const sc_dt::sc_fix target(source, bits, bits, quantisation, overflow);
  return static_cast<long>(target.to_double());
}

void expect_same(int x, int fraction, int bits) {
  const Wide nearest = ap_rnd(x, fraction);
  const Wide floor = ap_trn(x, fraction);
  const auto number = [](Wide value) { return static_cast<long>(value); };
  using namespace sc_dt;
  ASSERT_EQ(in_systemc(x, fraction, bits, SC_RND, SC_SAT), number(ap_sat(nearest, bits)));
  ASSERT_EQ(in_systemc(x, fraction, bits, SC_TRN, SC_SAT), number(ap_sat(floor, bits)));
  ASSERT_EQ(in_systemc(x, fraction, bits, SC_RND, SC_SAT_SYM), number(ap_sat_sym(nearest, bits)));
  ASSERT_EQ(in_systemc(x, fraction, bits, SC_TRN, SC_WRAP), number(ap_wrap(floor, bits)));
}

TEST(ModeModel, EqualsSystemcForEvery10BitValueAndShift) {
  for (int fraction : {0, 1, 2, 5}) {
    for (int bits : {2, 4, 7}) {
      for (int x = -(1 << (kSourceBits - 1)); x < 1 << (kSourceBits - 1); ++x) {
        expect_same(x, fraction, bits);
        if (HasFatalFailure()) FAIL() << x << " * 2^-" << fraction << " in " << bits;
      }
    }
  }
}

}  // namespace
}  // namespace edgemoe::testing::modes

/// The library's own main, which is not used, asks for it.
int sc_main(int, char**) { return 0; }
