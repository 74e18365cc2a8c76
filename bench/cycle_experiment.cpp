// SPDX-License-Identifier: Apache-2.0
#include "bench/cycle_experiment.hpp"

#include <chrono>
#include <numeric>
#include <random>
#include <stdexcept>

#include "tests/host/compiler/sample_model.hpp"

namespace edgemoe::bench {
program::RoutingTrace draw_routing(const models::ModelConfig& model, int tasks, int active,
                                   std::uint64_t seed) {
  std::mt19937_64 random(seed);
  program::RoutingTrace trace;
  for (int layer = 0; layer < model.depth(); ++layer) {
    if (model.blocks[static_cast<std::size_t>(layer)] != models::BlockKind::kMoe) continue;
    std::vector<int> experts(static_cast<std::size_t>(model.moe.experts));
    std::iota(experts.begin(), experts.end(), 0);
    for (std::size_t i = experts.size() - 1; i > 0; --i)
      std::swap(experts[i], experts[random() % (i + 1)]);
    for (int segment = 0; segment < tasks; ++segment) {
      program::SegmentRouting routing;
      routing.layer = static_cast<std::uint16_t>(layer);
      routing.segment = static_cast<std::uint16_t>(segment);
      routing.tokens = static_cast<std::uint16_t>(model.tokens());
      routing.top_k = 2;
      for (int token = 0; token < model.tokens(); ++token) {
        const auto first = token < active ? static_cast<std::uint64_t>(token) : random() % active;
        const std::uint64_t second = (first + 1 + random() % (active - 1)) % active;
        for (std::uint64_t e : {first, second}) {
          routing.choices.push_back({static_cast<std::uint16_t>(experts[e]), 32768, false});
        }
      }
      trace.segments.push_back(routing);
    }
  }
  return trace;
}

models::Prefetch policy(const std::string& name) {
  if (name == "none") return models::Prefetch::kNone;
  if (name == "oracle") return models::Prefetch::kOracle;
  if (name == "popular") return models::Prefetch::kPopular;
  throw std::invalid_argument("prefetch: expected popular, none or oracle, got " + name);
}

Outcome measure(const Experiment& e) {
  const models::ModelConfig model = host::tiny_model();
  static const models::TensorMap weights = host::sample_weights(model, 1);
  host::CompileOptions options;
  for (int t = 0; t < e.tasks; ++t) options.tasks.push_back(t);
  Outcome o;
  o.lowered = host::compile(model, weights, e.design, options);
  const program::RoutingTrace routing = draw_routing(model, e.tasks, e.active, e.seed);
  sim::SimulationOptions simulation;
  simulation.record_trace = false;
  const auto start = std::chrono::steady_clock::now();
  o.result = sim::simulate(o.lowered.commands, routing, e.design, e.board, simulation);
  o.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  o.roofline = host::roofline_of(o.lowered, e.design, e.board, routing);
  return o;
}

}  // namespace edgemoe::bench
