// SPDX-License-Identifier: Apache-2.0
#include "sim/published/simulate_stage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "models/schema/error.hpp"
#include "sim/engine/dram_client.hpp"
#include "sim/engine/simulation.hpp"
#include "sim/published/axi_master.hpp"

namespace edgemoe::sim {
namespace {

EngineOptions engine_options(std::uint64_t shuffle_seed) {
  EngineOptions options;
  options.shuffle_seed = shuffle_seed;
  return options;
}

class Region {
 public:
  Region(const Stage& stage, const MachineParameters& machine, std::uint64_t shuffle_seed)
      : stage_(stage),
        machine_(machine),
        simulation_(engine_options(shuffle_seed)),
        memory_(machine.dram),
        dram_(simulation_, memory_, 0, "memory controller") {
    for (const StageStream& stream : stage.streams) {
      streams_.push_back(std::make_unique<StreamLink>(stream.name, stream.depth, stream.buffer));
    }
    std::uint64_t window = 0;
    for (const StageProcess& process : stage.processes) {
      processes_.push_back(std::make_unique<LoopProcess>(simulation_, process, machine, streams_));
      processes_.back()->connect(&window, machine.dram.size_bytes);
      attach(*processes_.back());
    }
  }

  StageResult run() {
    try {
      simulation_.run();
    } catch (const DeadlockError& error) {
      explain(error);
    }
    for (const auto& stream : streams_) {
      if (stream->left() == 0) continue;
      throw models::ConfigError(
          {fmt::format("{}: error: streams.{}: expected as many tokens taken as put, got {}",
                       stage_.path, stream->name(), stream->describe())});
    }
    return result();
  }

 private:
  void attach(const LoopProcess& process) {
    for (const LoopProcess::Connection& c : process.connections()) {
      std::unique_ptr<AxiMaster>& master = masters_[{c.port, c.write}];
      if (!master) {
        const std::string& name = machine_.masters[static_cast<std::size_t>(c.port)].name;
        master =
            std::make_unique<AxiMaster>(simulation_, "axi." + name + (c.write ? ".write" : ".read"),
                                        dram_.port(c.port), c.write);
      }
      master->attach(c.link);
    }
  }

  [[noreturn]] void explain(const DeadlockError& error) const {
    std::string text = fmt::format("deadlock in {}: no process can go on", stage_.path);
    std::vector<BlockedProcess> blocked;
    for (const BlockedProcess& entry : error.blocked()) {
      const auto found =
          std::find_if(processes_.begin(), processes_.end(),
                       [&](const auto& process) { return process->name() == entry.process; });
      if (found == processes_.end()) continue;
      blocked.push_back(entry);
      blocked.back().wants = (*found)->place();
      blocked.back().since = (*found)->waits_since();
      text += fmt::format("\n  process {} ({}) waits for {}: {}, since cycle {}", entry.process,
                          (*found)->place(), entry.reason, entry.detail, blocked.back().since);
    }
    throw DeadlockError(text, error.at(), std::move(blocked));
  }

  StageResult result() const {
    StageResult result;
    for (const auto& process : processes_)
      result.cycles = std::max(result.cycles, process->ended());
    for (const auto& process : processes_) {
      result.processes.push_back(process->time());
      result.processes.back().done = result.cycles - process->ended() + machine_.control_cycles;
      for (const LoopProcess::Connection& c : process->connections()) {
        (c.write ? result.write_bytes : result.read_bytes) += c.link->moved();
      }
    }
    result.cycles += machine_.control_cycles;
    result.dram = memory_.counters();
    return result;
  }

  const Stage& stage_;
  const MachineParameters& machine_;
  Simulation simulation_;
  Memory memory_;
  DramClient dram_;
  std::vector<std::unique_ptr<StreamLink>> streams_;
  std::vector<std::unique_ptr<LoopProcess>> processes_;
  std::map<std::pair<int, bool>, std::unique_ptr<AxiMaster>> masters_;
};

}  // namespace

StageResult simulate_stage(const Stage& stage, const MachineParameters& machine,
                           std::uint64_t shuffle_seed) {
  return Region(stage, machine, shuffle_seed).run();
}

}  // namespace edgemoe::sim
