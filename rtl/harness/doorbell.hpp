// SPDX-License-Identifier: Apache-2.0
/// Doorbell: writes the registers that start a run, over AXI4-Lite, one after another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "rtl/harness/model_ports.hpp"

namespace edgemoe::rtl {

class Doorbell {
 public:
  /// (address, data), in order.
  explicit Doorbell(std::vector<std::pair<std::uint16_t, std::uint32_t>> writes)
      : writes_(std::move(writes)) {}

  /// Inputs of this cycle.
  void drive(ModelInputs* inputs) const {
    const bool more = next_ < writes_.size();
    inputs->axil_awvalid = more && !address_taken_;
    inputs->axil_wvalid = more && !data_taken_;
    if (!more) return;
    inputs->axil_awaddr = writes_[next_].first;
    inputs->axil_wdata = writes_[next_].second;
  }

  /// What the accelerator made of them in this cycle.
  void observe(const ModelInputs& inputs, const ModelOutputs& outputs) {
    address_taken_ |= inputs.axil_awvalid && outputs.axil_awready;
    data_taken_ |= inputs.axil_wvalid && outputs.axil_wready;
    if (!outputs.axil_bvalid || next_ == writes_.size()) return;
    ++next_;
    address_taken_ = data_taken_ = false;
  }

 private:
  std::vector<std::pair<std::uint16_t, std::uint32_t>> writes_;
  std::size_t next_ = 0;
  bool address_taken_ = false, data_taken_ = false;
};

}  // namespace edgemoe::rtl
