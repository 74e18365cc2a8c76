// SPDX-License-Identifier: Apache-2.0
#include "host/run/describe_loops.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "host/compiler/describe.hpp"
#include "host/run/record.hpp"
#include "sim/published/elaborate.hpp"

namespace edgemoe::host {
namespace {

using Json = nlohmann::ordered_json;

LoopStageDescription* stage_of(LoopDescription* d, const sim::Stage& stage) {
  const auto found = std::find_if(d->stages.begin(), d->stages.end(),
                                  [&](const auto& s) { return s.path == stage.path; });
  if (found != d->stages.end()) return &*found;
  d->stages.push_back({});
  d->stages.back().path = stage.path;
  d->stages.back().group = stage.group;
  return &d->stages.back();
}

void add(const sim::StageRun& run, LoopStageDescription* to) {
  to->runs += run.times;
  to->pipeline_cycles += run.stage.pipeline_cycles() * run.times;
  for (const sim::StageProcess& process : run.stage.processes) {
    for (const sim::StageLoop& loop : process.loops) {
      for (const sim::StageAccess& access : loop.accesses) {
        const std::uint64_t bytes =
            loop.trips / access.every * access.bytes * process.repeat * run.times;
        (access.write ? to->write_bytes : to->read_bytes) += bytes;
      }
    }
  }
}

Json stage_json(const LoopStageDescription& s) {
  return {{"path", s.path},
          {"group", s.group},
          {"runs", s.runs},
          {"pipeline_cycles", s.pipeline_cycles},
          {"read_bytes", s.read_bytes},
          {"write_bytes", s.write_bytes}};
}

}  // namespace

double memory_floor_ms(std::uint64_t read_bytes, std::uint64_t write_bytes,
                       const models::LoopDesignConfig& design, const models::BoardConfig& board) {
  double ports = 0.0;
  for (const models::LoopPortConfig& port : design.ports)
    ports += port.port_bits / 8.0 * design.clock_mhz * 1e6;
  const double bus = peak_bytes_per_second(board) * board.dram.efficiency_cap;
  const double read = static_cast<double>(read_bytes), written = static_cast<double>(write_bytes);
  return 1e3 * std::max({(read + written) / bus, read / ports, written / ports});
}

LoopDescription describe_loops(const models::ModelConfig& model,
                               const models::LoopDesignConfig& design,
                               const models::BoardConfig& board) {
  LoopDescription d;
  d.model = model.name;
  d.design = design.name;
  d.source = design.source;
  d.board = board.name;
  d.precision = name_of(design.precision);
  d.tokens = model.tokens();
  d.clock_mhz = design.clock_mhz;
  d.ports = design.ports;
  for (const sim::StageRun& run : sim::elaborate(design, model, sim::even_queues(model)))
    add(run, stage_of(&d, run.stage));
  for (const LoopStageDescription& stage : d.stages) {
    d.pipeline_cycles += stage.pipeline_cycles;
    d.read_bytes += stage.read_bytes;
    d.write_bytes += stage.write_bytes;
  }
  d.compute_ms = static_cast<double>(d.pipeline_cycles) / design.clock_mhz * 1e-3;
  d.memory_ms = memory_floor_ms(d.read_bytes, d.write_bytes, design, board);
  return d;
}

std::string to_text(const LoopDescription& d) {
  std::string text =
      fmt::format("model {}: {} tokens, one task\ndesign {} on board {} at {} MHz, {}\nfrom {}\n\n",
                  d.model, d.tokens, d.design, d.board, d.clock_mhz, d.precision, d.source);
  text += fmt::format("{:<16} {:>7} {:>7} {:>8}\n", "port", "kernel", "memory", "latency");
  for (const models::LoopPortConfig& port : d.ports) {
    text += fmt::format("{:<16} {:>3} bit {:>3} bit {:>8}\n", port.name, port.kernel_bits,
                        port.port_bits, port.latency_cycles);
  }
  text += fmt::format("\n{:<36} {:<18} {:>6} {:>14} {:>12} {:>12}\n", "stage", "group", "runs",
                      "pipeline", "read", "written");
  const auto line = [&](const std::string& path, const std::string& group, std::uint64_t runs,
                        std::uint64_t cycles, std::uint64_t read, std::uint64_t written) {
    text += fmt::format("{:<36} {:<18} {:>6} {:>14} {:>12} {:>12}\n", path, group, runs, cycles,
                        read, written);
  };
  std::uint64_t runs = 0;
  for (const LoopStageDescription& s : d.stages) {
    line(s.path, s.group, s.runs, s.pipeline_cycles, s.read_bytes, s.write_bytes);
    runs += s.runs;
  }
  line("total", "", runs, d.pipeline_cycles, d.read_bytes, d.write_bytes);
  return text + fmt::format(
                    "\npipelines alone: {:.3f} ms\nmemory floor:    {:.3f} ms\nqueues as if all "
                    "experts had equally many tokens; nothing was simulated\n",
                    d.compute_ms, d.memory_ms);
}

std::string to_json(const LoopDescription& d) {
  Json json = {{"model", d.model},
               {"design", d.design},
               {"source", d.source},
               {"board", d.board},
               {"precision", d.precision},
               {"tokens", d.tokens},
               {"clock_mhz", d.clock_mhz},
               {"pipeline_cycles", d.pipeline_cycles},
               {"read_bytes", d.read_bytes},
               {"write_bytes", d.write_bytes},
               {"roofline", {{"compute_ms", d.compute_ms}, {"memory_ms", d.memory_ms}}}};
  json["ports"] = Json::array();
  for (const models::LoopPortConfig& port : d.ports) {
    json["ports"].push_back({{"name", port.name},
                             {"kernel_bits", port.kernel_bits},
                             {"port_bits", port.port_bits},
                             {"latency_cycles", port.latency_cycles}});
  }
  json["stages"] = Json::array();
  for (const LoopStageDescription& stage : d.stages) json["stages"].push_back(stage_json(stage));
  return json.dump(2) + "\n";
}

}  // namespace edgemoe::host
