// SPDX-License-Identifier: Apache-2.0
/// A small random network, both as a program and as the naive model's results.
///
/// Blocks: block 0 attention + MLP on one segment; block 1 attention once, then a copy per task,
/// gate and
///         route per task, experts over the union; block 2 attention + MLP, block 3 attention +
///         experts, on all segments.
#pragma once

#include <cstdint>
#include <vector>

#include "hls/program/routing.hpp"
#include "tests/hls/kernels/random_values.hpp"
#include "tests/hls/top/image_builder.hpp"

namespace edgemoe::testing {

struct NetworkShape {
  int grid_width = 2, grid_height = 2;
  int dim = 32, heads = 2;
  int hidden = 48;
  int experts = 4, expert_hidden = 24, top_k = 2;
  int tasks = 2;
  std::uint32_t threshold = 0;
  std::int64_t gate_bias_of_expert_0 = 0;  ///< large: every token chooses it first
  std::uint64_t seed = 1;

  int patches() const { return grid_width * grid_height; }
  int tokens() const { return patches() + 1; }
  int stride() const { return (tokens() + 7) / 8 * 8; }
};

/// Rows of the naive model at the points that an observer sees, by command id.
struct ExpectedTap {
  int command = 0;
  int segment = 0;
  int row = 0;
  naive::Row values;
};

struct Network {
  ImageBuilder builder;
  std::vector<naive::Rows> results;  ///< residual per task after the last block
  program::RoutingTrace routing;     ///< what the naive router chose
  std::vector<ExpectedTap> residual_taps;
  std::uint64_t macs = 0;
  std::uint64_t result_address = 0;
};

/// `forced` replaces the choices of the naive router (scores stay its own); null routes freely.
Network make_network(const NetworkShape& shape, const program::RoutingTrace* forced = nullptr);

}  // namespace edgemoe::testing
