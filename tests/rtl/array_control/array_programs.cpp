// SPDX-License-Identifier: Apache-2.0
#include "tests/rtl/array_control/array_programs.hpp"

#include <algorithm>
#include <numeric>
#include <random>

#include "host/compiler/fit.hpp"
#include "host/compiler/lowered.hpp"
#include "tests/host/compiler/sample_model.hpp"
#include "tests/sim/units/support.hpp"

namespace edgemoe::test {

using program::Command;
using program::Opcode;
using Random = std::mt19937_64;

namespace {

int pick(Random& random, const std::vector<int>& values) {
  return values[random() % values.size()];
}
int below(Random& random, int bound) {
  return static_cast<int>(random() % static_cast<std::uint64_t>(bound));
}

/// Ports, latencies and the cap of a memory that is late now and then.
void draw_memory(ArrayProgram* p, Random& random) {
  p->board = sim::test_board();
  p->board.dram.efficiency_cap = random() % 2 != 0 ? 0.75 : 1.0;
  for (models::PortConfig& port : p->board.ports) port.latency_cycles = pick(random, {0, 20, 150});
  p->design.loader.ports.resize(static_cast<std::size_t>(pick(random, {1, 2, 3, 4})));
  std::iota(p->design.loader.ports.begin(), p->design.loader.ports.end(), 0);
  p->design.loader.outstanding = pick(random, {1, 4, 16});
}

models::ModelConfig draw_model(const ArrayShape& s, int max_dim, Random& random) {
  models::ModelConfig model = host::small_model(pick(random, {1, 2, 3}));
  const int groups = s.segment_rows / s.token_lanes - 1;  // one is for the class row
  const int columns = 1 + below(random, std::min(2, groups));
  model.image.width = 16 * s.token_lanes * columns;
  model.image.height = 16 * (1 + below(random, std::min(3, groups / columns)));
  model.heads = pick(random, {1, 2, 3});
  const int most = max_dim / model.heads / 16;
  model.embed_dim = model.heads * 16 * pick(random, most >= 4 ? std::vector<int>{1, 2, 4}
                                                              : std::vector<int>{1});
  const int hidden = s.max_hidden / 16;
  model.mlp_hidden = 16 * (1 + below(random, hidden));
  model.moe.experts = 1 + below(random, s.experts);
  model.moe.top_k = std::min(model.moe.experts, pick(random, {1, 2, 4}));
  model.moe.hidden = 16 * (1 + below(random, hidden));
  for (auto& kind : model.blocks)
    kind = random() % 3 != 0 ? models::BlockKind::kMoe : models::BlockKind::kMlp;
  return model;
}

program::RoutingTrace draw_routing(const models::ModelConfig& model, int tasks, Random& random) {
  program::RoutingTrace trace;
  const int experts = model.moe.experts;
  const bool drop = random() % 2 == 0, drop_all = random() % 8 == 0;
  for (int layer = 0; layer < model.depth(); ++layer) {
    if (model.blocks[static_cast<std::size_t>(layer)] != models::BlockKind::kMoe) continue;
    const int active = std::max(model.moe.top_k, 1 + below(random, experts));
    for (int s = 0; s < tasks; ++s) {
      program::SegmentRouting segment;
      segment.layer = static_cast<std::uint16_t>(layer);
      segment.segment = static_cast<std::uint16_t>(s);
      segment.tokens = static_cast<std::uint16_t>(model.tokens());
      segment.top_k = static_cast<std::uint8_t>(model.moe.top_k);
      for (int token = 0; token < model.tokens(); ++token) {
        const int first = below(random, active);
        for (int k = 0; k < model.moe.top_k; ++k) {
          segment.choices.push_back({static_cast<std::uint16_t>((first + k) % active), 1000,
                                     drop_all || (drop && random() % 3 == 0)});
        }
      }
      trace.segments.push_back(segment);
    }
  }
  return trace;
}

}  // namespace

models::DesignConfig design_of(const ArrayShape& s) {
  models::DesignConfig design = sim::test_design();
  design.array = {s.token_lanes, 16, 16};
  design.lanes.requant = 16 * s.drain_rows;
  design.lanes.softmax = 16 * s.softmax_tokens;
  design.buffers.score_groups = s.score_groups;
  design.buffers.max_tokens = s.segments * s.segment_rows;
  design.buffers.max_hidden = s.max_hidden;
  design.buffers.staging_tokens = 2 * s.token_lanes;
  return design;
}

ArrayProgram random_network(const ArrayShape& shape, int max_dim, std::uint64_t seed) {
  Random random(seed);
  ArrayProgram p;
  const models::ModelConfig model = draw_model(shape, max_dim, random);
  const int tasks = pick(random, {1, shape.segments});
  p.design = design_of(shape);
  draw_memory(&p, random);
  p.design.loader.prefetch = random() % 2 == 0 ? models::Prefetch::kPopular
                                               : models::Prefetch::kNone;
  p.design.loader.prefetch_experts = pick(random, {1, 4, 12});
  p.design.buffers.weight_ring_rows =
      static_cast<int>(host::ring_rows_needed(model, p.design)) * pick(random, {1, 1, 2, 8});
  host::CompileOptions options;
  for (int t = 0; t < tasks; ++t) options.tasks.push_back(t);
  p.commands = host::compile(model, host::sample_weights(model, 3), p.design, options).commands;
  p.routing = draw_routing(model, tasks, random);
  return p;
}

namespace {

class CommandWriter {
 public:
  CommandWriter(const ArrayShape& shape, int max_dim, std::uint64_t seed)
      : s_(shape), words_(max_dim / 16), random_(seed) {}

