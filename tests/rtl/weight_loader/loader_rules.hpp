// SPDX-License-Identifier: Apache-2.0
/// The loader's rules as sim/units/README.md states them, cycle by cycle and without hardware: what
/// the RTL must do in which cycle, given a memory and a reader of the rings.
///
/// Time: cycle c as in sim/units; a row "done" in c has its last beat on the wires in c - 1.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "tests/support/dut_driver.hpp"

namespace edgemoe::test {

struct LoaderShape {
  int ports;
  int outstanding;
  int tile_ring;
  int param_ring;
};

struct LoadJob {
  std::uint64_t row;  ///< first row in memory
  int params;
  int tiles;
  std::uint64_t offered;  ///< from this cycle on
};

struct RowEvent {
  std::uint64_t cycle;  ///< of the request
  std::uint64_t row;
  bool param;
  std::uint64_t done;
};

struct LoaderHistory {
  std::vector<RowEvent> rows;                  ///< in stream order; row i on port i mod ports
  std::vector<std::uint32_t> tiles, params;    ///< readable, by cycle
  std::vector<int> tiles_freed, params_freed;  ///< by cycle
};

/// Where requests go. Per port in order; done >= request + 17, 16 cycles after the one before.
class LoaderMemory {
 public:
  virtual ~LoaderMemory() = default;
  virtual void request(int port, std::uint64_t row, std::uint64_t cycle) = 0;
  /// Ports' rows done in this cycle or before it, since the last call.
  virtual void collect(std::uint64_t cycle, const std::function<void(int)>& done) = 0;
};

/// Runs all jobs until every row is read; `reader` says when rows are let go.
LoaderHistory follow_rules(const LoaderShape& shape, const std::vector<LoadJob>& jobs,
                           LoaderMemory& memory, Stall reader, std::uint32_t seed);

}  // namespace edgemoe::test
