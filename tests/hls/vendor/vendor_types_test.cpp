// SPDX-License-Identifier: Apache-2.0
// The vendor build really computes with the vendor's types: what each layer holds is one of them.
#include <ap_fixed.h>
#include <ap_int.h>
#include <gtest/gtest.h>

#include <type_traits>

#include "hls/fixed/reciprocal.hpp"
#include "hls/fixed/rounding.hpp"
#include "hls/fixed/saturation.hpp"
#include "hls/kernels/requantiser.hpp"
#include "hls/support/memory.hpp"
#include "hls/support/stream.hpp"

namespace edgemoe::hls {
namespace {

using Tokens = TokenMemory<W8A8, BoardLimits>;

template <typename Buffer>
using ElementOf = typename std::remove_all_extents<Buffer>::type;

template <typename T, typename U>
constexpr bool same() {
  return std::is_same<T, U>::value;
}

TEST(VendorTypes, AreWhatBuffersHold) {
  static_assert(kVendorTypes, "this test belongs to a vendor build");
  EXPECT_TRUE((same<ElementOf<decltype(Tokens::residual)>, ap_int<24>>()));
  EXPECT_TRUE((same<ElementOf<decltype(Tokens::norm_out)>, ap_int<8>>()));
  EXPECT_TRUE((same<ElementOf<decltype(Tokens::hidden)>, ap_uint<8>>()));
  EXPECT_TRUE((same<ElementOf<decltype(Tokens::norm_scale)>, ap_uint<17>>()));
  EXPECT_TRUE((same<decltype(QueueEntry::score), ap_uint<17>>()));
  EXPECT_TRUE((same<ElementOf<decltype(AccumulatorTile::value)>, ap_int<32>>()));
  EXPECT_TRUE((same<MemoryPort, ap_uint<32>*>()));
}

TEST(VendorTypes, AreWhatArithmeticReturns) {
  Counters counters;
  EXPECT_TRUE((same<decltype(fixed::round_half_up(1, 1)), ap_int<64>>()));
  EXPECT_TRUE((same<decltype(fixed::saturate<27>(1)), ap_int<27>>()));
  EXPECT_TRUE((same<decltype(fixed::Reciprocal::y), ap_int<22>>()));
  EXPECT_TRUE((same<decltype(to_signed<W8A8>(1, counters)), ap_int<8>>()));
}

TEST(VendorTypes, DropWhatTheirWidthDoesNotHold) {
  Value<27> u = (1 << 26) - 1;
  u += 1;
  EXPECT_EQ(u, -(1 << 26)) << "a wrong width would show";
}

/// Streams carry any type; the vendor's own gives a default value where ours throws.
TEST(VendorTypes, StreamsOfVendorWordsThrowWhenEmpty) {
  Stream<Word, 2> words("words");
  words.write(Word(7));
  EXPECT_EQ(words.read(), 7);
  EXPECT_THROW(words.read(), StreamError);
}

}  // namespace
}  // namespace edgemoe::hls
