// SPDX-License-Identifier: Apache-2.0
// The edge-moe preset beside its published figures: latency, breakdown, ladder of techniques,
// sensitivities, other choices, and how fast what-ifs are. Prints NAME VALUE lines.
// Usage: published_edge_moe [REPOSITORY ROOT]
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/engine/errors.hpp"
#include "sim/published/run_design.hpp"

namespace {

using namespace edgemoe;

class Bench {
 public:
  explicit Bench(std::string root)
      : root_(std::move(root)),
        network_(models::read_model(root_ + "/models/zoo/m3vit-tiny-scenes")),
        board_(models::read_board(root_ + "/constraints/boards/zcu102.yaml")),
        routing_(queues("semseg")) {}

  models::LoopDesignConfig design(const models::Overrides& overrides = {}) const {
    return models::read_loop_design(root_ + "/constraints/published/edge-moe.yaml", overrides);
  }
  sim::Queues queues(const std::string& task) const {
    return models::read_expert_queues(
               root_ + "/constraints/published/routing-" + task + ".yaml",
               static_cast<int>(std::count(network_.blocks.begin(), network_.blocks.end(),
                                           models::BlockKind::kMoe)),
               network_.moe.experts)
        .queues;
  }
  sim::DesignRun run(const models::LoopDesignConfig& design, const sim::Queues& routing) {
    return sim::run_design(design, network_, routing, board_.dram, &cache_);
  }
  sim::DesignRun run(const models::Overrides& overrides = {}) {
    return run(design(overrides), routing_);
  }
  sim::DesignRun run_on(const models::DramConfig& dram) {
    return sim::run_design(design(), network_, routing_, dram, &cache_);
  }
  const models::DramConfig& dram() const { return board_.dram; }
  double latency(const std::string& name, const std::string& value) {
    return run({{"define." + name, value}}).latency_ms;
  }
  const models::ModelConfig& network() const { return network_; }
  const sim::Queues& routing() const { return routing_; }

