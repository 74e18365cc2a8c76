// SPDX-License-Identifier: Apache-2.0
/// SimulationProbe: the hooks of a simulated run. Reads the token buffers after each command and
/// reports rows; takes route commands over when a routing is forced; records what was routed.
///
/// Contributions are what a command really added: the residual after it minus the residual before
/// it.
#pragma once

#include <cstdint>
#include <vector>

#include "hls/support/memory.hpp"
#include "hls/top/accelerator.hpp"
#include "hls/top/machine.hpp"

namespace edgemoe {
namespace hls {

template <typename Format>
class SimulationProbe {
 public:
  using SimulatedMachine = Machine<Format, SimulationLimits>;

  /// The simulated memory: what a fill finds in it is part of what it reports.
  struct MemoryView {
    const Word* port;
    std::uint64_t words;
  };

  SimulationProbe(const SimulationHooks& hooks, const MemoryView& memory)
      : hooks_(hooks), memory_(memory) {}

  void before(const program::Command& command, const SimulatedMachine& machine);
  bool route(const program::Command& command, SimulatedMachine& machine, RunError& error);
  void after(const program::Command& command, const SimulatedMachine& machine);

 private:
  template <typename Row>
  void report(const program::Command& command, TapPoint point, int segment, int token,
              const Row& row, int count, std::uint32_t scale);
  void show(const program::Command& command, TapPoint point, int segment, int token, int count,
            std::uint32_t scale);
  void append_record(const program::Command& command, int token, int width);
  program::SegmentRouting& entry_of(const program::Command& command);
  void report_segments(const program::Command& command, const SimulatedMachine& machine);
  void report_row(const program::Command& command, const SimulatedMachine& machine, int segment,
                  int token);
  void report_residual(const program::Command& command, const SimulatedMachine& machine,
                       int segment, int token, int dim);
  void report_norm(const program::Command& command, const SimulatedMachine& machine, int segment,
                   int token);
  void report_logits(const program::Command& command, const SimulatedMachine& machine);
  void record(const program::Command& command, const SimulatedMachine& machine);
  void report_overflow(const program::Command& command, const SimulatedMachine& machine);

  SimulationHooks hooks_;
  MemoryView memory_;
  std::uint64_t overflows_ = 0;  ///< of all commands so far
  std::vector<std::int32_t> row_;
  std::vector<std::int32_t> residual_before_;  ///< rows of the command, densely packed
};

}  // namespace hls
}  // namespace edgemoe
