// SPDX-License-Identifier: Apache-2.0
/// What a design takes of an FPGA: DSP and memory blocks by formula, before any synthesis.
///
/// Source: shared design notes, "m3: microarchitecture notes", section 3: BRAM36 = 512 x 72 bit,
/// UltraRAM =
///         4096 x 72 bit, counted from the width that a buffer needs per cycle and its depth.
///         Estimates: no LUT, no routing, no half blocks. Pixels share the hidden buffer, the
///         position table the residual's: both are dead before the other is born. Not so in a
///         stream of frames (buffers.own_inputs).
#pragma once

#include <string>
#include <vector>

#include "models/schema/board_config.hpp"
#include "models/schema/design_config.hpp"

namespace edgemoe::host {

struct ResourceItem {
  std::string name;
  int dsp = 0;
  int bram36 = 0;
  int uram = 0;
};

struct Resources {
  std::vector<ResourceItem> items;
  ResourceItem total() const;
};

Resources estimate_resources(const models::DesignConfig& design);

/// Throws ConfigError naming each resource that the design needs more of than the board has.
void check_board(const models::DesignConfig& design, const models::BoardConfig& board);

}  // namespace edgemoe::host