  ArrayProgram run(int count) {
    p_.design = design_of(s_);
    draw_memory(&p_, random_);
    p_.design.buffers.weight_ring_rows = words_ * std::max(48, words_) * pick(random_, {1, 2, 16});
    for (int i = 0; i < count; ++i) add(i);
    p_.commands = builder_.finish();
    return p_;
  }

 private:
  int dim() { return 16 * (1 + below(random_, words_)); }

  void norm_before(int i, int tokens, int segments) {
    const int tag = builder_.load_parameters(32);
    Command& c = builder_.norm(tag, tokens, dim());
    c.segments = static_cast<std::uint16_t>(segments);
    if (i > 0 && random_() % 2 == 0) sim::wait_start(c, 2 * i - 1, 1);
    sim::signal_groups(c, 2 * i);
  }

  Command& matrix(int kind, int tokens, int segments) {
    const int in = kind == 1 ? 768 : dim(), out = kind == 2 ? 32 : dim();
    const auto order = random_() % 2 == 0 ? program::LoopOrder::kTokenOuter
                                          : program::LoopOrder::kWeightOuter;
    Command& c = builder_.linear(builder_.load(in, out), tokens, in, out, order);
    c.segments = static_cast<std::uint16_t>(segments);
    const program::Buffer sources[] = {program::Buffer::kNormOut, program::Buffer::kAttentionOut,
                                       program::Buffer::kHidden};
    c.src = sources[random_() % 3];
    const program::Post posts[] = {program::Post::kResidualAdd, program::Post::kInt8,
                                   program::Post::kGelu};
    c.post = posts[random_() % (c.src == program::Buffer::kHidden ? 2 : 3)];
    if (kind == 1) {
      c.opcode = Opcode::kEmbed;
      c.post = program::Post::kEmbed;
      c.segments = 1;
      c.image_width = static_cast<std::uint16_t>(16 * s_.token_lanes * pick(random_, {1, 1, 2}));
    }
    if (kind == 2) {
      c.opcode = Opcode::kGate;
      c.experts = static_cast<std::uint16_t>(1 + below(random_, 16));
      c.task_slot = static_cast<std::uint8_t>(below(random_, s_.segments));
      c.segments = 1;
    }
    return c;
  }

  /// A position table that comes group by group, the class row's last, behind the weights.
  void position_behind(int i, int tokens) {
    Command& c = builder_.add(Opcode::kLoadTokens);
    c.tokens = static_cast<std::uint16_t>(tokens + 1);
    c.out_dim = static_cast<std::uint16_t>(16 * words_);
    c.address = 1 << 19;
    sim::signal_groups(c, 64 + i);
  }

  Command& attention(int tokens, int segments) {
    Command& c = builder_.add(Opcode::kAttention);
    c.tokens = static_cast<std::uint16_t>(tokens);
    c.segments = static_cast<std::uint16_t>(segments);
    c.heads = static_cast<std::uint8_t>(1 + below(random_, std::min(4, words_)));
    c.head_dim = static_cast<std::uint16_t>(16 * (1 + below(random_, words_ / c.heads)));
    return c;
  }

