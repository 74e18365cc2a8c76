// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/units/programs.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <random>

#include "host/compiler/cost.hpp"
#include "host/compiler/fit.hpp"
#include "sim/units/shapes.hpp"
#include "tests/host/compiler/sample_model.hpp"
#include "tests/sim/units/support.hpp"

namespace edgemoe::sim {
namespace {

using Random = std::mt19937_64;

int pick(Random& random, std::initializer_list<int> values) {
  return values.begin()[random() % values.size()];
}

/// Every token chooses top_k different ones of `active` experts; some choices are dropped when
/// `drop` is set.
program::RoutingTrace draw_routing(const models::ModelConfig& model, int tasks, int active,
                                   bool drop, Random& random) {
  program::RoutingTrace trace;
  const int experts = model.moe.experts, top_k = model.moe.top_k;
  for (int layer = 0; layer < model.depth(); ++layer) {
    if (model.blocks[static_cast<std::size_t>(layer)] != models::BlockKind::kMoe) continue;
    const auto shift = random() % static_cast<std::uint64_t>(experts);
    for (int s = 0; s < tasks; ++s) {
      program::SegmentRouting segment;
      segment.layer = static_cast<std::uint16_t>(layer);
      segment.segment = static_cast<std::uint16_t>(s);
      segment.tokens = static_cast<std::uint16_t>(model.tokens());
      segment.top_k = static_cast<std::uint8_t>(top_k);
      for (int token = 0; token < model.tokens(); ++token) {
        const std::uint64_t first = token < active ? static_cast<std::uint64_t>(token) : random();
        for (int k = 0; k < top_k; ++k) {
          const std::uint64_t expert =
              ((first + static_cast<std::uint64_t>(k)) % static_cast<std::uint64_t>(active) +
               shift) %
              static_cast<std::uint64_t>(experts);
          segment.choices.push_back(
              {static_cast<std::uint16_t>(expert), 1000, drop && random() % 3 == 0});
        }
      }
      trace.segments.push_back(segment);
    }
  }
  return trace;
}

models::ModelConfig random_model(Random& random) {
  models::ModelConfig model = host::small_model(pick(random, {1, 2, 3, 4}));
  model.image.height = 16 * pick(random, {1, 2, 3});
  model.image.width = 16 * pick(random, {1, 2, 3, 5});
  model.heads = pick(random, {1, 2, 3});
  model.embed_dim = model.heads * pick(random, {8, 16, 32, 40});
  model.mlp_hidden = pick(random, {16, 48, 72, 130});
  model.moe.experts = pick(random, {1, 2, 5, 8, 16});
  model.moe.top_k = std::min(model.moe.experts, pick(random, {1, 2, 4}));
  model.moe.hidden = pick(random, {16, 40, 64});
  for (auto& kind : model.blocks)
    kind = random() % 2 != 0 ? models::BlockKind::kMoe : models::BlockKind::kMlp;
  return model;
}

models::DesignConfig random_design(const models::ModelConfig& model, int tasks, Random& random) {
  models::DesignConfig design = test_design();
  design.array = {pick(random, {2, 4, 8}), pick(random, {8, 16, 32}), pick(random, {8, 16, 32})};
  design.lanes.requant = pick(random, {4, 8, 16});
  design.lanes.softmax = pick(random, {8, 16, 32});
  design.lanes.norm = pick(random, {8, 16, 32});
  design.buffers.score_groups = pick(random, {2, 3, 4});
  design.buffers.max_embed_dim = 192;
  design.loader.ports.resize(static_cast<std::size_t>(pick(random, {1, 2, 3, 4})));
  std::iota(design.loader.ports.begin(), design.loader.ports.end(), 0);
  design.loader.outstanding = pick(random, {1, 4, 16});
  design.loader.prefetch = static_cast<models::Prefetch>(random() % 3);
  design.loader.prefetch_experts = pick(random, {1, 4, 12});
  const auto least = host::ring_rows_needed(model, design);
  design.buffers.weight_ring_rows = static_cast<int>(least) * pick(random, {1, 1, 2, 8});
  design.buffers.max_tokens = std::max(design.buffers.max_tokens, (model.tokens() + 8) * tasks);
  if (random() % 3 == 0) design.buffers.max_hidden = std::max(model.mlp_hidden, model.moe.hidden);
  return design;
}

std::vector<program::Command> compile_commands(const Workload& w, int tasks) {
  host::CompileOptions options;
  for (int t = 0; t < tasks; ++t) options.tasks.push_back(t);
  return host::compile(w.model, host::sample_weights(w.model, 3), w.design, options).commands;
}

}  // namespace

Workload tiny_workload(int tasks, int active, std::uint64_t seed) {
  Random random(seed);
  Workload w{host::tiny_model(), test_design(), test_board(), {}, {}};
  static std::map<int, std::vector<program::Command>>
      compiled;  // weights of tiny take a second to draw
  if (compiled.count(tasks) == 0) compiled[tasks] = compile_commands(w, tasks);
  w.commands = compiled[tasks];
  w.routing = draw_routing(w.model, tasks, active, false, random);
  return w;
}

Workload random_workload(std::uint64_t seed) {
  Random random(seed);
  Workload w;
  const int tasks = pick(random, {1, 2});
  w.model = random_model(random);
  w.design = random_design(w.model, tasks, random);
  w.board = test_board();
  w.board.dram.efficiency_cap = random() % 2 != 0 ? 0.75 : 1.0;
  for (models::PortConfig& port : w.board.ports) port.latency_cycles = pick(random, {0, 20, 60});
  const int active =
      std::max(w.model.moe.top_k,
               1 + static_cast<int>(random() % static_cast<std::uint64_t>(w.model.moe.experts)));
  w.commands = compile_commands(w, tasks);
  w.routing = draw_routing(w.model, tasks, active, random() % 4 == 0, random);
  return w;
}

SimulationResult run(const Workload& w, std::uint64_t shuffle_seed) {
  SimulationOptions options;
  options.shuffle_seed = shuffle_seed;
  return run(w.commands, w.routing, w.design, w.board, options);
}

std::uint64_t array_cycles(const Workload& w) {
  const models::ArrayConfig& array = w.design.array;
  const auto matrix = [&](std::uint64_t in, std::uint64_t out) {
    return ceil_div(out, array.out_lanes) * ceil_div(in, array.in_lanes);
  };
  std::uint64_t cycles = 0;
  for (const program::Command& c : w.commands) {
    const std::uint64_t groups =
        std::max<std::uint64_t>(1, c.segments) * ceil_div(c.tokens, array.token_lanes);
    if (c.opcode == program::Opcode::kLinear || c.opcode == program::Opcode::kEmbed) {
      cycles += groups * matrix(c.in_dim, c.out_dim);
    } else if (c.opcode == program::Opcode::kGate) {
      cycles += groups * 2 * matrix(c.in_dim, 2 * ceil_div(c.experts, 16) * 16);
    } else if (c.opcode == program::Opcode::kAttention) {
      cycles += groups * c.heads *
                matrix(c.tokens, c.head_dim);  // QK may issue longer than its products need
      cycles += groups * c.heads * matrix(c.head_dim, c.tokens);
    } else if (c.opcode == program::Opcode::kExperts) {
      std::vector<std::uint64_t> queue(64, 0);
      for (int s = 0; s < c.segments; ++s) {
        for (const program::Choice& choice : w.routing.find(c.layer, s)->choices)
          queue[choice.expert] += !choice.dropped;
      }
      for (std::uint64_t q : queue) {
        cycles += ceil_div(q, array.token_lanes) *
                  (matrix(c.in_dim, c.hidden_dim) + matrix(c.hidden_dim, c.in_dim));
      }
    }
  }
  return cycles;
}

double memory_cycles(const Workload& w, const SimulationResult& result) {
  const double dram = w.board.dram.data_rate_mt_s * 1.0003 * w.board.dram.bus_bits / 8 *
                      w.board.dram.efficiency_cap / w.design.clock_mhz;
  const double ports =
      16.0 * static_cast<double>(w.design.loader.ports.size() + 1);  // and the sequencer's
  const double bucket = 64 * 64;  // what the cap lets through at once after a pause
  const double bytes = static_cast<double>(result.dram.read_bytes);
  return std::max((bytes - bucket) / dram, bytes / ports);
}

}  // namespace edgemoe::sim
