// SPDX-License-Identifier: Apache-2.0
/// The edge-moe preset on the bundled model, for benches: with other formulas, queues and ports.
#pragma once

#include <ctime>
#include <map>
#include <string>
#include <vector>

#include "models/schema/board_config.hpp"
#include "models/schema/loop_design.hpp"
#include "models/schema/model_config.hpp"
#include "sim/published/run_design.hpp"

namespace edgemoe::bench {

/// Keeps the stages that it has simulated, so that a what-if costs what it changes.
class PublishedExperiment {
 public:
  /// `root`: the repository.
  explicit PublishedExperiment(std::string root);

  models::LoopDesignConfig design(const models::Overrides& overrides = {}) const;
  /// Mean routing of the bundled model for `task`.
  sim::Queues queues(const std::string& task) const;
  sim::DesignRun run(const models::LoopDesignConfig& design, const sim::Queues& routing);
  /// The preset, with formulas replaced.
  sim::DesignRun run(const models::Overrides& overrides = {});
  sim::DesignRun run_on(const models::DramConfig& dram);
  double latency(const std::string& name, const std::string& value);

  const models::DramConfig& dram() const { return board_.dram; }
  const models::ModelConfig& network() const { return network_; }
  const sim::Queues& routing() const { return routing_; }

 private:
  std::string root_;
  models::ModelConfig network_;
  models::BoardConfig board_;
  sim::Queues routing_;
  sim::StageCache cache_;
};

/// CPU time since `begin`.
double seconds_since(std::clock_t begin);

/// The network's choices over `active` experts, the e-th with a weight of 1 / (e + 1)^skew.
sim::Queues spread(const models::ModelConfig& network, int active, double skew);

/// Ports as wide as the kernel's masters.
void widen_ports(models::LoopDesignConfig* design);

/// All masters behind the first `ports` of five.
void share_ports(int ports, models::LoopDesignConfig* design);

}  // namespace edgemoe::bench
