// SPDX-License-Identifier: Apache-2.0
// Where do the cycles of M3ViT-tiny go? Latency of the cycle engine for a design and board over the
// number of active experts per block, routing drawn from a seed, beside compute and memory
// roofline.
//
//   cycle_latency DESIGN.yaml BOARD.yaml [active=12] [tasks=1] [seed=1]
//   [prefetch=popular|none|oracle] [details=0] cycle_latency figures DESIGN.yaml BOARD.yaml ...
//   lines `NAME VALUE` for bench/reproduce
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "bench/cycle_experiment.hpp"

namespace {

using namespace edgemoe;
using bench::Experiment;
using bench::measure;
using bench::Outcome;
using bench::policy;

std::string dotted(std::string reason) {
  for (char& c : reason) c = c == ' ' || c == ':' ? '-' : c;
  return reason;
}

void print_details(const host::LoweredProgram& lowered, const sim::SimulationResult& result) {
  for (const sim::CommandTiming& t : result.commands) {
    fmt::print("{:4} {:24} {:>8} {:>8} busy {:>6}", t.id, lowered.info[t.id].name, t.begin, t.end,
               t.busy);
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

void print(const Experiment& e, const Outcome& o) {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const double ms = milliseconds(e, o), bound = o.roofline.bound_ms();
  fmt::print(
      "{} on {}, {} task(s), {} active: {} cycles = {:.4f} ms; array {:.4f} memory {:.4f} ms, "
      "ratio {:.3f}\n",
      e.design.name, e.board.name, e.tasks, e.active, o.result.cycles, ms, o.roofline.compute_ms,
      o.roofline.memory_ms, ms / bound);
  const sim::DramSummary& dram = o.result.dram;
  fmt::print("  read {} needed {} wasted {} written {}; simulated in {:.3f} s, peak {} MB\n",
             dram.read_bytes, dram.needed_bytes, dram.wasted_prefetch_bytes, dram.write_bytes,
             o.wall_s, usage.ru_maxrss / 1024);
  print_stalls(o.result);
  if (e.details) print_details(o.lowered, o.result);
}

void print_figures(const models::DesignConfig& design, const models::BoardConfig& board) {
  for (int active = 9; active <= 16; ++active) {
    const Experiment e{design, board, active};
    const Outcome o = measure(e);
    const std::string prefix = fmt::format("cycle.{}.{}", board.name, active);
    fmt::print("{}.cycles {}\n", prefix, o.result.cycles);
    fmt::print("{}.ms {:.3f}\n", prefix,
               static_cast<double>(o.result.cycles) / design.clock_mhz * 1e-3);
    fmt::print("{}.ratio {:.3f}\n", prefix, milliseconds(e, o) / o.roofline.bound_ms());
    if (active != 12 && active != 14 && active != 16) continue;  // where the table has a column
    for (const sim::UnitStalls& unit : o.result.stalls) {
      if (unit.unit != "array") continue;
      fmt::print("{}.array.busy {}\n", prefix, unit.busy);
      for (const auto& [reason, cycles] : unit.reasons)
        fmt::print("{}.array.{} {}\n", prefix, dotted(reason), cycles);
    }
  }
}

/// What prefetching is worth at 12 active experts.
void print_prefetch_figures(models::DesignConfig design, const models::BoardConfig& board) {
  for (const char* name : {"none", "popular", "oracle"}) {
    design.loader.prefetch = policy(name);
    const Outcome o = measure({design, board});
    const std::string prefix = fmt::format("cycle.{}.12.prefetch-{}", board.name, name);
    fmt::print("{}.ms {:.3f}\n", prefix,
               static_cast<double>(o.result.cycles) / design.clock_mhz * 1e-3);
    fmt::print("{}.wasted_mb {:.2f}\n", prefix,
               static_cast<double>(o.result.dram.wasted_prefetch_bytes) * 1e-6);
  }
}

Experiment parse(int argc, char** argv) {
  Experiment e;
  e.design = models::read_design(argv[1]);
  e.board = models::read_board(argv[2]);
  for (int i = 3; i < argc; ++i) {
    const std::string text = argv[i];
    const std::size_t equals = text.find('=');
    const std::string key = text.substr(0, equals),
                      value = equals == std::string::npos ? "" : text.substr(equals + 1);
    if (key == "active")
      e.active = std::stoi(value);
    else if (key == "tasks")
      e.tasks = std::stoi(value);
    else if (key == "seed")
      e.seed = std::stoull(value);
    else if (key == "prefetch")
      e.design.loader.prefetch = policy(value);
    else if (key == "details")
      e.details = value != "0";
    else
      throw std::invalid_argument("unknown argument " + text);
  }
  if (e.active < 2 || e.active > 16 || e.tasks < 1 || e.tasks > 2)
    throw std::invalid_argument("active 2..16, tasks 1..2");
  return e;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc >= 4 && std::string(argv[1]) == "figures") {
    const models::DesignConfig design = models::read_design(argv[2]);
    for (int i = 3; i < argc; ++i) {
      print_figures(design, models::read_board(argv[i]));
      print_prefetch_figures(design, models::read_board(argv[i]));
    }
    return 0;
  }
  if (argc < 3) throw std::invalid_argument("expected DESIGN.yaml BOARD.yaml [KEY=VALUE ...]");
  const Experiment experiment = parse(argc, argv);
  print(experiment, measure(experiment));
  return 0;
} catch (const std::exception& error) {
  fmt::print(stderr, "cycle_latency: {}\n", error.what());
  return 2;
}
