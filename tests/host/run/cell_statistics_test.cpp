// SPDX-License-Identifier: Apache-2.0
// Cells are added up over the instances of a hierarchy, instances of one module with different
// parameters count as one line, and memories count as the LUTs or blocks that they take.
#include <gtest/gtest.h>

#include "host/run/cell_statistics.hpp"

namespace edgemoe::host {
namespace {

const char* const kText = R"(
3. Printing statistics.

=== $paramod$1f\leaf ===

   Number of wires:                 10
   Number of cells:                  7
     DSP48E2                         1
     FDRE                            4
     INV                             5
     CARRY4                          1
     MUXF7                           1
     LUT3                            2

=== $paramod\leaf\Width=32'00000000000000000000000000000100 ===

   Number of cells:                  3
     LUT6                            3

=== memory ===

   Number of cells:                  5
     RAMB18E2                        3
     RAMB36E2                        1
     RAM64M8                         1

=== top ===

   Number of cells:                  8
     $paramod$1f\leaf                3
     $paramod\leaf\Width=32'00000000000000000000000000000100      1
     memory                          2
     FDCE                            1
     SRL16E                          1

=== design hierarchy ===

   top                               1
     memory                          2

   Number of cells:                 99
     LUT6                           99
)";

TEST(CellStatistics, AddUpOverInstances) {
  const ModuleCells top = read_cell_statistics(kText, "top");
  EXPECT_EQ(top.module, "top");
  EXPECT_EQ(top.cells.dsp, 3);
  EXPECT_EQ(top.cells.lut, 3 * 2 + 3);
  EXPECT_EQ(top.cells.ff, 3 * 4 + 1);
  EXPECT_EQ(top.cells.bram36, 2 * 2.5);
  EXPECT_EQ(top.cells.lut_memory, 2 * 8 + 1);
  EXPECT_EQ(top.cells.uram, 0);
}

TEST(CellStatistics, InstancesOfAModuleAreOneLineWhateverTheirParameters) {
  const ModuleCells top = read_cell_statistics(kText, "top");
  ASSERT_EQ(top.children.size(), 2u);
  const ModuleCells& leaf = top.children[0].module == "leaf" ? top.children[0] : top.children[1];
  EXPECT_EQ(leaf.module, "leaf");
  EXPECT_EQ(leaf.instances, 4);
  EXPECT_EQ(leaf.cells.lut, 9);
}

TEST(CellStatistics, OwnCellsAreThoseOfNoModuleBelow) {
  const ModuleCells top = read_cell_statistics(kText, "top");
  EXPECT_EQ(top.own.luts(), 1);
  EXPECT_EQ(top.own.ff, 1);
  EXPECT_EQ(top.own.dsp, 0);
  EXPECT_EQ(top.children[0].own.luts(), top.children[0].cells.luts());
}

TEST(CellStatistics, MemoriesInLutsCountAsTheDeviceCountsThem) {
  const auto luts = [](const std::string& type) {
    return read_cell_statistics(
               "=== top ===\n   Number of cells: 1\n     " + type + "   3\n", "top")
        .cells.lut_memory;
  };
  EXPECT_EQ(luts("RAM32M16"), 24);
  EXPECT_EQ(luts("RAM64M8"), 24);
  EXPECT_EQ(luts("RAM128X1D"), 12);
  EXPECT_EQ(luts("RAM64M"), 12);
  EXPECT_EQ(luts("SRLC32E"), 3);
  EXPECT_EQ(luts("INV"), 0);
}

TEST(CellStatistics, GrandchildrenAreMultipliedByBothCounts) {
  const ModuleCells top = read_cell_statistics(
      "=== low ===\n   Number of cells: 1\n     LUT2   1\n"
      "=== $paramod$1\\mid ===\n   Number of cells: 1\n     low  2\n"
      "=== $paramod$2\\mid ===\n   Number of cells: 1\n     low  5\n     LUT6  1\n"
      "=== top ===\n   Number of cells: 1\n     $paramod$1\\mid  3\n     $paramod$2\\mid  1\n",
      "top");
  ASSERT_EQ(top.children.size(), 1u);
  EXPECT_EQ(top.children[0].instances, 4);
  EXPECT_EQ(top.children[0].own.lut, 1);
  ASSERT_EQ(top.children[0].children.size(), 1u);
  EXPECT_EQ(top.children[0].children[0].instances, 3 * 2 + 5);
  EXPECT_EQ(top.cells.lut, 3 * 2 + 5 + 1);
}

TEST(CellStatistics, ATextWithoutTheModuleIsAnError) {
  EXPECT_THROW(read_cell_statistics(kText, "other"), std::runtime_error);
  EXPECT_THROW(read_cell_statistics("", "top"), std::runtime_error);
}

}  // namespace
}  // namespace edgemoe::host