 private:
  std::string root_;
  models::ModelConfig network_;
  models::BoardConfig board_;
  sim::Queues routing_;
  sim::StageCache cache_;
};

double seconds_since(std::clock_t begin) {
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

double percent(double value, double reference) { return 100.0 * (value / reference - 1.0); }

double share(const sim::DesignRun& run, const std::vector<std::string>& groups) {
  sim::Cycle cycles = 0;
  for (const std::string& group : groups) cycles += run.group_cycles(group);
  return 100.0 * static_cast<double>(cycles) / static_cast<double>(run.cycles);
}

void print_latency(Bench* bench) {
  const std::clock_t begin = std::clock();
  const sim::DesignRun run = bench->run();
  fmt::print("cpu_s {:.2f}\n", seconds_since(begin));
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
             bench->run(bench->design(), bench->queues("depth")).latency_ms);
}

void print_ladder(Bench* bench) {
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
  double with = bench->run().latency_ms;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    overrides.push_back({std::string("define.") + steps[i].added, "0"});
    const double without = bench->run(overrides).latency_ms;
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

/// The same tokens over `active` experts, the e-th with a weight of 1 / (e + 1)^skew.
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
  return sim::Queues(static_cast<std::size_t>(std::count(
                         network.blocks.begin(), network.blocks.end(), models::BlockKind::kMoe)),
                     lengths);
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

void print_ports(Bench* bench) {
  models::LoopDesignConfig wide = bench->design();
  for (models::LoopPortConfig& port : wide.ports) port.port_bits = port.kernel_bits;
  fmt::print("ports_256_bit_ms {:.2f}\n", bench->run(wide, bench->routing()).latency_ms);
  const std::vector<std::map<std::string, std::string>> shared{
      {},
      {{"inout4", "weights"}},
      {{"inout4", "weights"}, {"inout1", "weights"}},
      {{"inout4", "weights"}, {"inout1", "weights"}, {"inout3", "inout2"}},
      {{"inout4", "weights"}, {"inout1", "weights"}, {"inout3", "weights"}, {"inout2", "weights"}}};
  for (std::size_t i = 0; i < shared.size(); ++i) {
    models::LoopDesignConfig design = bench->design();
    rename_ports(&design.steps, shared[i]);
    fmt::print("ports_{}_ms {:.2f}\n", 5 - i, bench->run(design, bench->routing()).latency_ms);
  }
}

void print_sensitivities(Bench* bench) {
  print_ports(bench);
  for (const int p : {1, 2, 4, 8, 16}) {
    const std::string value = std::to_string(p);
    const models::Overrides plain{{"define.p", value}, {"define.attention_reorder", "0"}};
    fmt::print("parallelism_{}_ms {:.2f}\nparallelism_{}_without_reorder_ms {:.2f}\n", p,
               bench->latency("p", value), p, bench->run(plain).latency_ms);
  }
  const models::LoopDesignConfig mended = bench->design({{"define.direct_path_mended", "1"}});
  for (const int active : {2, 4, 8, 12, 16}) {
    fmt::print("active_experts_{}_ms {:.2f}\n", active,
               bench->run(mended, spread(bench->network(), active, 0.0)).latency_ms);
  }
  for (const double skew : {0.5, 1.0, 2.0}) {
    fmt::print("skew_{:.1f}_ms {:.2f}\n", skew,
               bench->run(mended, spread(bench->network(), 16, skew)).latency_ms);
  }
}

void print_choices(Bench* bench) {
  fmt::print("choice_norm_overlap_ms {:.2f}\n", bench->latency("norm_overlap", "1"));
  models::LoopDesignConfig far = bench->design();
  for (models::LoopPortConfig& port : far.ports) port.latency_cycles = 100;
  fmt::print("choice_latency_100_cycles_ms {:.2f}\n", bench->run(far, bench->routing()).latency_ms);
  models::DramConfig dram = bench->dram();
  dram.trefi = 0;
  fmt::print("choice_no_refresh_ms {:.2f}\n", bench->run_on(dram).latency_ms);
  dram = bench->dram();
  dram.efficiency_cap = 0.75;
  fmt::print("choice_dram_cap_75_percent_ms {:.2f}\n", bench->run_on(dram).latency_ms);
  const auto below = [](std::vector<std::string> names) {
    models::Overrides overrides;
    for (const std::string& name : names) overrides.push_back({"define." + name, "0"});
    return overrides;
  };
  models::Overrides linear = below({"attention_reorder", "unified_linear"});
  for (const char* macs : {"16", "64"}) {
    models::Overrides choice = linear;
    choice.push_back({"define.linear_macs", macs});
    fmt::print("choice_separate_units_of_{}_macs_ms {:.1f}\n", macs, bench->run(choice).latency_ms);
  }
  models::Overrides gelu = below({"attention_reorder", "unified_linear", "gelu_table"});
  for (const char* cycles : {"1", "20", "69"}) {
    models::Overrides choice = gelu;
    choice.push_back({"define.gelu_cycles", cycles});
    fmt::print("choice_gelu_of_{}_cycles_ms {:.1f}\n", cycles, bench->run(choice).latency_ms);
  }
  models::Overrides softmax =
      below({"attention_reorder", "unified_linear", "gelu_table", "single_pass_softmax"});
  softmax.push_back({"define.softmax_serial", "0"});
  fmt::print("choice_pipelined_softmax_ms {:.1f}\n", bench->run(softmax).latency_ms);
}

/// One FIFO deeper, one II changed; the stages that do not change come from the cache.
void print_what_ifs(Bench* bench) {
  for (const int depth : {1, 2, 4, 16, 64}) {
    const std::clock_t begin = std::clock();
    const double ms = bench->latency("fifo", std::to_string(depth));
    fmt::print("fifo_{}_ms {:.3f}\nfifo_{}_cpu_s {:.3f}\n", depth, ms, depth, seconds_since(begin));
  }
  models::LoopDesignConfig design = bench->design();
  design.steps.front().processes[1].loops.front().ii.text = "1";
  const std::clock_t begin = std::clock();
  const double ms = bench->run(design, bench->routing()).latency_ms;
  fmt::print("embed_ii_1_ms {:.3f}\nembed_ii_1_cpu_s {:.3f}\n", ms, seconds_since(begin));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    Bench bench(argc > 1 ? argv[1] : ".");
    print_latency(&bench);
    print_ladder(&bench);
    print_sensitivities(&bench);
    print_choices(&bench);
    print_what_ifs(&bench);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
