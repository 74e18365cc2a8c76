// SPDX-License-Identifier: Apache-2.0
/// What one call of `run` or `compare` found out: the content of report.json as plain structs.
///
/// Key names are a stable contract: fields may be added, never renamed. Every figure is in the unit
/// its name carries. A value that the engine does not have is empty and becomes null; so do
/// infinities. Everything that varies between two equal runs (wall time, memory) lives in
/// `HostInfo` alone. Names, meanings and JSON types are described once, in fields.hpp.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace edgemoe::host {

constexpr int kReportSchemaVersion = 1;

struct ToolInfo {
  std::string version;
  std::string revision;
};

struct ModelInfo {
  std::string name;
  std::string config_hash;
  int tokens = 0;
  std::uint64_t params = 0;
};

struct DesignInfo {
  std::string name;
  std::string config_hash;
  std::string board;
  std::string board_hash;
  double clock_mhz = 0.0;
  std::string precision;
};

struct RooflineInfo {
  double compute_ms = 0.0;
  double memory_ms = 0.0;
  std::optional<double> ratio;
  std::uint64_t compute_cycles = 0;
  std::uint64_t memory_bytes = 0;
};

struct DramInfo {
  std::uint64_t read_bytes = 0;
  std::uint64_t needed_bytes = 0;
  std::uint64_t wasted_prefetch_bytes = 0;
  std::uint64_t write_bytes = 0;
  double efficiency = 0.0;
  std::uint64_t row_hits = 0;
  std::uint64_t row_misses = 0;
  std::uint64_t row_conflicts = 0;
  std::uint64_t spill_read_bytes = 0;   ///< of needed_bytes
  std::uint64_t spill_write_bytes = 0;  ///< of write_bytes
};

struct CommandRecord {
  std::string name;
  std::string task;
  std::string unit;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::optional<std::uint64_t> macs;
  std::uint64_t bytes = 0;
  std::map<std::string, std::uint64_t> stall;
};

struct ExpertLoadRecord {
  int layer = 0;
  std::string task;
  std::vector<int> load;
  int active = 0;
};

struct TapError {
  std::string tap;
  std::optional<double> sqnr_db;
  std::optional<double> mse;
  std::optional<double> mae;
  std::optional<double> max_abs;
  std::optional<double> bound_db;
  std::optional<bool> ok;
  std::optional<double> predicted_db;
  std::optional<double> independent_values;
};

/// The comparison with the reference's routing given to the kernels: what bounds apply to.
struct ForcedComparison {
  std::string tap;
  std::optional<double> sqnr_db;
  std::optional<double> mse;
  std::optional<double> mae;
  std::optional<double> max_abs;
  std::vector<TapError> taps;
};

struct GoldenComparison {
  std::string tap;
  std::optional<double> sqnr_db;
  std::optional<double> mse;
  std::optional<double> mae;
  std::optional<double> max_abs;
  double routing_agreement = 1.0;
  std::int64_t routing_total = 0;
  bool routing_forced = false;
  std::optional<ForcedComparison> forced;
};

/// One line of the sum that the energy of a frame is.
struct EnergyItemRecord {
  std::string cause;
  std::string component;
  std::string coefficient;
  double count = 0.0;
  double value = 0.0;
  std::string unit;
  double mj = 0.0;
  double uncertainty = 0.0;
  double share_of_band = 0.0;
  std::string source;
};

using Metrics = std::map<std::string, double>;

struct RunRecord {
  std::string image;
  std::vector<std::string> tasks;
  std::optional<std::uint64_t> cycles;
  std::optional<double> latency_ms;
  std::optional<double> fps;
  std::optional<double> energy_mj;
  std::optional<double> power_w;
  std::optional<std::uint64_t> macs;
  std::optional<std::uint64_t> macs_padded;
  std::optional<double> utilisation;
  std::optional<RooflineInfo> roofline;
  std::map<std::string, std::uint64_t> head_macs;  ///< by task, on the host
  std::optional<double>
      head_ms_host;  ///< always empty here; measured values are in HostInfo::head_ms
  std::optional<DramInfo> dram;
  std::optional<std::map<std::string, double>> energy_breakdown_mj;
  std::optional<std::vector<double>> energy_band_mj;
  std::optional<std::map<std::string, double>> energy_share_of_band;
  std::optional<std::map<std::string, double>> energy_components_mj;
  std::optional<std::vector<EnergyItemRecord>> energy_items;
  std::optional<std::map<std::string, double>> energy_per_task_mj;
  std::optional<double> energy_per_expert_load_mj;
  std::optional<std::map<std::string, std::uint64_t>> latency_breakdown_cycles;
  std::optional<std::map<std::string, std::map<std::string, std::uint64_t>>> stalls;
  std::optional<std::vector<CommandRecord>> commands;
  std::vector<ExpertLoadRecord> experts;
  std::optional<std::map<std::string, GoldenComparison>> golden;
  std::optional<std::map<std::string, Metrics>> metrics;
  std::optional<std::map<std::string, std::uint64_t>> saturations;
  std::optional<std::map<std::string, std::uint64_t>> overflows;  ///< by command
  std::vector<std::string> outputs;
};

struct ResourceInfo {
  std::optional<int> dsp;
  std::optional<int> bram36;
  std::optional<int> uram;
  std::string source;
};

struct Check {
  std::string name;
  bool ok = true;
  std::string detail;
};

/// One approximation alone, everything else in float.
struct CostRecord {
  std::string name;
  std::string what;
  std::string tap;
  int entries = 0;
  std::optional<double> sqnr_db;
  std::optional<double> share_of_noise;
  std::map<std::string, Metrics> metrics;
};

/// One frame of a stream. Cycles count from the first doorbell.
struct StreamFrameRecord {
  int frame = 0;
  std::string image;
  std::vector<std::string> tasks;
  int program = 0;
  std::uint64_t begin = 0;
  std::uint64_t issue = 0;
  std::uint64_t end = 0;
  double latency_ms = 0.0;
  double period_ms = 0.0;
  std::optional<std::int64_t> switch_cycles;
};

/// Frames back to back.
struct StreamInfo {
  std::uint64_t cycles = 0;
  double total_ms = 0.0;
  double fps = 0.0;
  double mean_latency_ms = 0.0;
  double max_latency_ms = 0.0;
  double energy_mj = 0.0;
  double energy_mj_per_frame = 0.0;
  double power_w = 0.0;
  int switches = 0;
  std::optional<double> mean_switch_cycles;
  std::optional<std::int64_t> max_switch_cycles;
  std::optional<std::uint64_t> refresh_cycles;
  std::vector<StreamFrameRecord> frames;
  std::vector<RunRecord> programs;
};

/// All that may differ between two equal runs.
struct HostInfo {
  double wall_s = 0.0;
  double peak_rss_mb = 0.0;
  int threads = 1;
  std::map<std::string, double> phases_s, phases_cpu_s;
  std::vector<double> head_ms;  ///< per entry of runs
};

struct Report {
  int schema_version = kReportSchemaVersion;
  ToolInfo tool;
  ModelInfo model;
  DesignInfo design;
  std::string engine;
  std::optional<std::uint64_t> seed;
  std::vector<RunRecord> runs;
  std::optional<StreamInfo> stream;
  std::optional<std::vector<CostRecord>> costs;
  std::map<std::string, Metrics> metrics;  ///< over all images of the call, per task
  std::optional<Metrics> multi_task_gain;  ///< over single-task results, where some were given
  std::optional<ResourceInfo> resources;
  std::vector<Check> checks;
  std::vector<std::string> notes;
  HostInfo host;
};

}  // namespace edgemoe::host
