// SPDX-License-Identifier: Apache-2.0
/// The network once more, in double precision and with plain loops over the tensors' names, to
/// check the reference against. Shares no code with it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "models/io/tensor.hpp"
#include "models/schema/model_config.hpp"

namespace edgemoe::models::testing {

/// Values of every tap by name, in the taps' element order.
using NaiveTaps = std::map<std::string, std::vector<double>>;

NaiveTaps run_naive(const ModelConfig& model, const TensorMap& tensors, const Image& image,
                    int task);

}  // namespace edgemoe::models::testing
