// SPDX-License-Identifier: Apache-2.0
/// Whether a design can hold a model, and a board a design. What does not fit is refused by name.
///
/// Errors: ConfigError, one line per finding: `error: NAME: needs N ..., the design has M ...`.
#pragma once

#include <string>
#include <vector>

#include "models/schema/board_config.hpp"
#include "models/schema/design_config.hpp"
#include "models/schema/model_config.hpp"

namespace edgemoe::host {

/// One capacity and what the model takes of it.
struct BufferUse {
  std::string name;  ///< key of the design, e.g. `buffers.max_tokens`
  std::int64_t needed = 0;
  std::int64_t available = 0;
  std::string unit;
};

/// All buffers of the design for `tasks` tasks computed together.
std::vector<BufferUse> buffer_use(const models::ModelConfig& model,
                                  const models::DesignConfig& design, int tasks);

/// What must be in the weight ring at one time, in rows, whatever the program's order.
std::int64_t ring_rows_needed(const models::ModelConfig& model, const models::DesignConfig& design,
                              int tasks = 1);

/// Throws when precision, tasks, shapes or a buffer do not fit. `tasks` are ids of the model.
void check_fit(const models::ModelConfig& model, const models::DesignConfig& design,
               const std::vector<int>& tasks);

}  // namespace edgemoe::host
