// SPDX-License-Identifier: Apache-2.0
// The function that is synthesised gives what run_program gives, within its smaller limits.
#include <gtest/gtest.h>

#include "hls/kernels/limits.hpp"
#include "hls/program/encoding.hpp"
#include "hls/top/accelerator.hpp"
#include "hls/top/edgemoe_top.hpp"
#include "tests/hls/kernels/fixture.hpp"
#include "tests/hls/top/network.hpp"

namespace edgemoe::hls {
namespace {

using testing::make_network;
using testing::NetworkShape;

TEST(EdgemoeTop, GivesTheBitsAndCountersOfRunProgram) {
  for (std::uint64_t seed : {1, 2}) {  // twice: nothing of one run may reach the next
    NetworkShape shape;
    shape.seed = seed;
    shape.dim = 48;
    shape.heads = 3;
    std::vector<std::uint8_t> simulated = make_network(shape).builder.finish();
    std::vector<Word> board = testing::to_words(simulated);
    const RunStatus status = run_program(simulated.data(), simulated.size(), {});
    StatusRegisters registers = {};
    edgemoe_top(board.data(), simulated.size(), &registers);
    EXPECT_EQ(registers.error, 0u);
    EXPECT_EQ(board, testing::to_words(simulated));
    EXPECT_EQ(registers.macs, status.macs);
    EXPECT_EQ(registers.int8_saturations, status.int8_saturations);
    EXPECT_EQ(registers.accumulator_saturations, status.accumulator_saturations);
    EXPECT_EQ(registers.residual_saturations, status.residual_saturations);
  }
}

TEST(EdgemoeTop, RefusesWhatItsBuffersCannotHold) {
  NetworkShape shape;
  shape.dim = BoardLimits::kDim + 16;
  std::vector<Word> image = testing::to_words(make_network(shape).builder.finish());
  StatusRegisters registers = {};
  edgemoe_top(image.data(), 4 * image.size(), &registers);
  EXPECT_EQ(registers.error, static_cast<std::uint32_t>(RunError::kBadShape));
  EXPECT_EQ(registers.failed_command, 1u) << "the position table is the first that does not fit";
}

TEST(EdgemoeTop, RefusesOtherPrecisionsThanItsOwn) {
  for (const auto precision : {program::Precision::kW16A16, program::Precision::kW16A32}) {
    std::vector<std::uint8_t> bytes = make_network(NetworkShape()).builder.finish();
    program::ImageHeader header;
    ASSERT_TRUE(program::decode_header(bytes.data(), header));
    header.precision = precision;
    program::encode_header(header, bytes.data());
    std::vector<Word> image = testing::to_words(bytes);
    StatusRegisters registers = {};
    edgemoe_top(image.data(), bytes.size(), &registers);
    EXPECT_EQ(registers.error, static_cast<std::uint32_t>(RunError::kBadPrecision));
  }
}

}  // namespace
}  // namespace edgemoe::hls
