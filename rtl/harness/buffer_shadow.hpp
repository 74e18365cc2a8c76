// SPDX-License-Identifier: Apache-2.0
/// BufferShadow: what the accelerator's buffers hold, rebuilt from the trace of their writes, and
/// the rows of each command in the form in which the kernels report them.
///
/// Why:    taps of the RTL and of the kernels are compared row by row, integer by integer.
/// Rows:   hardware row = segment * SegmentRows + row in the segment.
/// When:   a command's rows are reported at its end; nobody overwrites them before.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "hls/program/command.hpp"
#include "hls/program/routing.hpp"
#include "hls/support/observer.hpp"
#include "rtl/harness/model_ports.hpp"

namespace edgemoe::rtl {

struct ShadowShape {
  int segments = 1;
  int segment_rows = 0;
  int norm_lanes = 0;
};

class BufferShadow {
 public:
  /// `observer` gets the rows of every command; may be null. Both must outlive the object.
  BufferShadow(const ShadowShape& shape, const std::vector<program::Command>& commands,
               hls::Observer* observer);

  /// Writes of a cycle.
  void write(const ModelOutputs& outputs);
  /// Command `id` has ended.
  void end(std::uint16_t id);

  /// Choices of every ROUTE that has ended.
  const program::RoutingTrace& routing() const { return routing_; }

 private:
  using Rows = std::vector<std::vector<std::int32_t>>;
  struct NormRow {
    std::vector<std::int32_t> z8, lo;
    std::uint32_t scale = 0;
  };

  void put(Rows* rows, int row, int offset, const std::int32_t* values, int count);
  void begin_residual(std::uint16_t id);
  void report(const program::Command& c, hls::TapPoint point, const Rows& rows, int count);
  void report_residual(const program::Command& c);
  void report_norm(const program::Command& c);
  void report_logits(const program::Command& c);
  void record_route(const program::Command& c);
  std::size_t row_of(int segment, int row) const;
  void emit(const program::Command& c, hls::TapPoint point, int segment, int row,
            const std::vector<std::int32_t>& values, int count, std::uint32_t scale);

  ShadowShape shape_;
  const std::vector<program::Command>& commands_;
  hls::Observer* observer_;
  Rows residual_, qkv_, attention_, hidden_, logits_;
  std::vector<NormRow> norm_;
  std::map<std::uint16_t, Rows> before_;  ///< residual before a command's first sum
  std::vector<TraceChoice> choices_;
  program::RoutingTrace routing_;
};

}  // namespace edgemoe::rtl
