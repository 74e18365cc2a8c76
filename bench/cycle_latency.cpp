// SPDX-License-Identifier: Apache-2.0
// Where do the cycles of M3ViT-tiny go? Latency of the cycle engine for a design and board over the number of
// active experts per block, routing drawn from a seed, beside compute and memory roofline.
//
//   cycle_latency DESIGN.yaml BOARD.yaml [ACTIVE=12] [TASKS=1] [SEED=1] [PREFETCH=popular|none|oracle] [detail]
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <random>

#include "host/compiler/cost.hpp"
#include "host/compiler/lowered.hpp"
#include "sim/units/simulate.hpp"
#include "tests/host/compiler/sample_model.hpp"

namespace {

using namespace edgemoe;

/// Every token chooses two of `active` experts; which experts are active differs per block.
program::RoutingTrace draw_routing(const models::ModelConfig& model, int tasks, int active, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  program::RoutingTrace trace;
  for (int layer = 0; layer < model.depth(); ++layer) {
    if (model.blocks[static_cast<std::size_t>(layer)] != models::BlockKind::kMoe) continue;
    std::vector<int> experts(static_cast<std::size_t>(model.moe.experts));
    std::iota(experts.begin(), experts.end(), 0);
    for (std::size_t i = experts.size() - 1; i > 0; --i) std::swap(experts[i], experts[random() % (i + 1)]);
    for (int segment = 0; segment < tasks; ++segment) {
      program::SegmentRouting routing;
      routing.layer = static_cast<std::uint16_t>(layer);
      routing.segment = static_cast<std::uint16_t>(segment);
      routing.tokens = static_cast<std::uint16_t>(model.tokens());
      routing.top_k = 2;
      for (int token = 0; token < model.tokens(); ++token) {
        const auto first = token < active ? static_cast<std::uint64_t>(token) : random() % active;
        const std::uint64_t second = (first + 1 + random() % (active - 1)) % active;
        for (std::uint64_t e : {first, second}) {
          routing.choices.push_back({static_cast<std::uint16_t>(experts[e]), 32768, false});
        }
      }
      trace.segments.push_back(routing);
    }
  }
  return trace;
}

std::uint64_t compute_cycles(const host::LoweredProgram& lowered, const program::RoutingTrace& routing,
                             const models::DesignConfig& design) {
  std::uint64_t cycles = 0;
  for (const program::Command& c : lowered.commands) {
    if (program::unit_of(c.opcode) != program::Unit::kArray) continue;
    if (c.opcode != program::Opcode::kExperts) {
      cycles += host::work_of(c, design).cycles;
      continue;
    }
    std::vector<int> queue(c.experts, 0);
    for (int s = 0; s < c.segments; ++s) {
      for (const program::Choice& choice : routing.find(c.layer, s)->choices) ++queue[choice.expert];
    }
    cycles += host::expert_work(c, design, queue.data(), static_cast<int>(queue.size())).cycles;
  }
  return cycles;
}

void print_details(const host::LoweredProgram& lowered, const sim::SimulationResult& result) {
  for (const sim::CommandTiming& t : result.commands) {
    fmt::print("{:4} {:24} {:>8} {:>8} busy {:>6}", t.id, lowered.info[t.id].name, t.begin, t.end, t.busy);
    for (const auto& [reason, cycles] : t.stall) fmt::print("  {} {}", reason, cycles);
    fmt::print("\n");
  }
}

void print_stalls(const sim::SimulationResult& result) {
  for (const sim::UnitStalls& unit : result.stalls) {
    fmt::print("  {:12} busy {:>7}", unit.unit, unit.busy);
    for (const auto& [reason, cycles] : unit.reasons) fmt::print("  {} {}", reason, cycles);
    fmt::print("\n");
  }
}

models::Prefetch policy(const char* name) {
  if (std::strcmp(name, "none") == 0) return models::Prefetch::kNone;
  return std::strcmp(name, "oracle") == 0 ? models::Prefetch::kOracle : models::Prefetch::kPopular;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  models::DesignConfig design = models::read_design(argv[1]);
  const models::BoardConfig board = models::read_board(argv[2]);
  const int active = argc > 3 ? std::atoi(argv[3]) : 12;
  const int tasks = argc > 4 ? std::atoi(argv[4]) : 1;
  const std::uint64_t seed = argc > 5 ? std::strtoull(argv[5], nullptr, 10) : 1;
  if (argc > 6) design.loader.prefetch = policy(argv[6]);
  const models::ModelConfig model = host::tiny_model();
  host::CompileOptions options;
  for (int t = 0; t < tasks; ++t) options.tasks.push_back(t);
  const auto lowered = host::compile(model, host::sample_weights(model, 1), design, options);
  const program::RoutingTrace routing = draw_routing(model, tasks, active, seed);
  sim::SimulationOptions simulation;
  simulation.record_trace = false;
  const auto start = std::chrono::steady_clock::now();
  const sim::SimulationResult result = sim::simulate(lowered.commands, routing, design, board, simulation);
  const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const std::uint64_t compute = compute_cycles(lowered, routing, design);
  const double bytes_per_cycle = board.dram.data_rate_mt_s * board.dram.bus_bits / 8 *
                                 board.dram.efficiency_cap / design.clock_mhz;
  const double memory = static_cast<double>(result.dram.needed_bytes + result.dram.write_bytes) / bytes_per_cycle;
  fmt::print("{} on {}, {} task(s), {} active: {} cycles = {:.4f} ms; array {} memory {:.0f} cycles, ratio {:.3f}\n",
             design.name, board.name, tasks, active, result.cycles, result.cycles / design.clock_mhz * 1e-3, compute,
             memory, result.cycles / std::max<double>(compute, memory));
  fmt::print("  read {} needed {} wasted {} written {}; simulated in {:.3f} s, peak {} MB\n", result.dram.read_bytes,
             result.dram.needed_bytes, result.dram.wasted_prefetch_bytes, result.dram.write_bytes, wall,
             usage.ru_maxrss / 1024);
  print_stalls(result);
  if (argc > 7) print_details(lowered, result);
  return 0;
}
