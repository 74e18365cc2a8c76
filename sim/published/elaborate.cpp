// SPDX-License-Identifier: Apache-2.0
#include "sim/published/elaborate.hpp"

#include <algorithm>

#include "models/schema/error.hpp"

namespace edgemoe::sim {
namespace {

constexpr std::int64_t kMostCycles = 1'000'000;  // II, depth
constexpr std::int64_t kMostBytes = std::int64_t{1} << 28;
constexpr std::uint64_t kWholeLoop = std::uint64_t{1} << 62;
constexpr std::int64_t kMostWork = 1 << 16;  // of an iteration; a loop in all stages: below 2^62
constexpr std::int64_t kMostTokens = 1'000'000;
constexpr std::int64_t kDeepestStream = 100'000;
constexpr std::uint64_t kMostSteps = 1'000'000;  // looked at, left out or not

class Elaborator {
 public:
  Elaborator(const models::LoopDesignConfig& design, const models::ModelConfig& network,
             const Queues& queues)
      : design_(design), scope_(design, network, queues) {}

  std::vector<StageRun> all() {
    for (const models::LoopStepConfig& step : design_.steps) this->step(step, {}, "other");
    return std::move(runs_);
  }

 private:
  /// Where a step stands: names alone, and with the numbers of repetitions.
  struct Path {
    std::string names;
    std::string place;
  };

  void step(const models::LoopStepConfig& step, const Path& outer, const std::string& group) {
    if (++steps_ > kMostSteps) throw too_much(step.repeat, "steps", kMostSteps);
    if (scope_.value(step.when, 0, INT64_MAX) == 0) return;
    const std::string slash = outer.names.empty() ? "" : "/";
    Path path{outer.names + slash + step.name, outer.place + slash + step.name};
    const std::string row = step.group.empty() ? group : step.group;
    const std::uint64_t times = scope_.value(step.repeat, 0, kMostStages);
    if (times == 0) return;
    if (step.index.empty()) return repeat(step, path, row, times);
    scope_.push_index(step.index, 0);
    const std::string place = path.place;
    for (std::uint64_t i = 0; i < times; ++i) {
      scope_.set_index(static_cast<std::int64_t>(i));
      path.place = place + "[" + std::to_string(i) + "]";
      repeat(step, path, row, 1);
    }
    scope_.pop_index();
  }

  /// Without an index every repetition is the same: a region is simulated once.
  void repeat(const models::LoopStepConfig& step, const Path& path, const std::string& row,
              std::uint64_t times) {
    if (step.steps.empty()) {
      if (runs_.size() >= static_cast<std::size_t>(kMostStages)) {
        throw too_much(step.repeat, "stages", kMostStages);
      }
      runs_.push_back({region(step, path, row), times});
      return;
    }
    for (std::uint64_t i = 0; i < times; ++i) {
      for (const models::LoopStepConfig& inner : step.steps) this->step(inner, path, row);
    }
  }

  Stage region(const models::LoopStepConfig& step, const Path& path, const std::string& row) {
    Stage stage{path.names, path.place, row, {}, {}};
    streams_.clear();
    for (const models::LoopStreamConfig& stream : step.streams) {
      streams_.push_back(stream.name);
      stage.streams.push_back({stream.name, scope_.value(stream.depth, 1, kDeepestStream),
                               stream.kind == models::LoopStreamKind::kBuffer});
    }
    for (const models::LoopProcessConfig& process : step.processes) {
      if (scope_.value(process.when, 0, INT64_MAX) == 0) continue;
      StageProcess result{process.name, scope_.value(process.repeat, 0, kMostTokens), {}};
      for (const models::LoopConfig& loop : process.loops) {
        result.loops.push_back(this->loop(loop));
        check_work(loop, result.loops.back(), result.repeat);
      }
      stage.processes.push_back(result);
    }
    return stage;
  }

  static models::ConfigError too_much(const models::Formula& formula, const std::string& what,
                                      std::uint64_t most) {
    return models::ConfigError({formula.where + ": expected at most " + std::to_string(most) + " " +
                                what + ", got more (" + formula.text + ")"});
  }

  static void check_work(const models::LoopConfig& loop, const StageLoop& numbers,
                         std::uint64_t repeat) {
    const std::uint64_t iterations = numbers.trips * repeat;  // below 2^47
    if (iterations > kMostIterations) {
      throw too_much(loop.trips, "iterations in all repetitions", kMostIterations);
    }
    for (const StageAccess& access : numbers.accesses) {
      if (iterations / access.every > kMostLoopBytes / access.bytes) {
        throw too_much(loop.trips, "bytes in all repetitions", kMostLoopBytes);
      }
      const std::uint64_t bytes = iterations / access.every * access.bytes;
      if (bytes / std::min(access.run, access.span) > kMostRequests) {
        throw too_much(loop.trips, "requests in all repetitions", kMostRequests);
      }
    }
  }

