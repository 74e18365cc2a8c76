// SPDX-License-Identifier: Apache-2.0
// Streams: frames in one program compute what each computes alone, no hazard is left between them,
// and changing the task costs no time.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "hls/program/encoding.hpp"
#include "hls/top/accelerator.hpp"
#include "host/compiler/describe.hpp"
#include "host/compiler/hazards.hpp"
#include "models/schema/error.hpp"
#include "sim/units/simulate.hpp"
#include "tests/host/compiler/sample_model.hpp"

namespace edgemoe::host {
namespace {

using Tasks = std::vector<int>;

models::DesignConfig stream_design() {
  models::DesignConfig design = sample_design();
  design.buffers.own_inputs = true;
  return design;
}

models::BoardConfig measured_board() {
  models::BoardConfig board;
  board.ports.resize(4);
  board.dram.efficiency_cap = 0.75;
  return board;
}

std::vector<CompileOptions> frames_of(const std::vector<Tasks>& tasks) {
  std::vector<CompileOptions> frames;
  for (const Tasks& of_frame : tasks) frames.push_back({of_frame});
  return frames;
}

models::Image noise_image(const models::ModelConfig& model, unsigned seed) {
  std::mt19937 random(seed);
  models::Image image;
  image.width = model.image.width;
  image.height = model.image.height;
  image.rgb.resize(3u * static_cast<std::size_t>(image.width * image.height));
  for (auto& value : image.rgb) value = static_cast<std::uint8_t>(random());
  return image;
}

/// Results of frame f after a run of the kernels.
std::vector<std::uint8_t> results_of(const LoweredProgram& p,
                                     const std::vector<std::uint8_t>& image, std::size_t f) {
  const program::Command& store = p.commands[p.frames[f].store];
  const auto begin = image.begin() + static_cast<std::ptrdiff_t>(store.address);
  return {begin, begin + 4ll * store.tokens * store.segments * store.out_dim};
}

TEST(Stream, EveryFrameGivesWhatItGivesAlone) {
  const models::ModelConfig model = small_model(4);
  const models::TensorMap weights = sample_weights(model, 3);
  const std::vector<Tasks> tasks{{0}, {1}, {0, 1}, {1}, {1, 0}};
  LoweredProgram stream = compile_stream(model, weights, stream_design(), frames_of(tasks));
  ASSERT_EQ(stream.frames.size(), tasks.size());
  for (std::size_t f = 0; f < tasks.size(); ++f) {
    set_pixels(stream, noise_image(model, static_cast<unsigned>(f)), static_cast<int>(f));
  }
  std::vector<std::uint8_t> image = stream.image;
  ASSERT_EQ(hls::run_program(image.data(), image.size(), {}).error, hls::RunError::kNone);
  for (std::size_t f = 0; f < tasks.size(); ++f) {
    LoweredProgram alone = compile(model, weights, stream_design(), {tasks[f]});
    set_pixels(alone, noise_image(model, static_cast<unsigned>(f)));
    std::vector<std::uint8_t> own = alone.image;
    ASSERT_EQ(hls::run_program(own.data(), own.size(), {}).error, hls::RunError::kNone);
    EXPECT_EQ(results_of(stream, image, f), results_of(alone, own, 0)) << f;
  }
}

TEST(Stream, FramesLeaveNoHazardBetweenThem) {
  const models::ModelConfig model = small_model(4);
  const models::TensorMap weights = sample_weights(model, 3);
  const std::vector<std::vector<Tasks>> streams{
      {{0}, {0}, {0}}, {{0}, {1}, {0}}, {{0, 1}, {1, 0}, {0, 1}}, {{0, 1}, {0}, {1, 0}, {1}}};
  for (const int lanes : {1, 4, 8}) {
    models::DesignConfig design = stream_design();
    design.array.token_lanes = lanes;
    design.buffers.staging_tokens = 2 * lanes;
    for (const auto& tasks : streams) {
      const LoweredProgram p = compile_stream(model, weights, design, frames_of(tasks));
      const std::vector<std::string> findings = verify_hazards(p.commands, lanes);
      EXPECT_TRUE(findings.empty()) << findings.size() << " findings, first " << findings[0];
    }
  }
}

TEST(Stream, TheWaitsBetweenFramesAreNeeded) {
  models::ModelConfig model = small_model(2);
  const LoweredProgram p =
      compile_stream(model, sample_weights(model, 3), stream_design(), frames_of({{0, 1}, {1, 0}}));
  const auto& frame = p.frames[1];
  int removed = 0;
  for (std::size_t i = frame.load_pixels; i < p.commands.size(); ++i) {
    // Where experts wait for a routing, so does the loader, and they for its last rows: see below.
    if (p.commands[i].opcode == program::Opcode::kLoadPixels) continue;
    for (int w = 0; w < program::kMaxWaits; ++w) {
      if (p.commands[i].wait[w].mode == program::WaitMode::kNone) continue;
      if (i == frame.embed && p.commands[i].wait[w].mode == program::WaitMode::kStart) continue;
      std::vector<program::Command> broken = p.commands;
      broken[i].wait[w] = program::Wait();
      EXPECT_FALSE(verify_hazards(broken, 8).empty()) << p.info[i].name << " wait " << w;
      ++removed;
    }
  }
  EXPECT_GT(removed, 10);
  model.blocks.assign(2, models::BlockKind::kMlp);
  const LoweredProgram dense =
      compile_stream(model, sample_weights(model, 3), stream_design(), frames_of({{0}, {0}}));
  EXPECT_TRUE(verify_hazards(dense.commands, 8).empty());
  for (const std::uint16_t id : {dense.frames[1].load_pixels, dense.frames[1].embed}) {
    std::vector<program::Command> broken = dense.commands;
    ASSERT_EQ(broken[id].wait[0].mode, program::WaitMode::kStart);
    broken[id].wait[0] = program::Wait();
    EXPECT_FALSE(verify_hazards(broken, 8).empty()) << id;
  }
}

TEST(Stream, WeightsAndPositionTableLieInTheImageOnce) {
  const models::ModelConfig model = small_model(4);
  const models::TensorMap weights = sample_weights(model, 3);
  const auto size = [&](const std::vector<Tasks>& tasks) {
    return compile_stream(model, weights, stream_design(), frames_of(tasks)).image.size();
  };
  const std::size_t two = size({{0}, {0}}), three = size({{0}, {0}, {0}});
  const std::size_t pixels = 3u * 32 * 48, results = 7u * 32 * 4;
  EXPECT_LT(three - two, pixels + results + 60 * program::kCommandBytes + 3 * program::kRowBytes);
  const LoweredProgram p = compile_stream(model, weights, stream_design(), frames_of({{0}, {1}}));
  EXPECT_EQ(std::count_if(
                p.commands.begin(), p.commands.end(),
                [](const program::Command& c) { return c.opcode == program::Opcode::kLoadTokens; }),
            1);
}

TEST(Stream, ASingleFrameIsTheProgramOfThatFrame) {
  const models::ModelConfig model = small_model(4);
  const models::TensorMap weights = sample_weights(model, 3);
  EXPECT_EQ(compile_stream(model, weights, sample_design(), {{{1}}}).image,
            compile(model, weights, sample_design(), {{1}}).image);
}

TEST(Stream, StreamsThatCannotBeAreRefused) {
  const models::ModelConfig model = small_model(4);
  const models::TensorMap weights = sample_weights(model, 3);
  EXPECT_THROW(compile_stream(model, weights, stream_design(), {}), models::ConfigError);
  EXPECT_THROW(compile_stream(model, weights, sample_design(), frames_of({{0}, {1}})),
               models::ConfigError);
  EXPECT_THROW(compile_stream(model, weights, stream_design(), frames_of({{0}, {7}})),
               models::ConfigError);
  const std::vector<Tasks> many(65, Tasks{0});
  EXPECT_THROW(compile_stream(model, weights, stream_design(), frames_of(many)),
               models::ConfigError);
}

/// Every token chooses two of twelve experts, which differ between the tasks.
void add_routing(const models::ModelConfig& model, const FrameInfo& frame,
                 program::RoutingTrace* trace) {
  for (int layer = 1; layer < model.depth(); layer += 2) {
    for (std::size_t s = 0; s < frame.tasks.size(); ++s) {
      std::mt19937 random(static_cast<unsigned>(17 * layer + frame.tasks[s]));
      program::SegmentRouting routing;
      routing.layer = static_cast<std::uint16_t>(frame.first_layer + layer);
      routing.segment = static_cast<std::uint16_t>(s);
      routing.tokens = static_cast<std::uint16_t>(model.tokens());
      routing.top_k = 2;
      for (int t = 0; t < model.tokens(); ++t) {
        const unsigned first = random() % 12, second = (first + 1 + random() % 11) % 12;
        for (const unsigned e : {first, second}) {
          const unsigned expert = (e + 4u * static_cast<unsigned>(frame.tasks[s])) % 16;
          routing.choices.push_back({static_cast<std::uint16_t>(expert), 32768, false});
        }
      }
      trace->segments.push_back(routing);
    }
  }
}

/// M3ViT-tiny with popularity lists that name the experts of add_routing.
models::ModelConfig model_with_popularity() {
  models::ModelConfig model = tiny_model();
  for (int task = 0; task < 2; ++task) {
    std::vector<double> used(16, 0.0);
    for (int e = 0; e < 12; ++e) used[static_cast<std::size_t>((e + 4 * task) % 16)] = 1.0;
    auto& of_task = model.popularity[model.tasks[static_cast<std::size_t>(task)].name];
    for (int layer = 1; layer < model.depth(); layer += 2) of_task[layer] = used;
  }
  return model;
}

/// Cycles from the first issue of each frame to that of the next. (Ends of stores move by some
/// hundred cycles with what else the memory does.)
std::vector<std::uint64_t> frame_times(const std::vector<Tasks>& tasks) {
  const models::ModelConfig model = model_with_popularity();
  static const models::TensorMap weights = sample_weights(model, 1);
  const LoweredProgram p = compile_stream(model, weights, stream_design(), frames_of(tasks));
  program::RoutingTrace routing;
  for (const FrameInfo& frame : p.frames) add_routing(model, frame, &routing);
  sim::SimulationOptions options;
  options.record_trace = false;
  const sim::SimulationResult result =
      sim::simulate(p.commands, routing, stream_design(), measured_board(), options);
  EXPECT_EQ(result.dram.read_bytes, result.dram.needed_bytes + result.dram.wasted_prefetch_bytes);
  std::vector<std::uint64_t> times;
  for (std::size_t f = 0; f + 1 < p.frames.size(); ++f) {
    times.push_back(result.commands[p.frames[f + 1].embed].begin -
                    result.commands[p.frames[f].embed].begin);
  }
  return times;
}

/// All tokens to the experts that no list names, so that all of them are loaded last.
program::RoutingTrace off_the_lists(const models::ModelConfig& model, const LoweredProgram& p,
                                    int listed) {
  const int rest = model.moe.experts - listed;
  program::RoutingTrace trace;
  for (const FrameInfo& frame : p.frames) {
    for (int layer = 1; layer < model.depth(); layer += 2) {
      program::SegmentRouting routing;
      routing.layer = static_cast<std::uint16_t>(frame.first_layer + layer);
      routing.tokens = static_cast<std::uint16_t>(model.tokens());
      routing.top_k = 2;
      for (int t = 0; t < 2 * model.tokens(); ++t) {
        const int expert = rest > 1 ? listed + t % rest : t % model.moe.experts;
        routing.choices.push_back({static_cast<std::uint16_t>(expert), 32768, false});
      }
      trace.segments.push_back(routing);
    }
  }
  return trace;
}

TEST(Stream, TheNextStartIsLoadedEarlyWhereTheRingHoldsItAndAllUnlistedExperts) {
  const models::ModelConfig model = small_model(2);
  const models::TensorMap weights = sample_weights(model, 3);
  int early = 0, late = 0;
  for (int rows = 100; rows < 260; rows += 7) {
    models::DesignConfig design = stream_design();
    design.buffers.weight_ring_rows = rows;
    design.loader.prefetch_experts = 2;
    const LoweredProgram p = compile_stream(model, weights, design, frames_of({{0}, {1}, {0}}));
    std::size_t list = 0, embed = 0, experts = 0;
    for (const program::Command& c : p.commands) {
      const std::string& name = p.info[c.id].name;
      if (name == "f00.prefetch.l01.experts") list = c.list_count;
      if (name == "f01.load.embed") embed = c.id;
      if (name == "f00.load.l01.experts") experts = c.id;
    }
    const std::size_t rest = static_cast<std::size_t>(model.moe.experts) - list;
    const bool fits =
        p.commands[embed].rows + rest * p.commands[experts].rows <= static_cast<std::size_t>(rows);
    EXPECT_EQ(embed < experts, fits) << rows;
    (fits ? early : late) += 1;
    const program::RoutingTrace routing = off_the_lists(model, p, static_cast<int>(list));
    EXPECT_NO_THROW(sim::simulate(p.commands, routing, design, measured_board())) << rows;
  }
  EXPECT_GT(early, 0);
  EXPECT_GT(late, 0);
}

TEST(Stream, NoFrameTakesLongerBecauseTheTaskChanges) {
  const std::vector<std::uint64_t> a = frame_times({{0}, {0}, {0}, {0}, {0}}),
                                   b = frame_times({{1}, {1}, {1}, {1}, {1}}),
                                   ab = frame_times({{0}, {1}, {0}, {1}, {0}});
  ASSERT_EQ(ab.size(), 4u);
  for (std::size_t f = 0; f < ab.size(); ++f) {
    EXPECT_LE(ab[f], f % 2 == 0 ? a[f] : b[f]) << "frame " << f;
  }
}

TEST(Stream, AFrameThatFollowsAnotherHidesItsStart) {
  const models::ModelConfig model = model_with_popularity();
  const LoweredProgram p = compile(model, sample_weights(model, 1), stream_design(), {{0}});
  program::RoutingTrace routing;
  add_routing(model, p.frames[0], &routing);
  const sim::SimulationResult alone =
      sim::simulate(p.commands, routing, stream_design(), measured_board());
  EXPECT_LT(frame_times({{0}, {0}})[0] + 6000, alone.cycles);
}

}  // namespace
}  // namespace edgemoe::host
