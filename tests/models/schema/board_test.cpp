// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "models/schema/board_config.hpp"
#include "tests/models/schema/config_fixture.hpp"

namespace edgemoe::models {
namespace {

using tests::changed;
using tests::shipped;

class Board : public tests::ConfigTest<BoardConfig, read_board> {
 protected:
  const std::string valid_ = tests::bytes_of(shipped("constraints/boards/zcu102.yaml"));
};

TEST_F(Board, TheZcu102HasThePublishedFacts) {
  const BoardConfig board = read_board(shipped("constraints/boards/zcu102.yaml"));
  EXPECT_EQ(board.resources.dsp, 2520);
  EXPECT_EQ(board.resources.bram36, 912);
  EXPECT_EQ(board.resources.lut, 274080);
  EXPECT_EQ(board.dram.cl, 15);
  EXPECT_EQ(board.dram.cwl, 14);
  EXPECT_NEAR(board.dram.data_rate_mt_s * board.dram.bus_bits / 8 / 1000, 17.06, 0.01);  // GB/s
  ASSERT_EQ(board.ports.size(), 4U);
  EXPECT_EQ(board.ports[3].name, "HP3");
  EXPECT_EQ(board.dram.efficiency_cap, 1.0);
}

TEST_F(Board, TheMeasuredBoardDiffersInTheCapOnly) {
  const BoardConfig plain = read_board(shipped("constraints/boards/zcu102.yaml"));
  BoardConfig measured = read_board(shipped("constraints/boards/zcu102-measured.yaml"));
  EXPECT_EQ(measured.name, "zcu102-measured");
  EXPECT_EQ(measured.dram.efficiency_cap, 0.75);
  measured.name = plain.name;
  measured.dram.efficiency_cap = 1.0;
  EXPECT_EQ(to_yaml(measured), to_yaml(plain));
}

TEST_F(Board, TheZcu104HasUltraRam) {
  const BoardConfig board = read_board(shipped("constraints/boards/zcu104.yaml"));
  EXPECT_EQ(board.resources.uram, 96);
  EXPECT_EQ(board.resources.dsp, 1728);
  EXPECT_EQ(board.ports.size(), 4U);
  EXPECT_EQ(board.energy.at("dram_activate").value, 3056.0);  // inherited beside a changed source
  EXPECT_HAS(board.energy.at("dram_activate").source, "assumed");
}

TEST_F(Board, EveryCoefficientHasUnitSourceAndUncertainty) {
  for (const char* name : {"zcu102", "zcu102-measured", "zcu104"}) {
    const BoardConfig board =
        read_board(shipped(std::string("constraints/boards/") + name + ".yaml"));
    EXPECT_EQ(board.energy.size(), coefficient_names().size());
    for (const CoefficientName& known : coefficient_names()) {
      const Coefficient& coefficient = board.energy.at(known.name);
      EXPECT_EQ(coefficient.unit, known.unit);
      EXPECT_FALSE(coefficient.source.empty());
      EXPECT_GT(coefficient.uncertainty, 0.0);
      EXPECT_GT(coefficient.value, 0.0);
    }
  }
}

TEST_F(Board, YamlRoundTripKeepsEveryField) {
  const BoardConfig board = read_board(shipped("constraints/boards/zcu104.yaml"));
  EXPECT_EQ(to_yaml(load(to_yaml(board))), to_yaml(board));
  EXPECT_EQ(config_hash(load(to_yaml(board))), config_hash(board));
}

TEST_F(Board, TheHashSeesACoefficient) {
  EXPECT_NE(config_hash(load(valid_, {{"energy.ps.value", "2.6"}})), config_hash(load(valid_)));
}

TEST_F(Board, ACoefficientWithoutUnitOrSourceIsAnError) {
  EXPECT_HAS(error(changed(valid_, "    unit: pJ\n", "")),
             "energy.mac_w8a8.unit: expected this key (must be pJ), got nothing");
  EXPECT_HAS(error(valid_, {{"energy.ps.source", "''"}}),
             "energy.ps.source: expected a text of 1..400 characters, got \"\"");
  EXPECT_HAS(error(valid_, {{"energy.ps", "{value: 1, unit: W, source: x}"}}),
             "energy.ps.uncertainty: expected this key (relative; 0.5 = +-50 %), got nothing");
}

TEST_F(Board, CoefficientsOfOtherPrecisionsMayBeAbsent) {
  const std::string text = to_yaml(load(valid_));
  const std::size_t begin = text.find("  mac_w16a16:");
  const BoardConfig board =
      load(std::string(text).erase(begin, text.find("  mac_w16a32:") - begin));
  EXPECT_EQ(board.energy.count("mac_w16a16"), 0U);
  EXPECT_EQ(board.energy.size() + 1, coefficient_names().size());
  EXPECT_EQ(to_yaml(load(to_yaml(board))), to_yaml(board));
}

TEST_F(Board, ACoefficientInAnotherUnitIsAnError) {
  EXPECT_EQ(error(valid_, {{"energy.dram_burst.unit", "pJ"}}),
            "--set board.energy.dram_burst.unit: error: energy.dram_burst.unit: expected unit "
            "pJ/bit, got \"pJ\"");
}

TEST_F(Board, AnUnknownOrMissingCoefficientIsAnError) {
  EXPECT_HAS(error(changed(valid_, "  mac_w8a8:", "  mac_w8a9:")),
             "energy.\"mac_w8a9\": expected a known key");
  EXPECT_HAS(error(changed(valid_, "  mac_w8a8:", "  mac_w8a9:")),
             "energy.mac_w8a8: expected this key (one int8 multiply-accumulate), got nothing");
}

TEST_F(Board, NegativeOrInfiniteEnergiesAreRefused) {
  EXPECT_HAS(error(valid_, {{"energy.ps.value", "-1"}}),
             "energy.ps.value: expected a number in 0..1e+09, got -1");
  EXPECT_HAS(error(valid_, {{"energy.ps.value", ".inf"}}), "got \".inf\"");
}

TEST_F(Board, NegativeTimesAreRefused) {
  EXPECT_HAS(error(valid_, {{"dram.trfc", "-278"}}), "dram.trfc: expected an integer in 1..65535");
  EXPECT_HAS(error(valid_, {{"dram.trefi", "0"}}), "dram.trefi: expected an integer in 1..65535");
  EXPECT_HAS(error(valid_, {{"energy.ps.uncertainty", "-0.1"}}),
             "energy.ps.uncertainty: expected a number in 0..10");
}

TEST_F(Board, TheEfficiencyCapIsAboveZeroAndAtMostOne) {
  for (const char* cap : {"0", "1.01", "-0.5"}) {
    EXPECT_HAS(error(valid_, {{"dram.efficiency_cap", cap}}),
               "dram.efficiency_cap: expected a number above 0, up to 1, got ");
  }
  EXPECT_EQ(error(valid_, {{"dram.efficiency_cap", "0.001"}}), "(no error)");
}

TEST_F(Board, LongerTimingConstraintsAreNotShorterThanTheOthers) {
  const auto with = [&](const char* key, const char* value) {
    return error(valid_, {{std::string("dram.") + key, value}});
  };
  EXPECT_HAS(with("tras", "14"), "dram.tras: expected at least 15 (dram.trcd), got 14");
  EXPECT_HAS(with("trrd_l", "3"), "dram.trrd_l: expected at least 4 (dram.trrd_s), got 3");
  EXPECT_HAS(with("tfaw", "3"), "dram.tfaw: expected at least 4 (dram.trrd_s), got 3");
  EXPECT_HAS(with("tccd_l", "3"), "dram.tccd_l: expected at least 4 (dram.tccd_s), got 3");
  EXPECT_HAS(with("twtr_l", "2"), "dram.twtr_l: expected at least 3 (dram.twtr_s), got 2");
  EXPECT_HAS(with("trefi", "278"), "dram.trefi: expected more than 278 (dram.trfc), got 278");
}

TEST_F(Board, RowsHoldWholeBurstsAndTheMemoryWholeRows) {
  EXPECT_HAS(error(valid_, {{"dram.row_bytes", "64"}, {"dram.bus_bits", "128"}}),
             "dram.row_bytes: expected a multiple of one burst, 128 bytes, got 64");
  EXPECT_HAS(error(valid_, {{"dram.size_bytes", "4294967297"}}),
             "dram.size_bytes: expected a multiple of one row in every bank, 131072 bytes, got "
             "4294967297");
}

TEST_F(Board, PortNamesAreUnique) {
  EXPECT_HAS(error(changed(valid_, "name: HP3", "name: HP0")),
             "ports[3].name: expected each port name once, got \"HP0\" again");
}

TEST_F(Board, AnInheritedFileMustExistAndNotInheritItself) {
  EXPECT_HAS(error("inherit: none\nname: x\n"),
             "none.yaml: error: file: expected a YAML file, got No such file");
  EXPECT_HAS(error("inherit: ../zcu102\n"), "inherit: expected a name");
  folder_.write("loop.yaml", "inherit: loop\n");
  EXPECT_EQ(error("inherit: loop\n"),
            "loop.yaml:1:1: error: inherit: expected at most 4 levels, got more, or a circle");
}

TEST_F(Board, ErrorsNameTheFileThatHoldsThem) {
  folder_.write("base.yaml", changed(valid_, "dsp: 2520", "dsp: many"));
  const std::string message = error("inherit: base\nname: x\ndram: {cl: fast}\n");
  EXPECT_HAS(
      message,
      "base.yaml:9:8: error: resources.dsp: expected an integer in 0..100000000, got \"many\"");
  EXPECT_HAS(message, "FILE:3:12: error: dram.cl: expected an integer in 1..65535, got \"fast\"");
}

TEST_F(Board, InheritedListsAreReplacedAndNotMerged) {
  folder_.write("base.yaml", valid_);
  const BoardConfig board = load(
      "inherit: base\nports: [{name: A, width_bits: 64, latency_cycles: 1, max_burst_beats: 8}]\n");
  ASSERT_EQ(board.ports.size(), 1U);
  EXPECT_EQ(board.ports[0].name, "A");
  EXPECT_EQ(board.name, "zcu102");
}

}  // namespace
}  // namespace edgemoe::models
