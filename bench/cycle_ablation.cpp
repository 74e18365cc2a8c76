// SPDX-License-Identifier: Apache-2.0
// What is each published technique worth? The design as it is, then without one technique at a
// time, then without all: cycles, DRAM reads, energy, blocks of the board. What a switch changes
// stands in models/schema/README.md.
//
//   cycle_ablation DESIGN.yaml BOARD.yaml [active=12] [tasks=1]
//   cycle_ablation figures DESIGN.yaml BOARD.yaml     lines `NAME VALUE`, 12 active experts
#include <fmt/format.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/cycle_experiment.hpp"
#include "host/compiler/resources.hpp"
#include "host/energy/energy.hpp"
#include "models/schema/error.hpp"

namespace {

using namespace edgemoe;
using models::DesignConfig;
using models::PatchReorder;

struct Variant {
  const char* name;
  const char* what;
  std::function<void(DesignConfig*)> change;
};

/// Four units that fit the board together: half the inputs of a sum a cycle.
void make_separate_units_fit(DesignConfig* d) {
  d->ablation.unified_unit = false;
  d->array.in_lanes /= 2;
  d->lanes.requant /= 2;
}

void remove_all(DesignConfig* d) {
  make_separate_units_fit(d);
  d->ablation.attention_reorder = false;
  d->ablation.single_pass_softmax = false;
  d->ablation.gelu_table = false;
  d->ablation.patch_reorder = PatchReorder::kReload;
}

std::vector<Variant> variants() {
  using models::Prefetch;
  return {
      {"full", "as it is", [](DesignConfig*) {}},
      {"attention", "attention not reordered",
       [](DesignConfig* d) { d->ablation.attention_reorder = false; }},
      {"softmax", "softmax in three passes",
       [](DesignConfig* d) { d->ablation.single_pass_softmax = false; }},
      {"gelu", "GELU by arithmetic", [](DesignConfig* d) { d->ablation.gelu_table = false; }},
      {"units", "separate units of this shape",
       [](DesignConfig* d) { d->ablation.unified_unit = false; }},
      {"units-half", "separate units, half the MACs each", make_separate_units_fit},
      {"cache", "patches not reordered, 8 experts cached",
       [](DesignConfig* d) { d->ablation.patch_reorder = PatchReorder::kCache; }},
      {"reload", "patches not reordered, experts reloaded",
       [](DesignConfig* d) { d->ablation.patch_reorder = PatchReorder::kReload; }},
      {"prefetch-none", "no expert prefetch",
       [](DesignConfig* d) { d->loader.prefetch = Prefetch::kNone; }},
      {"prefetch-oracle", "prefetch that knows the routing",
       [](DesignConfig* d) { d->loader.prefetch = Prefetch::kOracle; }},
      {"qk-one-ahead", "QK one pair ahead of PV instead of two",
       [](DesignConfig* d) { d->buffers.score_groups = 2; }},
      {"none", "none of the published techniques", remove_all},
  };
}

struct Row {
  bench::Outcome outcome;
  double ms = 0.0;
  double energy_mj = 0.0;
  host::ResourceItem need;
  bool fits = true;
};

Row measure(bench::Experiment e, const Variant& variant) {
  variant.change(&e.design);
  Row row;
  row.outcome = bench::measure(e);
  row.ms = milliseconds(e, row.outcome);
  row.energy_mj =
      host::estimate_energy(host::counts_of(row.outcome.result, e.design), e.board).total_mj;
  row.need = host::estimate_resources(e.design).total();
  const models::ResourceConfig& have = e.board.resources;
  row.fits =
      row.need.dsp <= have.dsp && row.need.bram36 <= have.bram36 && row.need.uram <= have.uram;
  return row;
}

void print_table(const bench::Experiment& e) {
  fmt::print("{} on {}, {} task(s), {} active experts a block\n", e.design.name, e.board.name,
             e.tasks, e.active);
  fmt::print("{:42} {:>8} {:>9} {:>6} {:>8} {:>7} {:>5} {:>7}\n", "", "cycles", "ms", "times",
             "MB read", "mJ", "DSP", "BRAM36");
  double full = 0.0;
  for (const Variant& variant : variants()) {
    const Row row = measure(e, variant);
    if (full == 0.0) full = row.ms;
    const std::uint64_t cycles = row.outcome.result.cycles;
    fmt::print("{:42} {:>8} {:>9.4f} {:>6.2f} {:>8.2f} {:>7.2f} {:>5} {:>7}{}\n", variant.what,
               cycles, row.ms, row.ms / full,
               static_cast<double>(row.outcome.result.dram.read_bytes) * 1e-6, row.energy_mj,
               row.need.dsp, row.need.bram36, row.fits ? "" : "  does not fit");
  }
}

void print_figures(const bench::Experiment& e) {
  double full = 0.0;
  for (const Variant& variant : variants()) {
    const Row row = measure(e, variant);
    if (full == 0.0) full = row.ms;
    const std::string prefix = fmt::format("ablation.{}", variant.name);
    fmt::print("{}.cycles {}\n", prefix, row.outcome.result.cycles);
    fmt::print("{}.ms {:.3f}\n{}.times {:.2f}\n", prefix, row.ms, prefix, row.ms / full);
    fmt::print("{}.read_mb {:.2f}\n", prefix,
               static_cast<double>(row.outcome.result.dram.read_bytes) * 1e-6);
    fmt::print("{}.mj {:.2f}\n", prefix, row.energy_mj);
    fmt::print("{}.dsp {}\n{}.bram36 {}\n", prefix, row.need.dsp, prefix, row.need.bram36);
  }
}

}  // namespace

int main(int argc, char** argv) try {
  const bool figures = argc == 4 && std::string(argv[1]) == "figures";
  const int first = figures ? 2 : 1;
  if (argc < first + 2) throw std::invalid_argument("expected DESIGN.yaml BOARD.yaml");
  bench::Experiment e;
  e.design = models::read_design(argv[first]);
  e.board = models::read_board(argv[first + 1]);
  for (int i = first + 2; i < argc; ++i) {
    const std::string text = argv[i];
    if (text.rfind("active=", 0) == 0)
      e.active = std::stoi(text.substr(7));
    else if (text.rfind("tasks=", 0) == 0)
      e.tasks = std::stoi(text.substr(6));
    else
      throw std::invalid_argument("unknown argument " + text);
  }
  if (e.active < 2 || e.active > 16 || e.tasks < 1 || e.tasks > 2)
    throw std::invalid_argument("active 2..16, tasks 1..2");
  if (figures)
    print_figures(e);
  else
    print_table(e);
  return 0;
} catch (const models::ConfigError& error) {
  for (const std::string& line : error.messages()) fmt::print(stderr, "{}\n", line);
  return 3;
} catch (const std::exception& error) {
  fmt::print(stderr, "cycle_ablation: {}\n", error.what());
  return 2;
}
