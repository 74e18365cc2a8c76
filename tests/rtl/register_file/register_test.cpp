// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <vector>

#include "Vregisters.h"
#include "hls/program/image.hpp"
#include "rtl/register_file/registers.hpp"
#include "tests/support/dut_driver.hpp"

namespace edgemoe::test {
namespace {

struct Answer {
  std::uint32_t data = 0;
  int response = 0;
};

/// AXI4-Lite master whose channels stall at random.
class Bus {
 public:
  explicit Bus(Dut<Vregisters>& dut) : dut_(dut) {}

  int write(std::uint32_t address, std::uint32_t data, unsigned strobes = 0xf) {
    bool address_there = false, data_there = false;
    for (bool taken = false; !taken;) {
      address_there = address_there || random_() % 2 == 0;
      data_there = data_there || random_() % 2 == 0;
      dut_->s_axil_awvalid_i = address_there;
      dut_->s_axil_wvalid_i = data_there;
      dut_->s_axil_awaddr_i = static_cast<std::uint16_t>(address);
      dut_->s_axil_wdata_i = data;
      dut_->s_axil_wstrb_i = static_cast<std::uint8_t>(strobes);
      dut_.settle();
      taken = dut_->s_axil_awready_o;
      EXPECT_EQ(dut_->s_axil_wready_o, dut_->s_axil_awready_o);
      dut_.tick();
    }
    dut_->s_axil_awvalid_i = 0;
    dut_->s_axil_wvalid_i = 0;
    for (;;) {
      dut_->s_axil_bready_i = random_() % 2;
      dut_.settle();
      const bool done = dut_->s_axil_bvalid_o && dut_->s_axil_bready_i;
      const int response = dut_->s_axil_bresp_o;
      dut_.tick();
      if (done) return response;
    }
  }

  Answer read(std::uint32_t address) {
    dut_->s_axil_araddr_i = static_cast<std::uint16_t>(address);
    dut_->s_axil_arvalid_i = 1;
    for (bool taken = false; !taken; dut_.tick()) {
      dut_.settle();
      taken = dut_->s_axil_arready_o;
    }
    dut_->s_axil_arvalid_i = 0;
    for (;;) {
      dut_->s_axil_rready_i = random_() % 2;
      dut_.settle();
      const bool done = dut_->s_axil_rvalid_o && dut_->s_axil_rready_i;
      const Answer answer{dut_->s_axil_rdata_o, dut_->s_axil_rresp_o};
      dut_.tick();
      if (done) return answer;
    }
  }

  std::uint32_t value(std::uint32_t address) {
    const Answer answer = read(address);
    EXPECT_EQ(answer.response, 0) << address;
    return answer.data;
  }

