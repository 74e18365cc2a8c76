// SPDX-License-Identifier: Apache-2.0
/// Reads what Yosys's `stat` prints for a hierarchy of modules, and adds it up over the instances.
///
/// Counted: DSP48E2; LUT1..LUT6 as one LUT each; shift registers and distributed RAM as the LUTs
///          that they occupy (RAM64M8 and RAM32M16: 8); every FD* as a flip-flop; RAMB36E2 as one
///          block RAM, RAMB18E2 as half of one; URAM288. Not counted: INV, which goes into the
///          function behind it; carry chains and MUXF, which have places of their own.
/// More than the device will take, since Yosys
///          - gives two small functions two LUTs where one LUT6 with two outputs holds both,
///          - puts LUT1 (a wire, an inverter) in front of carry chains,
///          - keeps constants and unused outputs at the borders of modules,
///          - infers no register inside DSP48E2 or RAMB36E2 but for primitives that the RTL names.
/// Errors:  std::runtime_error for a text without the top module.
#pragma once

#include <string>
#include <vector>

namespace edgemoe::host {

struct CellCounts {
  double dsp = 0, lut = 0, lut_memory = 0, ff = 0, bram36 = 0, uram = 0;
  double luts() const { return lut + lut_memory; }  ///< as a board counts them
  CellCounts& operator+=(const CellCounts& other);
  CellCounts scaled(double factor) const;
};

/// A module under its parent: all instances together.
struct ModuleCells {
  std::string module;  ///< without its parameters
  int instances = 0;
  CellCounts own;    ///< without the modules below
  CellCounts cells;  ///< with everything below
  std::vector<ModuleCells> children;
};

ModuleCells read_cell_statistics(const std::string& text, const std::string& top);

}  // namespace edgemoe::host