  StageLoop loop(const models::LoopConfig& loop) {
    StageLoop result;
    result.name = loop.name;
    result.trips = scope_.value(loop.trips, 0, kMostTrips);
    result.ii = scope_.value(loop.ii, 1, kMostCycles);
    result.depth = scope_.value(loop.depth, 1, kMostCycles);
    result.work = of(loop.work);
    for (const models::LoopAccess& access : loop.reads)
      result.accesses.push_back(of(access, false));
    for (const models::LoopAccess& access : loop.writes)
      result.accesses.push_back(of(access, true));
    for (const models::LoopTokens& tokens : loop.pops) result.tokens.push_back(of(tokens, false));
    for (const models::LoopTokens& tokens : loop.pushes) result.tokens.push_back(of(tokens, true));
    return result;
  }

  WorkCounts of(const models::LoopWork& work) const {
    WorkCounts counts;
    counts.macs = scope_.value(work.macs, 0, kMostWork);
    counts.results = scope_.value(work.results, 0, kMostWork);
    counts.gelu = scope_.value(work.gelu, 0, kMostWork);
    counts.exponentials = scope_.value(work.exponentials, 0, kMostWork);
    counts.norm_elements = scope_.value(work.norm_elements, 0, kMostWork);
    counts.bram_read_bits = scope_.value(work.bram_read_bits, 0, kMostWork);
    counts.bram_write_bits = scope_.value(work.bram_write_bits, 0, kMostWork);
    return counts;
  }

  StageAccess of(const models::LoopAccess& access, bool write) {
    StageAccess result;
    const auto port = std::find_if(design_.ports.begin(), design_.ports.end(),
                                   [&](const auto& p) { return p.name == access.port; });
    result.port = static_cast<int>(port - design_.ports.begin());
    result.write = write;
    result.bytes = scope_.value(access.bytes, 1, kMostBytes);
    result.every = scope_.value(access.every, 1, kMostTrips);
    result.run = scope_.value(access.run, 0, kMostBytes);
    result.span = scope_.value(access.span, 0, static_cast<std::int64_t>(kWindowBytes));
    if (result.run == 0) result.run = kWholeLoop;
    if (result.span == 0) result.span = kWindowBytes;
    return result;
  }

  StageTokens of(const models::LoopTokens& tokens, bool push) {
    const auto stream = std::find(streams_.begin(), streams_.end(), tokens.stream);
    StageTokens result;
    result.stream = static_cast<int>(stream - streams_.begin());
    result.push = push;
    result.count = scope_.value(tokens.count, 1, kMostTokens);
    result.every = scope_.value(tokens.every, 1, kMostTrips);
    result.period = scope_.value(tokens.period, 0, kMostTrips);
    if (result.period > 0) {
      // A period holds whole groups of `every`, or the pattern would drift from period to period.
      const auto period = static_cast<std::int64_t>(result.period);
      result.first = scope_.value(tokens.first, static_cast<std::int64_t>(result.every), period);
    }
    result.most = scope_.value(tokens.most, -1, kMostTrips);  // -1 becomes the largest number
    return result;
  }

  const models::LoopDesignConfig& design_;
  Scope scope_;
  std::vector<std::string> streams_;
  std::vector<StageRun> runs_;
  std::uint64_t steps_ = 0;
};

}  // namespace

std::vector<StageRun> elaborate(const models::LoopDesignConfig& design,
                                const models::ModelConfig& network, const Queues& queues) {
  return Elaborator(design, network, queues).all();
}

MachineParameters machine_of(const models::LoopDesignConfig& design, const models::DramConfig& d) {
  MachineParameters machine;
  machine.axi_latency = static_cast<std::uint64_t>(design.axi_latency);
  machine.control_cycles = static_cast<std::uint64_t>(design.control_cycles);
  DramParameters& p = machine.dram;
  p.clock_mhz = design.clock_mhz;
  p.data_rate_mt_s = d.data_rate_mt_s;
  p.bus_bits = d.bus_bits;
  p.bank_groups = d.bank_groups;
  p.banks_per_group = d.banks_per_group;
  p.row_bytes = d.row_bytes;
  p.size_bytes = d.size_bytes;
  p.burst_length = d.burst_length;
  p.cl = d.cl, p.cwl = d.cwl, p.trcd = d.trcd, p.trp = d.trp, p.tras = d.tras;
  p.trrd_s = d.trrd_s, p.trrd_l = d.trrd_l, p.tfaw = d.tfaw;
  p.tccd_s = d.tccd_s, p.tccd_l = d.tccd_l;
  p.twr = d.twr, p.twtr_s = d.twtr_s, p.twtr_l = d.twtr_l, p.trtp = d.trtp;
  p.trefi = d.trefi, p.trfc = d.trfc;
  p.efficiency_cap = d.efficiency_cap;
  p.histogram_window_cycles = 0;
  p.ports.clear();
  for (const models::LoopPortConfig& port : design.ports) {
    const int request = port.latency_cycles / 2;
    p.ports.push_back(
        {port.port_bits / 8, request, port.latency_cycles - request, port.port_burst_beats});
    machine.masters.push_back({port.name, static_cast<std::uint64_t>(port.kernel_bits / 8),
                               static_cast<std::uint64_t>(port.max_burst_beats),
                               static_cast<std::uint64_t>(port.outstanding)});
  }
  return machine;
}

}  // namespace edgemoe::sim
