// SPDX-License-Identifier: Apache-2.0
// Energy against publications: the fit of the logic's coefficient on the calibration points, and
// the other published powers beside the model and beside `always the mean power`. Prints NAME VALUE
// lines.
// Usage: energy_calibration [REPOSITORY ROOT]
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "host/energy/calibration.hpp"
#include "models/schema/model_config.hpp"
#include "models/schema/published_figures.hpp"

namespace {

using namespace edgemoe;

struct Modelled {
  double ms = 0.0;
  host::EnergyEstimate energy;
};

class Bench {
 public:
  explicit Bench(std::string root)
      : root_(std::move(root)),
        board_(models::read_board(root_ + "/constraints/boards/zcu102.yaml")),
        figures_(models::read_published_figures(root_ + "/constraints/published/figures.yaml")) {}

  const std::vector<models::PublishedFigures>& figures() const { return figures_; }
  const models::BoardConfig& board() const { return board_; }

  /// 129 tokens are the bundled model with its mean routing; 197 are 224 x 224 pixels, even queues.
  Modelled run(const std::string& design_name, int tokens,
               const models::Overrides& overrides = {}) const {
    const models::Overrides image{{"image.height", "224"}, {"image.width", "224"}};
    const models::ModelConfig network = models::read_model(
        root_ + "/models/zoo/m3vit-tiny-scenes", tokens == 129 ? models::Overrides{} : image);
    if (network.tokens() != tokens) throw std::invalid_argument("no network of that many tokens");
    sim::Queues queues = sim::even_queues(network);
    if (tokens == 129) {
      queues = models::read_expert_queues(root_ + "/constraints/published/routing-semseg.yaml",
                                          static_cast<int>(queues.size()), network.moe.experts)
                   .queues;
    }
    const models::LoopDesignConfig design = models::read_loop_design(
        root_ + "/constraints/published/" + design_name + ".yaml", overrides);
    const sim::DesignRun run = sim::run_design(design, network, queues, board_.dram);
    return {run.latency_ms,
            host::estimate_energy(host::counts_of(run, design, board_.dram), board_)};
  }

  /// Without a preset: what is clocked for the published time, and the powers. No events.
  std::optional<Modelled> without_preset(const models::PublishedFigures& f) const {
    if (!f.latency_ms || !f.clock_mhz || !f.lut) return std::nullopt;
    host::EnergyCounts counts;
    counts.clock_mhz = *f.clock_mhz;
    counts.cycles = *f.latency_ms * *f.clock_mhz * 1e3;
    counts.lut = *f.lut;
    return Modelled{*f.latency_ms, host::estimate_energy(counts, board_)};
  }

