// SPDX-License-Identifier: Apache-2.0
#include "models/schema/board_config.hpp"
#include "models/schema/design_config.hpp"
#include "models/schema/error.hpp"
#include "models/schema/loop_design.hpp"
#include "models/schema/model_config.hpp"
#include "tests/fuzz/memory_file.hpp"
#include "tests/fuzz/targets.hpp"

namespace edgemoe::fuzz {

int yaml(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const MemoryFile file(data + 1, size - 1);
  try {
    switch (data[0] % 4) {
      case 0:
        models::to_yaml(models::read_model(file.path()));
        break;
      case 1:
        models::to_yaml(models::read_design(file.path()));
        break;
      case 2:
        models::to_yaml(models::read_board(file.path()));
        break;
      default:
        models::read_loop_design(file.path());
        break;
    }
  } catch (const models::ConfigError&) {
  }
  return 0;
}

}  // namespace edgemoe::fuzz
