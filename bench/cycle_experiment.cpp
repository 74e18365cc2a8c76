// SPDX-License-Identifier: Apache-2.0
#include "bench/cycle_experiment.hpp"

#include <chrono>
#include <stdexcept>

#include "tests/host/compiler/sample_model.hpp"
#include "tests/host/compiler/sample_stream.hpp"

namespace edgemoe::bench {
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
  const program::RoutingTrace routing = host::draw_routing(model, e.tasks, e.active, e.seed);
  sim::SimulationOptions simulation;
  simulation.record_trace = false;
  const auto start = std::chrono::steady_clock::now();
  o.result = sim::simulate(o.lowered.commands, routing, e.design, e.board, simulation);
  o.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  o.roofline = host::roofline_of(o.lowered, e.design, e.board, routing);
  return o;
}

}  // namespace edgemoe::bench
