// SPDX-License-Identifier: Apache-2.0
/// synthesise: the RTL through Yosys for UltraScale+, module by module, and the cells of the
/// hierarchy.
///
/// How:        the design is elaborated once; each distinct module (a module with its parameters)
///             is synthesised by a process of its own, with its children as black boxes, as many
///             at once as the machine has cores, largest first. The whole in one process does not
///             come back in half an hour; a module takes seconds.
/// What it is: an estimate after synthesis. Not placed, not routed, no timing; LUTs are not packed.
///             Nothing is optimised across the borders of modules.
/// Files:      FOLDER/synth/elaborated-HASH.il of these sources and parameters; HASH.stat of a
///             module, HASH over what it is (rtlil_modules.hpp): a change of the RTL costs the
///             modules that it changes, a call without changes no time. An interrupted call keeps
///             what was finished. HASH.log: what the tool says of a module that fails.
/// Errors:     models::ConfigError for designs that the RTL has no hardware for, an unknown module,
///             and when Yosys is missing or fails (with the end of its log).
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "host/run/cell_statistics.hpp"
#include "models/schema/design_config.hpp"

namespace edgemoe::host {

struct SynthesisOptions {
  std::filesystem::path repository;         ///< with rtl/
  std::filesystem::path folder;             ///< of what is kept
  std::string top = "edgemoe_accelerator";  ///< another module: with its own default parameters
  std::vector<std::pair<std::string, int>> parameters;  ///< of the top
  std::size_t processes = 0;                            ///< at once; 0: one a core
  /// Called before each module that is not kept yet, by one thread at a time.
  std::function<void(std::size_t done, std::size_t total, const std::string& module)> progress;
};

/// Parameters of the accelerator for a design, with the array as DSP primitives.
std::vector<std::pair<std::string, int>> synthesis_parameters(const models::DesignConfig& design);

/// Cells of `top` and of everything below it.
ModuleCells synthesise(const SynthesisOptions& options);

}  // namespace edgemoe::host
