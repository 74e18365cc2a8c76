// SPDX-License-Identifier: Apache-2.0
/// What the RTL did against what it must do: bits against the kernels, cycles against the cycle
/// engine. The first difference of each is put into words.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "hls/support/observer.hpp"
#include "host/compiler/lowered.hpp"
#include "rtl/harness/run_rtl.hpp"
#include "sim/units/simulate.hpp"

namespace edgemoe::host {

/// Every reported row, as integers.
class RowRecorder : public hls::Observer {
 public:
  struct Key {
    int command, point, segment, row;
    bool operator<(const Key& o) const {
      return std::tie(command, point, segment, row) <
             std::tie(o.command, o.point, o.segment, o.row);
    }
  };
  struct Row {
    std::vector<std::int32_t> values;
    std::uint32_t scale = 0;
    bool operator==(const Row& o) const { return scale == o.scale && values == o.values; }
  };
  void on_row(const program::Command& command, hls::TapPoint point, int segment, int row,
              const std::int32_t* values, int count, std::uint32_t scale) override;
  const std::map<Key, Row>& rows() const { return rows_; }

 private:
  std::map<Key, Row> rows_;
};

/// One kind of comparison.
struct RtlVerdict {
  std::uint64_t compared = 0;
  std::uint64_t different = 0;
  std::string first;  ///< empty when nothing differs
  bool equal() const { return different == 0; }
};

/// Rows of the taps.
RtlVerdict compare_rows(const RowRecorder& kernels, const RowRecorder& rtl,
                        const LoweredProgram& program);
/// Begin and end of every command, and the number of cycles.
RtlVerdict compare_spans(const sim::SimulationResult& engine, const rtl::RunResult& rtl,
                         const LoweredProgram& program);
/// The per-tile logs.
RtlVerdict compare_events(const sim::SimulationResult& engine, const rtl::RunResult& rtl);
/// Choices of every router command.
RtlVerdict compare_routing(const program::RoutingTrace& kernels, const program::RoutingTrace& rtl);

}  // namespace edgemoe::host
