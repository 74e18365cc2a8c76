// SPDX-License-Identifier: Apache-2.0
/// From a design to the Verilog parameters of the accelerator, and what the RTL does not have.
#pragma once

#include "host/compiler/lowered.hpp"
#include "models/schema/design_config.hpp"
#include "models/schema/model_config.hpp"
#include "rtl/harness/model_library.hpp"

namespace edgemoe::host {

constexpr int kRtlSegments = 2;  ///< tasks of a frame that the RTL's buffers hold

/// Rows of one segment: the design's token rows, shared out evenly, in whole groups.
int rtl_segment_rows(const models::DesignConfig& design);

/// Throws models::ConfigError with every key of the design that the RTL has no hardware for.
rtl::ModelParameters rtl_parameters(const models::DesignConfig& design);

/// Throws models::ConfigError with everything in the model or its program that the RTL of this
/// design cannot execute.
void check_rtl_program(const models::ModelConfig& model, const models::DesignConfig& design,
                       const LoweredProgram& program);

}  // namespace edgemoe::host
