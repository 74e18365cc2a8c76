// SPDX-License-Identifier: Apache-2.0
/// The kernels' integer softmax and GELU on float values: what these functions alone change. Not
/// for use outside this folder.
///
/// Inputs are brought to the format in which the kernels call the function, results back to float;
/// what the kernels round around the call is not part of it.
#pragma once

#include <cstddef>

#include "hls/program/image.hpp"

namespace edgemoe::host {

/// One row of scores (already divided by the root of the head's size) to weights that sum to 1 as
/// exactly as the kernels' do.
void integer_softmax(program::Precision precision, float* scores, std::size_t count);

void integer_gelu(program::Precision precision, float* x, std::size_t count);

}  // namespace edgemoe::host
