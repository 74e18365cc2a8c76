// SPDX-License-Identifier: Apache-2.0
/// Reads what Yosys's `stat` prints for a hierarchy of modules, and adds it up over the instances.
///
/// Counted: DSP48E2; LUT1..LUT6 and INV as one LUT each; shift registers and distributed RAM as the
///          LUTs that they occupy; every FD* as a flip-flop; RAMB36E2 as one block RAM, RAMB18E2 as
///          half of one; URAM288. Two small LUTs that share one LUT6 later count twice here: an
///          overestimate, as is every figure before place and route.
/// Errors:  std::runtime_error for a text without the top module.
#pragma once

#include <string>
#include <vector>

namespace edgemoe::host {

struct CellCounts {
  double dsp = 0, lut = 0, lut_memory = 0, ff = 0, bram36 = 0, uram = 0;
  CellCounts& operator+=(const CellCounts& other);
  CellCounts scaled(double factor) const;
};

/// A module under its parent: all instances together.
struct ModuleCells {
  std::string module;  ///< without its parameters
  int instances = 0;
  CellCounts cells;  ///< with everything below
  std::vector<ModuleCells> children;
};

ModuleCells read_cell_statistics(const std::string& text, const std::string& top);

}  // namespace edgemoe::host
