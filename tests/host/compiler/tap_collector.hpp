// SPDX-License-Identifier: Apache-2.0
/// Collects the kernels' rows as float tensors in the reference's token order, by the taps of a
/// program.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "hls/support/observer.hpp"
#include "host/compiler/lowered.hpp"

namespace edgemoe::host {

class TapCollector : public hls::Observer {
 public:
  explicit TapCollector(const LoweredProgram& program) : program_(program) {}

  void on_row(const program::Command& command, hls::TapPoint point, int segment, int row,
              const std::int32_t* values, int count, std::uint32_t scale) override;

  /// Per segment: tap name -> [N][columns].
  const std::map<int, models::TensorMap>& taps() const { return taps_; }

 private:
  const LoweredProgram& program_;
  std::map<int, models::TensorMap> taps_;
};

}  // namespace edgemoe::host