  void add(int i) {
    int tokens = 1 + below(random_, random_() % 3 == 0 ? s_.segment_rows - 1 : 3 * s_.token_lanes);
    tokens = std::min(tokens, s_.segment_rows - 1);
    const int kind = below(random_, 6);  // 0, 4, 5 linear, 1 embed, 2 gate, 3 attention
    if (kind == 1) tokens = std::max(tokens, s_.token_lanes);
    const int segments = 1 + below(random_, s_.segments);
    if (kind == 1) tokens = tokens / s_.token_lanes * s_.token_lanes;
    norm_before(i, kind == 1 ? tokens + 1 : tokens, segments);
    Command& c = kind == 3 ? attention(tokens, segments) : matrix(kind, tokens, segments);
    const int wait = below(random_, 3);
    if (wait == 0) sim::wait_start(c, 2 * i, 1);
    if (wait == 1) sim::wait_group(c, 2 * i, 0);
    if (kind == 1) sim::wait_group(c, 64 + i, 0);
    if (random_() % 2 == 0) {
      sim::signal_end(c, 2 * i + 1);
    } else {
      sim::signal_groups(c, 2 * i + 1);
    }
    if (kind == 1) position_behind(i, tokens);
  }

  ArrayShape s_;
  int words_;
  Random random_;
  ArrayProgram p_;
  sim::ProgramBuilder builder_;
};

}  // namespace

ArrayProgram random_commands(const ArrayShape& shape, int max_dim, std::uint64_t seed) {
  return CommandWriter(shape, max_dim, seed).run(12);
}

namespace {

/// Every token of a segment chooses one expert, or none.
program::SegmentRouting draw_queues(int layer, int segment, int tokens, int experts,
                                    Random& random) {
  std::vector<int> lengths(static_cast<std::size_t>(experts), 0);
  int left = tokens;
  for (int e = 0; e < experts; ++e) {
    const int length = e + 1 == experts ? left : below(random, left + 1);
    lengths[static_cast<std::size_t>(below(random, experts))] += length;
    left -= length;
  }
  program::SegmentRouting routing = sim::routing_of(layer, tokens, lengths).segments[0];
  routing.segment = static_cast<std::uint16_t>(segment);
  return routing;
}

}  // namespace

ArrayProgram random_experts(const ArrayShape& shape, int max_dim, std::uint64_t seed) {
  Random random(seed);
  ArrayProgram p;
  p.design = design_of(shape);
  draw_memory(&p, random);
  p.design.loader.prefetch = models::Prefetch::kPopular;
  sim::ProgramBuilder builder;
  int largest = 1;
  for (int layer = 0; layer < 4; ++layer) {
    const int experts = 1 + below(random, shape.experts);
    const int dim = 16 * (1 + below(random, max_dim / 16));
    // The largest ones together fill the hidden buffer with two queues exactly.
    const bool largest_queue = random() % 4 == 0;
    const int hidden =
        largest_queue ? shape.max_hidden : 16 * (1 + below(random, shape.max_hidden / 16));
    const int tokens = largest_queue ? shape.segment_rows - 1
                                     : 1 + below(random, shape.segment_rows - 1);
    const int segments = 1 + below(random, shape.segments);
    // Wrong guesses between two experts wait in the ring until the first one is through.
    largest = std::max(largest, (2 * experts + 4) * dim * hidden / 256);
    std::vector<int> list;
    for (int e = 0; e < experts; ++e) {
      if (random() % 2 == 0) list.push_back(experts - 1 - e);
    }
    builder.moe(layer, tokens, dim, hidden, experts, list, segments);
    const bool nobody = random() % 6 == 0;
    for (int s = 0; s < segments; ++s) {
      program::SegmentRouting routing = draw_queues(layer, s, tokens, experts, random);
      for (program::Choice& c : routing.choices) c.dropped = c.dropped || nobody;
      p.routing.segments.push_back(routing);
    }
  }
  p.design.buffers.weight_ring_rows = largest * pick(random, {1, 1, 3});
  p.commands = builder.finish();
  // A block's routing comes after the experts of the one before it.
  int blocks = 0;
  for (Command& c : p.commands) {
    if (c.opcode == Opcode::kRoute && blocks > 0) sim::wait_start(c, 21, blocks);
    if (c.opcode == Opcode::kExperts) ++blocks;
  }
  return p;
}

}  // namespace edgemoe::test