 private:
  std::string root_;
  models::BoardConfig board_;
  std::vector<models::PublishedFigures> figures_;
};

bool is_calibration(const std::string& name) {
  const std::vector<std::string>& names = host::calibration_names();
  return std::find(names.begin(), names.end(), name) != names.end();
}

double percent(double value, double reference) { return 100.0 * (value / reference - 1.0); }

void print_point(const host::PowerPoint& p, double mean_w) {
  fmt::print("{0}.published_w {1:.2f}\n{0}.model_w {2:.2f}\n", p.name, p.published_w,
             p.modelled_w());
  fmt::print("{0}.low_w {1:.1f}\n{0}.high_w {2:.1f}\n", p.name, p.low_w, p.high_w);
  fmt::print("{0}.error_percent {1:+.0f}\n{0}.mean_error_percent {2:+.0f}\n", p.name,
             100.0 * p.error(), percent(mean_w, p.published_w));
  fmt::print("{}.in_band {}\n", p.name, p.band_contains_published() ? "yes" : "no");
}

/// Latency and energy of a preset at both token counts beside its one published figure.
void print_frames(const Bench& bench, const models::PublishedFigures& f, double mean_w) {
  for (const int tokens : {129, 197}) {
    if (f.tokens != 0 && f.tokens != tokens) continue;  // only what the publication leaves open
    const Modelled m = bench.run(f.design, tokens);
    const std::string name = fmt::format("{}.{}", f.name, tokens);
    fmt::print("{0}.ms {1:.2f}\n{0}.ms_percent {2:+.1f}\n", name, m.ms,
               percent(m.ms, *f.latency_ms));
    fmt::print("{0}.mj {1:.0f}\n{0}.low_mj {2:.0f}\n{0}.high_mj {3:.0f}\n", name, m.energy.total_mj,
               m.energy.low_mj, m.energy.high_mj);
    fmt::print("{0}.mj_percent {1:+.0f}\n{0}.mean_mj_percent {2:+.0f}\n", name,
               percent(m.energy.total_mj, *f.energy_mj), percent(mean_w * m.ms, *f.energy_mj));
  }
}

void print_components(const std::string& name, const Modelled& m) {
  for (const auto& [component, mj] : m.energy.components_mj()) {
    fmt::print("{}.{}_percent {:.1f}\n", name, component, 100.0 * mj / m.energy.total_mj);
  }
}

/// Which pair calibrates is a choice: every pair, and what it says of the point left over.
void print_pairs(const std::vector<host::PowerPoint>& points) {
  for (std::size_t left = 0; left < points.size(); ++left) {
    std::vector<host::PowerPoint> others;
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (i != left) others.push_back(points[i]);
    }
    const double factor = host::fit_logic(others);
    fmt::print("left_out.{0}.error_percent {1:+.0f}\nleft_out.{0}.mean_error_percent {2:+.0f}\n",
               points[left].name, 100.0 * points[left].error(factor),
               percent(host::mean_power(others), points[left].published_w));
  }
}

/// What other choices in the presets would give.
void print_choices(const Bench& bench) {
  const auto show = [&](const std::string& name, const std::string& design,
                        const models::Overrides& overrides) {
    for (const int tokens : {129, 197}) {
      fmt::print("choice.{}.{}.ms {:.2f}\n", name, tokens, bench.run(design, tokens, overrides).ms);
    }
  };
  show("ubimoe.pe_2", "ubimoe", {{"define.pe", "2"}});
  show("ubimoe.pe_3", "ubimoe", {{"define.pe", "3"}});
  show("ubimoe.hide_qkv", "ubimoe", {{"define.hide_qkv", "1"}});
  show("coqmoe.hide_qkv", "coqmoe", {{"define.hide_qkv", "1"}});
  show("coqmoe.p_4", "coqmoe", {{"define.p", "4"}});
  show("coqmoe.pe_2", "coqmoe", {{"define.pe", "2"}});
}

void print_all(const Bench& bench) {
  std::vector<host::PowerPoint> presets, calibration, rest;
  for (const models::PublishedFigures& f : bench.figures()) {
    if (f.platform != "ZCU102" || !f.power_w) continue;
    std::optional<Modelled> m;
    if (!f.design.empty()) m = bench.run(f.design, 129);
    if (f.design.empty()) m = bench.without_preset(f);
    if (!m) continue;
    const host::PowerPoint point = host::power_point(f.name, *f.power_w, m->energy, m->ms * 1e-3);
    (f.design.empty() ? rest : presets).push_back(point);
    if (is_calibration(f.name)) calibration.push_back(point);
    if (!f.design.empty()) print_components(f.name, *m);
  }
  const double mean_w = host::mean_power(calibration);
  const double now = bench.board().energy.at("logic_lut").value;
  fmt::print("fit.logic_lut_pj {:.3f}\n", now * host::fit_logic(calibration));
  fmt::print("mean_w {:.2f}\n", mean_w);
  for (const host::PowerPoint& point : calibration) {
    fmt::print("fit.alone.{}_pj {:.2f}\n", point.name, now * host::fit_logic({point}));
  }
  for (const host::PowerPoint& point : presets) print_point(point, mean_w);
  for (const host::PowerPoint& point : rest) print_point(point, mean_w);
  for (const models::PublishedFigures& f : bench.figures()) {
    if (!f.design.empty()) print_frames(bench, f, mean_w);
  }
  print_pairs(presets);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Bench bench(argc > 1 ? argv[1] : ".");
    print_all(bench);
    print_choices(bench);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
