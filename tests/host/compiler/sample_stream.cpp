// SPDX-License-Identifier: Apache-2.0
#include "tests/host/compiler/sample_stream.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <random>

#include "tests/host/compiler/sample_model.hpp"

namespace edgemoe::host {
namespace {

constexpr int kFrames = 5;  // what the program memory holds

/// All experts are likely, in another order for each task.
models::ModelConfig model_with_lists() {
  models::ModelConfig model = tiny_model();
  for (int task = 0; task < 2; ++task) {
    std::vector<double> used;
    for (int e = 0; e < model.moe.experts; ++e)
      used.push_back(task == 0 ? 1.0 - 0.01 * e : 0.8 + 0.01 * e);
    auto& of_task = model.popularity[model.tasks[static_cast<std::size_t>(task)].name];
    for (int layer = 1; layer < model.depth(); layer += 2) of_task[layer] = used;
  }
  return model;
}

}  // namespace

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

StreamTimes time_stream(const StreamSetting& setting, const std::vector<int>& tasks) {
  const models::ModelConfig model = model_with_lists();
  static const models::TensorMap weights = sample_weights(model, 1);
  std::vector<CompileOptions> frames;
  for (const int task : tasks) frames.push_back({{task}});
  StreamTimes s;
  s.lowered = compile_stream(model, weights, setting.design, frames);
  if (setting.plant) setting.plant(&s.lowered);
  program::RoutingTrace routing;
  for (std::size_t f = 0; f < tasks.size(); ++f) {
    const std::uint64_t seed = 1000 * setting.seed + 2 * f + static_cast<std::uint64_t>(tasks[f]);
    for (program::SegmentRouting r : draw_routing(model, 1, setting.active, seed).segments) {
      r.layer = static_cast<std::uint16_t>(r.layer + s.lowered.frames[f].first_layer);
      routing.segments.push_back(std::move(r));
    }
  }
  sim::SimulationOptions options;
  options.record_trace = false;
  options.refresh_phase = setting.refresh_phase;
  s.result = sim::simulate(s.lowered.commands, routing, setting.design, setting.board, options);
  for (std::size_t f = 0; f + 1 < tasks.size(); ++f) {
    const FrameInfo* frame = s.lowered.frames.data() + f;
    s.frames.push_back(s.result.commands[frame[1].embed].begin -
                       s.result.commands[frame[0].embed].begin);
  }
  return s;
}

namespace {

/// Of every frame, over positions of the refresh timer.
struct Extremes {
  std::vector<std::uint64_t> least, longest;
};

Extremes extremes(StreamSetting setting, int first, int next, int phases) {
  std::vector<int> tasks;
  for (int f = 0; f < kFrames; ++f) tasks.push_back(f % 2 == 0 ? first : next);
  Extremes e;
  for (int phase = 0; phase < phases; ++phase) {
    setting.refresh_phase = setting.board.dram.trefi / phases * phase;
    const std::vector<std::uint64_t> frames = time_stream(setting, tasks).frames;
    if (phase == 0) e = {frames, frames};
    for (std::size_t f = 0; f < frames.size(); ++f) {
      e.least[f] = std::min(e.least[f], frames[f]);
      e.longest[f] = std::max(e.longest[f], frames[f]);
    }
  }
  return e;
}

}  // namespace

SwitchStudy study_switches(const StreamSetting& setting, int phases) {
  const Extremes alone[2] = {extremes(setting, 0, 0, phases), extremes(setting, 1, 1, phases)};
  SwitchStudy study;
  study.more = std::numeric_limits<std::int64_t>::min();
  for (std::size_t t = 0; t < 2; ++t) {
    const Extremes turns = extremes(setting, static_cast<int>(t), static_cast<int>(1 - t), phases);
    for (std::size_t f = 0; f < turns.longest.size(); ++f) {
      const Extremes& same = alone[(t + f) % 2];
      study.longest_alone[t] = std::max(study.longest_alone[t], alone[t].longest[f]);
      study.longest_in_turn = std::max(study.longest_in_turn, turns.longest[f]);
      study.spread = std::max(study.spread, same.longest[f] - same.least[f]);
      study.more = std::max(study.more, static_cast<std::int64_t>(turns.longest[f]) -
                                            static_cast<std::int64_t>(same.longest[f]));
    }
  }
  return study;
}

}  // namespace edgemoe::host
