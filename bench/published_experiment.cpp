// SPDX-License-Identifier: Apache-2.0
#include "bench/published_experiment.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace edgemoe::bench {
namespace {

int moe_blocks(const models::ModelConfig& network) {
  return static_cast<int>(
      std::count(network.blocks.begin(), network.blocks.end(), models::BlockKind::kMoe));
}

void rename_ports(std::vector<models::LoopStepConfig>* steps,
                  const std::map<std::string, std::string>& names) {
  for (models::LoopStepConfig& step : *steps) {
    rename_ports(&step.steps, names);
    for (models::LoopProcessConfig& process : step.processes) {
      for (models::LoopConfig& loop : process.loops) {
        for (auto* accesses : {&loop.reads, &loop.writes}) {
          for (models::LoopAccess& access : *accesses) {
            const auto found = names.find(access.port);
            if (found != names.end()) access.port = found->second;
          }
        }
      }
    }
  }
}

}  // namespace

PublishedExperiment::PublishedExperiment(std::string root)
    : root_(std::move(root)),
      network_(models::read_model(root_ + "/models/zoo/m3vit-tiny-scenes")),
      board_(models::read_board(root_ + "/constraints/boards/zcu102.yaml")),
      routing_(queues("semseg")) {}

models::LoopDesignConfig PublishedExperiment::design(const models::Overrides& overrides) const {
  return models::read_loop_design(root_ + "/constraints/published/edge-moe.yaml", overrides);
}

sim::Queues PublishedExperiment::queues(const std::string& task) const {
  return models::read_expert_queues(root_ + "/constraints/published/routing-" + task + ".yaml",
                                    moe_blocks(network_), network_.moe.experts)
      .queues;
}

sim::DesignRun PublishedExperiment::run(const models::LoopDesignConfig& design,
                                        const sim::Queues& routing) {
  return sim::run_design(design, network_, routing, board_.dram, &cache_);
}

sim::DesignRun PublishedExperiment::run(const models::Overrides& overrides) {
  return run(design(overrides), routing_);
}

sim::DesignRun PublishedExperiment::run_on(const models::DramConfig& dram) {
  return sim::run_design(design(), network_, routing_, dram, &cache_);
}

double PublishedExperiment::latency(const std::string& name, const std::string& value) {
  return run({{"define." + name, value}}).latency_ms;
}

double seconds_since(std::clock_t begin) {
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

sim::Queues spread(const models::ModelConfig& network, int active, double skew) {
  const int routed = network.tokens() * network.moe.top_k;
  double weights = 0.0;
  for (int e = 0; e < active; ++e) weights += std::pow(e + 1, -skew);
  std::vector<int> lengths(static_cast<std::size_t>(network.moe.experts), 0);
  int left = routed;
  for (int e = 0; e < active; ++e) {
    const int wish = static_cast<int>(std::lround(routed * std::pow(e + 1, -skew) / weights));
    lengths[static_cast<std::size_t>(e)] = std::min({wish, network.tokens(), left});
    left -= lengths[static_cast<std::size_t>(e)];
  }
  for (int e = 0; left > 0; e = (e + 1) % active) {  // rounding, and what did not fit
    if (lengths[static_cast<std::size_t>(e)] == network.tokens()) continue;
    ++lengths[static_cast<std::size_t>(e)];
    --left;
  }
  std::sort(lengths.rbegin(), lengths.rend());
  return sim::Queues(static_cast<std::size_t>(moe_blocks(network)), lengths);
}

void widen_ports(models::LoopDesignConfig* design) {
  for (models::LoopPortConfig& port : design->ports) port.port_bits = port.kernel_bits;
}

void share_ports(int ports, models::LoopDesignConfig* design) {
  const std::vector<std::map<std::string, std::string>> shared{
      {{"inout4", "weights"}, {"inout1", "weights"}, {"inout3", "weights"}, {"inout2", "weights"}},
      {{"inout4", "weights"}, {"inout1", "weights"}, {"inout3", "inout2"}},
      {{"inout4", "weights"}, {"inout1", "weights"}},
      {{"inout4", "weights"}},
      {}};
  rename_ports(&design->steps, shared.at(static_cast<std::size_t>(ports - 1)));
}

}  // namespace edgemoe::bench
