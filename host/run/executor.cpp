// SPDX-License-Identifier: Apache-2.0
#include "host/run/executor.hpp"

namespace edgemoe::host {

LoweredProgram& Programs::get(const std::vector<int>& tasks) {
  const auto found = programs_.find(tasks);
  if (found != programs_.end()) return found->second;
  return programs_.emplace(tasks, compile(model_, weights_, design_, CompileOptions{tasks}))
      .first->second;
}

}  // namespace edgemoe::host
