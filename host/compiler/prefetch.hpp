// SPDX-License-Identifier: Apache-2.0
/// Which experts are fetched before the gate has spoken.
#pragma once

#include <vector>

#include "models/schema/design_config.hpp"
#include "models/schema/model_config.hpp"

namespace edgemoe::host {

/// Experts of a block in the order in which they are fetched: by descending probability that any of
/// the tasks activates them (tasks taken as independent), ties by index; only those more likely
/// used than not, at most `loader.prefetch_experts`. Without popularity data every expert counts as
/// equally likely, in index order. Empty with Prefetch::kNone. With kOracle the engine replaces the
/// list by the truth.
std::vector<int> prefetch_list(const models::ModelConfig& model, const models::DesignConfig& design,
                               int block, const std::vector<int>& tasks);

}  // namespace edgemoe::host
