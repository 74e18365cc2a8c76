// SPDX-License-Identifier: Apache-2.0
/// A report with every field filled, names that need escaping, and values at the edges.
#pragma once

#include <cmath>
#include <limits>
#include <string>

#include "host/report/page.hpp"

namespace edgemoe::host::test {

inline TapError sample_tap(const std::string& name, double db, double bound) {
  TapError tap;
  tap.tap = name;
  tap.sqnr_db = db;
  tap.mse = 1e-3;
  tap.mae = 2e-2;
  tap.max_abs = 0.25;
  tap.bound_db = bound;
  tap.ok = db >= bound;
  return tap;
}

inline GoldenComparison sample_golden() {
  GoldenComparison golden;
  golden.tap = "l03.x";
  golden.sqnr_db = 27.25;
  golden.mse = 0.1;
  golden.mae = 0.02;
  golden.max_abs = std::numeric_limits<double>::infinity();
  golden.routing_agreement = 0.975;
  golden.routing_total = 36;
  golden.forced.emplace();
  golden.forced->tap = "l03.x";
  golden.forced->sqnr_db = 29.5;
  golden.forced->taps = {sample_tap("embed", 60, 50), sample_tap("l00.q", 41, 38),
                         sample_tap("l03.x", 29.5, 31),
                         TapError{"l03.moe.index", {}, 0.0, 0.0, 0.0, {}, {}}};
  return golden;
}

inline RunRecord sample_run() {
  RunRecord run;
  run.image = "street <&> \"1\".png";
  run.tasks = {"semseg", "depth"};
  run.cycles = 3000;
  run.latency_ms = 0.01;
  run.fps = 100000.0;
  run.energy_mj = 0.1;
  run.power_w = 10.0;
  run.macs = 500000;
  run.macs_padded = 600000;
  run.utilisation = 0.5;
  run.roofline = RooflineInfo{0.006, 0.008, 1.25, 1800, 90000};
  run.dram = DramInfo{100000, 90000, 10000, 2000, 0.6, 300, 20, 10};
  run.energy_breakdown_mj = {{"mac", 0.06}, {"static_pl", 0.04}};
  run.energy_band_mj = {0.05, 0.15};
  run.energy_share_of_band = {{"mac", 0.75}, {"static_pl", 0.25}};
  run.energy_components_mj = {{"mac_array", 0.06}, {"static_pl", 0.04}};
  run.energy_items = {{{"mac", "mac_array", "mac_w8a8", 6e7, 1.0, "pJ", 0.06, 0.5, 0.75, "a <b>"},
                       {"static_pl", "static_pl", "static_pl", 1e-5, 4.0, "W", 0.04, 0.4, 0.25,
                        "data sheet"}}};
  run.energy_per_task_mj = {{"semseg", 0.07}, {"depth", 0.03}};
  run.energy_per_expert_load_mj = 0.008;
  run.latency_breakdown_cycles = {{"attention", 1000}, {"experts", 1500}, {"waiting", 500}};
  run.stalls = {{"array", {{"busy", 2500}, {"weights", 500}}}};
  run.commands = {{"l00.qkv", "all", "array", 10, 900, 400000, 0, {{"weights", 40}}},
                  {"load.l00.qkv", "all", "loader", 0, 600, 0, 50000, {}}};
  run.experts = {{1, "semseg", {9, 0, 6, 3}, 3}, {1, "depth", {0, 0, 0, 18}, 1}};
  run.golden = {{"semseg", sample_golden()}, {"depth", sample_golden()}};
  run.metrics = {{"semseg", {{"miou", 0.75}}}};
  run.saturations = {{"residual", 0}, {"int8", 12}};
  run.outputs = {"street/semseg.png"};
  return run;
}

inline Report sample_report() {
  Report report;
  report.tool = {"0.1.0", "abc"};
  report.model = {"tiny", "0123", 9, 1000};
  report.design = {"m3-test", "4567", "zcu102", "89ab", 300.0, "w8a8"};
  report.engine = "cycle";
  report.seed = 7;
  report.runs = {sample_run()};
  report.metrics = {{"semseg", {{"miou", 0.75}}}};
  report.resources = ResourceInfo{100, 20, 0, "formula"};
  report.checks = {{"bytes_conserved", true, "100000 = 90000 + 10000"}, {"macs", false, "1 != 2"}};
  report.host = {1.5, 40.25, 2, {{"kernels", 0.5}}, {{"kernels", 0.75}}, {3.25}};
  return report;
}

inline Timeline sample_timeline() {
  Timeline timeline;
  timeline.name = "street, semseg";
  timeline.clock_mhz = 300.0;
  timeline.cycles = 3000;
  timeline.slices = {{"array", "l00.qkv", 10, 900},
                     {"loader", "load.l00.qkv", 0, 600},
                     {"array", "l01.experts", 890, 2600},
                     {"array", "l00.attn", 900, 1000},
                     {"norm", "l00.norm1", 5, 5}};
  timeline.counters = {{"dram read", "GB/s", {{0, 1.0}, {1000, 12.5}, {2000, std::nan("")}}}};
  return timeline;
}

}  // namespace edgemoe::host::test
