// SPDX-License-Identifier: Apache-2.0
#include "tests/host/compiler/tap_collector.hpp"

#include <stdexcept>

namespace edgemoe::host {

void TapCollector::on_row(const program::Command& command, hls::TapPoint point, int segment,
                          int row, const std::int32_t* values, int count, std::uint32_t scale) {
  int tokens = 0;
  for (const program::Command& c : program_.commands) {
    if (c.opcode == program::Opcode::kStoreTokens) tokens = c.tokens;
  }
  for (const TapInfo& info : program_.taps) {
    if (info.command_id != command.id || info.point != point) continue;
    if (info.column_begin + info.columns > count || row >= tokens) {
      throw std::logic_error("tap " + info.name + " does not fit its row");
    }
    models::Tensor& tensor = taps_[segment][info.name];
    if (tensor.data.empty()) {
      tensor.shape = {tokens, info.columns};
      tensor.data.resize(static_cast<std::size_t>(tokens) * info.columns);
    }
    const int target = row == tokens - 1 ? 0 : row + 1;
    const double unit = info.scale * (scale == 0 ? 1.0 : scale);
    for (int i = 0; i < info.columns; ++i) {
      double value = (values[info.column_begin + i] - info.zero_point) * unit;
      if (!info.column_offset.empty()) value += info.column_offset[static_cast<std::size_t>(i)];
      tensor.data[static_cast<std::size_t>(target) * info.columns + i] = static_cast<float>(value);
    }
  }
}

}  // namespace edgemoe::host
