// SPDX-License-Identifier: Apache-2.0
// The edge-moe preset beside its published figures: latency, breakdown, ladder of techniques and
// other choices. Prints NAME VALUE lines.
// Usage: published_edge_moe [REPOSITORY ROOT]
#include <fmt/core.h>

#include <ctime>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/published_experiment.hpp"

namespace {

using namespace edgemoe;
using bench::PublishedExperiment;

double percent(double value, double reference) { return 100.0 * (value / reference - 1.0); }

double share(const sim::DesignRun& run, const std::vector<std::string>& groups) {
  sim::Cycle cycles = 0;
  for (const std::string& group : groups) cycles += run.group_cycles(group);
  return 100.0 * static_cast<double>(cycles) / static_cast<double>(run.cycles);
}

void print_latency(PublishedExperiment* edge_moe) {
  const std::clock_t begin = std::clock();
  const sim::DesignRun run = edge_moe->run();
  fmt::print("cpu_s {:.2f}\n", bench::seconds_since(begin));
  fmt::print("latency_ms {:.2f}\npublished_ms 34.64\nlatency_difference_percent {:.1f}\n",
             run.latency_ms, percent(run.latency_ms, 34.64));
  fmt::print("cycles {}\ndram_read_mb {:.1f}\ndram_write_mb {:.1f}\n", run.cycles,
             static_cast<double>(run.read_bytes) / 1e6, static_cast<double>(run.write_bytes) / 1e6);
  fmt::print("share_qk_av_percent {:.1f}\npublished_qk_av_percent 50\n", share(run, {"attention"}));
  fmt::print("share_linear_mlp_moe_percent {:.1f}\npublished_linear_mlp_moe_percent 35\n",
             share(run, {"attention_linear", "mlp", "moe"}));
  for (const sim::StageTotal& group : run.groups) {
    fmt::print("group_{}_percent {:.1f}\n", group.name, share(run, {group.name}));
  }
  fmt::print("latency_depth_task_ms {:.2f}\n",
             edge_moe->run(edge_moe->design(), edge_moe->queues("depth")).latency_ms);
}

void print_ladder(PublishedExperiment* edge_moe) {
  struct Step {
    const char* added;
    double published;
  };
  // From the full design downwards: what is taken away next, and the published latency before.
  const std::vector<Step> steps{{"attention_reorder", 34.6},
                                {"unified_linear", 104.3},
                                {"gelu_table", 212.9},
                                {"single_pass_softmax", 353.4},
                                {"patch_reorder", 433.4}};
  models::Overrides overrides;
  double with = edge_moe->run().latency_ms;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    overrides.push_back({std::string("define.") + steps[i].added, "0"});
    const double without = edge_moe->run(overrides).latency_ms;
    const double published = i + 1 < steps.size() ? steps[i + 1].published : 650.3;
    const double published_factor = published / steps[i].published;
    fmt::print(
        "ladder_without_{0}_ms {1:.1f}\nladder_without_{0}_published_ms {2:.1f}\n"
        "ladder_without_{0}_difference_percent {3:.1f}\n",
        steps[i].added, without, published, percent(without, published));
    fmt::print(
        "ladder_{0}_factor {1:.2f}\nladder_{0}_published_factor {2:.2f}\n"
        "ladder_{0}_factor_difference_percent {3:.1f}\n",
        steps[i].added, without / with, published_factor,
        percent(without / with, published_factor));
    with = without;
  }
}

void print_choices(PublishedExperiment* edge_moe) {
  fmt::print("choice_norm_overlap_ms {:.2f}\n", edge_moe->latency("norm_overlap", "1"));
  models::LoopDesignConfig far = edge_moe->design();
  for (models::LoopPortConfig& port : far.ports) port.latency_cycles = 100;
  fmt::print("choice_latency_100_cycles_ms {:.2f}\n",
             edge_moe->run(far, edge_moe->routing()).latency_ms);
  models::DramConfig dram = edge_moe->dram();
  dram.trefi = 0;
  fmt::print("choice_no_refresh_ms {:.2f}\n", edge_moe->run_on(dram).latency_ms);
  dram = edge_moe->dram();
  dram.efficiency_cap = 0.75;
  fmt::print("choice_dram_cap_75_percent_ms {:.2f}\n", edge_moe->run_on(dram).latency_ms);
  const auto below = [](std::vector<std::string> names) {
    models::Overrides overrides;
    for (const std::string& name : names) overrides.push_back({"define." + name, "0"});
    return overrides;
  };
  models::Overrides linear = below({"attention_reorder", "unified_linear"});
  for (const char* macs : {"16", "64"}) {
    models::Overrides choice = linear;
    choice.push_back({"define.linear_macs", macs});
    fmt::print("choice_separate_units_of_{}_macs_ms {:.1f}\n", macs,
               edge_moe->run(choice).latency_ms);
  }
  models::Overrides gelu = below({"attention_reorder", "unified_linear", "gelu_table"});
  for (const char* cycles : {"1", "20", "69"}) {
    models::Overrides choice = gelu;
    choice.push_back({"define.gelu_cycles", cycles});
    fmt::print("choice_gelu_of_{}_cycles_ms {:.1f}\n", cycles, edge_moe->run(choice).latency_ms);
  }
  models::Overrides softmax =
      below({"attention_reorder", "unified_linear", "gelu_table", "single_pass_softmax"});
  softmax.push_back({"define.softmax_serial", "0"});
  fmt::print("choice_pipelined_softmax_ms {:.1f}\n", edge_moe->run(softmax).latency_ms);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    PublishedExperiment experiment(argc > 1 ? argv[1] : ".");
    print_latency(&experiment);
    print_ladder(&experiment);
    print_choices(&experiment);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
