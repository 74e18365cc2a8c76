// SPDX-License-Identifier: Apache-2.0
/// Random small networks, designs, boards and images for the whole accelerator. A case follows from
/// its seed alone.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/rtl/top/top_bench.hpp"

namespace edgemoe::host {

/// What the hardware of one verilated model is: all cases of a point share its parameters.
struct DesignPoint {
  const char* name;
  int token_lanes;
  int ports;
  int outstanding;
  int norm, softmax, requant;  ///< lanes
  int score_groups;
  int segment_rows;
  int dim, hidden, experts;  ///< the largest that the buffers hold
  models::Prefetch prefetch;
  std::uint64_t seed;  ///< of its first case
};

/// The hardware that all tests of this folder share: a verilated model each.
const std::vector<DesignPoint>& design_points();
constexpr int kCasesOfPoint = 13;  ///< five points: 65 programs

/// The point's programs. Their ring is as large as the most demanding of them needs, and no larger.
std::vector<TopCase> random_cases(const DesignPoint& point);

/// Streams of three frames with drawn tasks: the point's first networks, on its ring.
constexpr int kStreamsOfPoint = 3;
std::vector<TopCase> random_streams(const DesignPoint& point);

/// Small pieces for cases that are made by hand.
models::DesignConfig design_of(const DesignPoint& point);
models::ModelConfig model_of(const DesignPoint& point, std::uint64_t seed);
models::BoardConfig board_of(std::uint64_t seed);
models::Image image_of(const models::ModelConfig& model, std::uint64_t seed);

}  // namespace edgemoe::host
