// SPDX-License-Identifier: Apache-2.0
/// Turns the integers that kernels show at their tap points into the named float tensors of the
/// reference: class token first, real values.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "hls/program/routing.hpp"
#include "hls/support/observer.hpp"
#include "host/compiler/lowered.hpp"
#include "models/io/tensor.hpp"
#include "models/schema/model_config.hpp"

namespace edgemoe::host {

class TapCollector : public hls::Observer {
 public:
  /// `program` must outlive the collector.
  explicit TapCollector(const LoweredProgram& program);

  void on_row(const program::Command& command, hls::TapPoint point, int segment, int row,
              const std::int32_t* values, int count, std::uint32_t scale) override;

  void on_overflow(const program::Command& command, std::uint64_t values) override;

  /// Values beyond their format, by command id.
  const std::map<int, std::uint64_t>& overflows() const { return overflows_; }

  /// Taps of one segment. What was computed once for all tasks of the frame is in segment 0 and is
  /// copied to the others. Adds `lNN.moe.index` and `lNN.moe.score` from the routing.
  std::vector<models::TensorMap> finish(const program::RoutingTrace& routing);

 private:
  void store(const TapInfo& tap, int tokens, int segment, int row, const std::int32_t* values,
             int count, std::uint32_t scale);

  std::map<std::pair<int, int>, std::vector<const TapInfo*>> by_point_;  // (command id, point)
  std::vector<models::TensorMap> segments_;
  std::map<int, std::uint64_t> overflows_;
};

/// Output of the last block of one task of a frame, [N, D], from the result region of an image
/// after a run of the kernels.
models::Tensor result_tokens(const LoweredProgram& program, const models::ModelConfig& model,
                             std::size_t frame, int segment);

}  // namespace edgemoe::host
