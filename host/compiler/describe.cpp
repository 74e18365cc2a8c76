// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/describe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "hls/program/expert_visits.hpp"
#include "hls/program/print.hpp"
#include "host/compiler/cost.hpp"
#include "models/reference/head.hpp"

namespace edgemoe::host {
namespace {

using program::Command;
using program::Opcode;

std::vector<const Command*> expert_commands(const LoweredProgram& program) {
  std::vector<const Command*> found;
  for (const Command& c : program.commands) {
    if (c.opcode == Opcode::kExperts) found.push_back(&c);
  }
  return found;
}

int choices_per_token(const LoweredProgram& program, int layer) {
  for (const Command& c : program.commands) {
    if (c.opcode == Opcode::kRoute && c.layer == layer) return c.top_k;
  }
  return 0;
}

/// Probability that at least one task of the frame uses the expert; 1 without data.
double use_probability(const models::ModelConfig& model, const std::vector<int>& tasks, int layer,
                       int expert) {
  double idle = 1.0;
  for (const int task : tasks) {
    const auto of_task = model.popularity.find(model.tasks[static_cast<std::size_t>(task)].name);
    if (of_task == model.popularity.end()) return 1.0;
    const auto of_block = of_task->second.find(layer);
    if (of_block == of_task->second.end()) return 1.0;
    if (expert < static_cast<int>(of_block->second.size())) idle *= 1.0 - of_block->second[expert];
  }
  return 1.0 - idle;
}

std::vector<int> even_queues(int choices, int active, int experts) {
  std::vector<int> queues(static_cast<std::size_t>(experts), 0);
  for (int e = 0; e < active; ++e) queues[e] = choices / active + (e < choices % active ? 1 : 0);
  return queues;
}

std::uint64_t active_of(const std::vector<int>& queues) {
  return static_cast<std::uint64_t>(
      std::count_if(queues.begin(), queues.end(), [](int q) { return q > 0; }));
}

std::uint64_t bytes_of(const Command& c, std::uint64_t active) {
  return memory_bytes(c) * (c.opcode == Opcode::kLoadExperts ? active : 1);
}

std::string shape_of(const Command& c) {
  const std::string rows =
      c.segments > 1 ? fmt::format("{} x {}", c.segments, c.tokens) : fmt::format("{}", c.tokens);
  switch (c.opcode) {
    case Opcode::kEmbed:
    case Opcode::kLinear:
    case Opcode::kGate:
      return fmt::format("{} x {} -> {}", rows, c.in_dim, c.out_dim);
    case Opcode::kAttention:
      return fmt::format("{} x {}, {} heads of {}", rows, c.in_dim, c.heads, c.head_dim);
    case Opcode::kNorm:
    case Opcode::kCopy:
      return fmt::format("{} x {}", rows, c.in_dim);
    case Opcode::kRoute:
      return fmt::format("{} tokens, top {} of {}", c.tokens, c.top_k, c.experts);
    case Opcode::kExperts:
      return fmt::format("{} x {} -> {} -> {}, {} experts", rows, c.in_dim, c.hidden_dim, c.out_dim,
                         c.experts);
    case Opcode::kLoadPixels:
      return fmt::format("{} x {} x 3", c.image_width, c.image_height);
    case Opcode::kLoadTokens:
    case Opcode::kStoreTokens:
    case Opcode::kSpill:
      return fmt::format("{} x {}", rows, c.out_dim);
    case Opcode::kFill:
      return fmt::format("{} x {}{}", rows, c.out_dim,
                         c.adds > 0 ? fmt::format(", {} added", c.adds) : "");
    case Opcode::kStoreExperts:
      return fmt::format("{} choices of {}", c.adds, c.out_dim);
    case Opcode::kLoadWeights:
      return fmt::format("{} rows", c.rows + c.param_rows);
    case Opcode::kPrefetchExperts:
      return fmt::format("{} experts of {} rows", c.list_count, c.rows + c.param_rows);
    case Opcode::kLoadExperts:
      return fmt::format("{} rows an expert", c.rows + c.param_rows);
    case Opcode::kEnd:
    case Opcode::kBarrier:
    case Opcode::kFence:
      break;
  }
  return "";
}

CommandDescription describe_command(const Command& c, const CommandInfo& info, const Work& work,
                                    std::uint64_t bytes) {
  CommandDescription d;
  d.id = c.id;
  d.name = info.name;
  d.task = info.task;
  d.unit = program::name_of(program::unit_of(c.opcode));
  d.opcode = program::name_of(c.opcode);
  d.shape = shape_of(c);
  d.macs = work.macs;
  d.macs_padded = work.macs_padded;
  d.cycles = work.cycles;
  d.bytes = bytes;
  return d;
}

double exact_transfers_per_second(double named_mt_s) {
  constexpr double kStep = 400.0 / 3.0;
  const double exact = std::round(named_mt_s / kStep) * kStep;
  return (std::abs(exact - named_mt_s) < 1.0 ? exact : named_mt_s) * 1e6;
}

double bytes_per_second(const models::DesignConfig& design, const models::BoardConfig& board) {
  const double dram = peak_bytes_per_second(board) * board.dram.efficiency_cap;
  double ports = 0.0;
  for (const int port : design.loader.ports) {
    if (port < 0 || port >= static_cast<int>(board.ports.size())) continue;
    ports += board.ports[static_cast<std::size_t>(port)].width_bits / 8.0 * design.clock_mhz * 1e6;
  }
  return ports > 0 ? std::min(dram, ports) : dram;
}

}  // namespace

double peak_bytes_per_second(const models::BoardConfig& board) {
  return exact_transfers_per_second(board.dram.data_rate_mt_s) * board.dram.bus_bits / 8;
}

ExpertLoads loads_of(const LoweredProgram& program, const program::RoutingTrace& routing) {
  ExpertLoads loads;
  for (const Command* c : expert_commands(program)) {
    std::vector<int> queues(c->experts, 0);
    for (int s = 0; s < c->segments; ++s) {
      const program::SegmentRouting* segment = routing.find(c->layer, s);
      if (segment == nullptr) {
        throw std::invalid_argument(
            fmt::format("routing: no entry for block {} segment {}", c->layer, s));
      }
      for (const program::Choice& choice : segment->choices) {
        if (choice.expert >= c->experts) {
          throw std::invalid_argument(fmt::format("routing: expert {} of block {} does not exist",
                                                  choice.expert, c->layer));
        }
        if (!choice.dropped) ++queues[choice.expert];
      }
    }
    loads.push_back(std::move(queues));
  }
  return loads;
}

ExpertLoads expected_loads(const models::ModelConfig& model, const LoweredProgram& program) {
  ExpertLoads loads;
  for (const Command* c : expert_commands(program)) {
    double expected = 0.0;
    for (int e = 0; e < c->experts; ++e) {
      expected += use_probability(model, program.tasks, c->layer, e);
    }
    const int tokens = c->tiled ? c->frame_tokens : c->tokens;
    const int choices = tokens * c->segments * choices_per_token(program, c->layer);
    const int active = std::clamp(static_cast<int>(std::lround(expected)), 1, int{c->experts});
    loads.push_back(even_queues(choices, std::min(active, std::max(choices, 1)), c->experts));
  }
  return loads;
}

namespace {

std::uint64_t chunks_of(const Command& c, const std::vector<int>& queues) {
  std::uint64_t chunks = 0;
  for (const int queue : queues) chunks += queue_chunks(c, queue);
  return chunks;
}

/// Expert records that a block with these queues reads at least.
std::uint64_t records_of(const Command& c, const std::vector<int>& queues,
                         const models::DesignConfig& design) {
  if (c.tiled) return chunks_of(c, queues);
  if (design.ablation.patch_reorder != models::PatchReorder::kReload) return active_of(queues);
  std::uint64_t choices = 0;
  for (const int queue : queues) choices += static_cast<std::uint64_t>(queue);
  return choices;
}

std::uint64_t choices_of(const ExpertLoads& loads) {
  std::uint64_t choices = 0;
  for (const std::vector<int>& queues : loads) {
    for (const int queue : queues) choices += static_cast<std::uint64_t>(queue);
  }
  return choices;
}

std::uint64_t spill_reads(const LoweredProgram& program, const ExpertLoads& loads) {
  return program.spill.read_bytes + choices_of(loads) * program.spill.gather_bytes;
}

std::uint64_t spill_writes(const LoweredProgram& program, const ExpertLoads& loads) {
  return program.spill.write_bytes + choices_of(loads) * program.spill.contribution_bytes;
}

void add_spill(const LoweredProgram& program, const ExpertLoads& loads, Description* d) {
  d->tile_tokens = program.spill.tile_tokens;
  d->spill_read_bytes = spill_reads(program, loads);
  d->spill_write_bytes = spill_writes(program, loads);
  d->weight_reload_bytes = program.spill.reload_bytes;
}

/// `records`: expert records read by all blocks.
Roofline make_roofline(const LoweredProgram& program, const models::DesignConfig& design,
                       const models::BoardConfig& board, const ExpertLoads& loads,
                       std::uint64_t records) {
  Roofline roofline;
  std::size_t block = 0;
  for (const Command& c : program.commands) {
    if (c.opcode == Opcode::kExperts) {
      const std::vector<int>& queues = loads.at(block++);
      const Work work = expert_work(c, design, queues.data(), static_cast<int>(queues.size()));
      roofline.compute_cycles += work.cycles;
    } else if (program::unit_of(c.opcode) == program::Unit::kArray) {
      roofline.compute_cycles += work_of(c, design).cycles;
    }
  }
  roofline.memory_bytes = program.weight_bytes + records * program.expert_bytes +
                          program.activation_read_bytes + program.write_bytes +
                          spill_reads(program, loads) + spill_writes(program, loads);
  roofline.compute_ms = static_cast<double>(roofline.compute_cycles) / design.clock_mhz * 1e-3;
  roofline.memory_ms =
      static_cast<double>(roofline.memory_bytes) / bytes_per_second(design, board) * 1e3;
  return roofline;
}

}  // namespace

Roofline roofline_of(const LoweredProgram& program, const models::DesignConfig& design,
                     const models::BoardConfig& board, const ExpertLoads& loads) {
  std::uint64_t records = 0;
  const std::vector<const Command*> commands = expert_commands(program);
  for (std::size_t i = 0; i < loads.size(); ++i)
    records += records_of(*commands.at(i), loads[i], design);
  return make_roofline(program, design, board, loads, records);
}

Roofline roofline_of(const LoweredProgram& program, const models::DesignConfig& design,
                     const models::BoardConfig& board, const program::RoutingTrace& routing) {
  const ExpertLoads loads = loads_of(program, routing);
  if (design.ablation.patch_reorder != models::PatchReorder::kCache)
    return roofline_of(program, design, board, loads);
  std::uint64_t records = 0;
  for (const Command* c : expert_commands(program)) {
    const int resident = design.ablation.cache_experts;
    records += program::expert_visits(c->layer, c->segments, routing, resident).loads.size();
  }
  return make_roofline(program, design, board, loads, records);
}

Description describe(const models::ModelConfig& model, const models::DesignConfig& design,
                     const models::BoardConfig& board, const LoweredProgram& program) {
  Description d;
  d.model = model.name;
  d.design = design.name;
  d.board = board.name;
  d.tokens = model.tokens();
  d.tasks = static_cast<int>(program.tasks.size());
  d.clock_mhz = design.clock_mhz;
  const ExpertLoads loads = expected_loads(model, program);
  const std::vector<const Command*> experts = expert_commands(program);
  std::size_t block = 0;
  for (std::size_t i = 0; i < program.commands.size(); ++i) {
    const Command& c = program.commands[i];
    const bool of_experts = c.opcode == Opcode::kExperts;
    // The load stands before its block's kExperts, so `block` is that block at both.
    const std::uint64_t active = block < loads.size() ? active_of(loads[block]) : 0;
    const std::uint64_t records =
        block < loads.size() && c.tiled ? chunks_of(*experts[block], loads[block]) : active;
    const Work work = of_experts
                          ? expert_work(c, design, loads[block].data(), static_cast<int>(c.experts))
                          : work_of(c, design);
    d.commands.push_back(describe_command(c, program.info[i], work, bytes_of(c, records)));
    d.macs += work.macs;
    d.macs_padded += work.macs_padded;
    if (of_experts) {
      d.active_experts += static_cast<double>(active) / static_cast<double>(loads.size());
      ++block;
    }
  }
  add_spill(program, loads, &d);
  for (const int task : program.tasks) {
    const models::TaskConfig& config = model.tasks[static_cast<std::size_t>(task)];
    d.heads.push_back({config.name, models::head_macs(model, config)});
  }
  d.roofline = roofline_of(program, design, board, loads);
  d.buffers = buffer_use(model, design, d.tasks);
  d.resources = estimate_resources(design);
  d.available = board.resources;
  return d;
}

}  // namespace edgemoe::host
