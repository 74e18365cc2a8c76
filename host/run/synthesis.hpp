// SPDX-License-Identifier: Apache-2.0
/// synthesise: the RTL of a design through Yosys for UltraScale+, module by module, and the cells
/// of the hierarchy.
///
/// What it is: an estimate after synthesis. Not placed, not routed, no timing; LUTs are not packed.
/// Files:      FOLDER/synth-HASH.stat keeps the statistics of these parameters and sources, so that
///             a second call takes no time; synth.log is the tool's output.
/// Errors:     models::ConfigError for designs that the RTL has no hardware for, and when Yosys is
///             missing or fails (with the end of its log).
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "host/run/cell_statistics.hpp"
#include "models/schema/design_config.hpp"

namespace edgemoe::host {

struct SynthesisOptions {
  std::filesystem::path repository;  ///< with rtl/
  std::filesystem::path folder;      ///< of kept statistics
  std::string top = "edgemoe_accelerator";  ///< another module: with its own default parameters
  std::function<void(const std::string&)> note;
};

ModuleCells synthesise(const models::DesignConfig& design, const SynthesisOptions& options);

}  // namespace edgemoe::host
