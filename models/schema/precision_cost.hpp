// SPDX-License-Identifier: Apache-2.0
/// What a precision costs an accelerator: passes of the multiply array, bytes, bits. The one table
/// of cycle engine, closed forms, resources and energy.
///
/// Array:  its DSP slices stay, its throughput follows. A DSP48E2 (27 x 18 bit) makes two int8
///         products a cycle or one of 16 x 16 bit; 16 x 32 bit takes two slices, and the products
///         of two 32-bit features in attention four. So in_lanes products a cycle become in_lanes /
///         passes.
#pragma once

#include "models/schema/design_config.hpp"

namespace edgemoe::models {

struct PrecisionCost {
  int linear_passes;     ///< cycles for what int8 does in one: weights times activations
  int attention_passes;  ///< activations times activations
  int weight_bytes;
  int activation_bytes;  ///< z, Q, K, V, attention output, hidden
  int residual_bits;
  int score_bits;
  int exponential_bits;
  int gate_digits;  ///< weight digits, and planes of the gate's input
};

constexpr PrecisionCost cost_of(Precision precision) {
  return precision == Precision::kW8A8     ? PrecisionCost{1, 1, 1, 1, 24, 22, 8, 2}
         : precision == Precision::kW16A16 ? PrecisionCost{2, 2, 2, 2, 24, 38, 16, 1}
                                           : PrecisionCost{4, 8, 2, 4, 32, 32, 32, 1};
}

}  // namespace edgemoe::models
