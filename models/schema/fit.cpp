// SPDX-License-Identifier: Apache-2.0
#include "models/schema/fit.hpp"

#include <fmt/format.h>

#include "models/schema/findings.hpp"

namespace edgemoe::models {

void check_design_on_board(const DesignConfig& design, const BoardConfig& board) {
  Findings findings;
  const Location where{"design " + design.name, 0, 0};
  const int last = static_cast<int>(board.ports.size()) - 1;
  for (std::size_t i = 0; i < design.loader.ports.size(); ++i) {
    const int port = design.loader.ports[i];
    if (port >= 0 && port <= last) continue;
    findings.add(where, fmt::format("loader.ports[{}]", i),
                 fmt::format("a port of board {}, 0..{}", board.name, last),
                 fmt::format("{}", port));
  }
  findings.throw_if_any();
}

}  // namespace edgemoe::models