 private:
  Dut<Vregisters>& dut_;
  std::mt19937 random_{11};
};

class RegisterFile : public ::testing::Test {
 protected:
  RegisterFile() { dut_.reset(); }
  Dut<Vregisters> dut_{"registers"};
  Bus bus_{dut_};
};

TEST_F(RegisterFile, TellsWhatItBelongsTo) {
  EXPECT_EQ(bus_.value(rtl::kIdentity), program::kImageMagic);
  EXPECT_EQ(bus_.value(rtl::kVersion), rtl::kRegisterMapVersion << 16 | program::kImageVersion);
  EXPECT_EQ(bus_.value(rtl::kShape), 16u << 24 | 8u << 16 | 8u << 8 | 3u);
  EXPECT_EQ(bus_.value(rtl::kRows), 2u << 16 | 136u);
  EXPECT_EQ(bus_.value(rtl::kDims), 768u << 16 | 192u);
  EXPECT_EQ(bus_.value(rtl::kRing), 6144u);
  EXPECT_EQ(bus_.value(rtl::kStatus), 0u);
}

TEST_F(RegisterFile, KeepsTheImageAddressByBytes) {
  EXPECT_EQ(bus_.write(rtl::kImageLow, 0x12345678), 0);
  EXPECT_EQ(bus_.write(rtl::kImageHigh, 0xdeadbeef), 0);
  EXPECT_EQ(bus_.value(rtl::kImageHigh), 0xbeefu) << "48 bits";
  EXPECT_EQ(bus_.write(rtl::kImageLow, 0xaabbccdd, 0b0110), 0);
  EXPECT_EQ(bus_.value(rtl::kImageLow), 0x12bbcc78u);
  EXPECT_EQ(dut_->image_row_o, 0xbeef12bbccu);
}

TEST_F(RegisterFile, RefusesAddressesWithoutARegister) {
  for (std::uint32_t address : {0x030u, 0x03cu, 0x058u, 0x100u, 0xffcu}) {
    EXPECT_EQ(bus_.read(address).response, 2) << address;
    EXPECT_EQ(bus_.write(address, 1), 2) << address;
  }
  EXPECT_EQ(bus_.write(rtl::kStatus, 7), 0) << "read-only: ignored";
  EXPECT_EQ(bus_.value(rtl::kStatus), 0u);
}

/// Starts and goes to the doorbell; the cycles that the core was in reset.
int start(Dut<Vregisters>& dut, Bus& bus) {
  EXPECT_EQ(bus.write(rtl::kControl, rtl::kControlStart), 0);
  int in_reset = 0;
  for (int i = 0; i < 20; ++i) {
    dut.settle();
    if (dut->start_o) return in_reset;
    in_reset += !dut->core_rst_no;
    dut.tick();
  }
  ADD_FAILURE() << "no doorbell";
  return 0;
}

TEST_F(RegisterFile, CountsCyclesFromTheDoorbellToTheEnd) {
  for (int run = 0; run < 2; ++run) {
    // Its first cycle of reset is over when the write is answered.
    EXPECT_LE(start(dut_, bus_), 3);
    EXPECT_EQ(dut_->core_rst_no, 1);
    for (int cycle = 0; cycle < 100; ++cycle) {
      dut_->done_i = cycle >= 77;  // END was executed in cycle 76
      dut_.tick();
    }
    EXPECT_EQ(bus_.value(rtl::kStatus), rtl::kStatusDone);
    EXPECT_EQ(bus_.value(rtl::kCyclesLow), 77u);
    EXPECT_EQ(bus_.value(rtl::kCyclesHigh), 0u);
    dut_->done_i = 0;
  }
}

TEST_F(RegisterFile, IgnoresAStartWhileBusy) {
  start(dut_, bus_);
  dut_.tick();
  EXPECT_EQ(bus_.value(rtl::kStatus), rtl::kStatusBusy);
  EXPECT_EQ(bus_.write(rtl::kControl, rtl::kControlStart), 0);
  for (int i = 0; i < 20; ++i) {
    dut_.settle();
    EXPECT_FALSE(dut_->start_o);
    EXPECT_TRUE(dut_->core_rst_no);
    dut_.tick();
  }
}

TEST_F(RegisterFile, AnErrorStaysAndBlocksTheNextStart) {
  for (std::uint32_t cause : {rtl::kErrorProgram, rtl::kErrorRead, rtl::kErrorWrite}) {
    dut_.reset();
    start(dut_, bus_);
    dut_.tick();
    dut_->error_i = static_cast<std::uint8_t>(cause);
    dut_.tick();
    dut_->error_i = 0;
    EXPECT_EQ(bus_.value(rtl::kStatus), rtl::kStatusError);
    EXPECT_EQ(bus_.value(rtl::kError), cause);
    EXPECT_EQ(bus_.write(rtl::kControl, rtl::kControlStart), 0);
    EXPECT_EQ(bus_.value(rtl::kStatus), rtl::kStatusError);
  }
}

TEST_F(RegisterFile, InterruptsWhenEnabledAndDone) {
  start(dut_, bus_);
  dut_.tick();
  dut_->done_i = 1;
  dut_.tick();
  dut_->done_i = 0;
  dut_.settle();
  EXPECT_EQ(dut_->irq_o, 0);
  EXPECT_EQ(bus_.write(rtl::kInterruptEnable, 1), 0);
  EXPECT_EQ(bus_.value(rtl::kInterruptEnable), 1u);
  EXPECT_EQ(dut_->irq_o, 1);
  start(dut_, bus_);
  EXPECT_EQ(dut_->irq_o, 0) << "a start takes the reason away";
}

TEST_F(RegisterFile, ShowsTheCoresCounts) {
  dut_->commands_i = 1000;
  dut_->sat_residual_i = 0x80000001;
  dut_->sat_accumulator_i = 0x7fffffff;
  dut_->sat_int8_i = 5;
  EXPECT_EQ(bus_.value(rtl::kCommands), 1000u);
  EXPECT_EQ(bus_.value(rtl::kSatResidual), 0x80000001u);
  EXPECT_EQ(bus_.value(rtl::kSatAccumulator), 0x7fffffffu);
  EXPECT_EQ(bus_.value(rtl::kSatInt8), 5u);
}

}  // namespace
}  // namespace edgemoe::test
