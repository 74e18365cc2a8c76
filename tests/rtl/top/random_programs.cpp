// SPDX-License-Identifier: Apache-2.0
#include "tests/rtl/top/random_programs.hpp"

#include <algorithm>
#include <random>
#include <string>

#include "hls/program/weight_layout.hpp"
#include "host/compiler/fit.hpp"
#include "tests/host/compiler/sample_model.hpp"

namespace edgemoe::host {
namespace {

constexpr int kTile = 16;

/// The same numbers on every platform, unlike the distributions of the standard library.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_(seed) {}
  int pick(int low, int high) {
    return low + static_cast<int>(random_() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool chance(int percent) { return pick(1, 100) <= percent; }
  template <typename T>
  T of(std::initializer_list<T> values) {
    return values.begin()[pick(0, static_cast<int>(values.size()) - 1)];
  }

 private:
  std::mt19937_64 random_;
};

void draw_image(const DesignPoint& point, Draw* draw, models::ModelConfig* model) {
  const int most = point.segment_rows - 1;  // patches: the class token has a row, too
  const int columns = point.token_lanes * draw->pick(1, std::max(1, most / point.token_lanes / 2));
  model->image.width = model->patch * columns;
  model->image.height = model->patch * draw->pick(1, std::min(8, most / columns));
}

void draw_experts(const DesignPoint& point, Draw* draw, models::MoeConfig* moe) {
  moe->experts = draw->pick(2, point.experts);
  moe->top_k = draw->pick(1, std::min(4, moe->experts));
  moe->hidden = kTile * draw->pick(1, point.hidden / kTile);
  moe->gate = draw->chance(30) ? models::GateKind::kShared : models::GateKind::kPerTask;
  moe->gate_bias = draw->chance(30);
  moe->threshold = draw->chance(40) ? 0.05 * draw->pick(1, 12) : 0.0;
}

void draw_popularity(Draw* draw, models::ModelConfig* model) {
  if (draw->chance(30)) return;  // without data: every expert, in index order
  for (const models::TaskConfig& task : model->tasks) {
    for (int block = 0; block < model->depth(); ++block) {
      if (model->blocks[static_cast<std::size_t>(block)] != models::BlockKind::kMoe) continue;
      std::vector<double>& used = model->popularity[task.name][block];
      for (int e = 0; e < model->moe.experts; ++e) used.push_back(0.01 * draw->pick(0, 100));
    }
  }
}

/// sample_weights has gates without biases.
void add_gate_biases(const models::ModelConfig& model, Draw* draw, models::TensorMap* weights) {
  if (!model.moe.gate_bias) return;
  std::vector<std::pair<std::string, models::Tensor>> biases;
  for (const auto& [name, tensor] : *weights) {
    const std::size_t at = name.find("w_gate");
    if (at == std::string::npos) continue;
    models::Tensor bias{{model.moe.experts}, {}};
    for (int e = 0; e < model.moe.experts; ++e) {
      bias.data.push_back(0.01f * static_cast<float>(draw->pick(-100, 100)));
    }
    biases.emplace_back(name.substr(0, at) + "bias", bias);
  }
  weights->insert(biases.begin(), biases.end());
}

std::vector<int> draw_tasks(Draw* draw) {
  return draw->of<std::vector<int>>({{0}, {1}, {0, 1}, {1, 0}});
}

/// Smallest ring with which the compiler takes the model.
int smallest_ring(const models::ModelConfig& model, models::DesignConfig design) {
  for (int rows = 1;; ++rows) {
    design.buffers.weight_ring_rows = rows;
    if (ring_rows_needed(model, design) <= rows) return rows;
  }
}

/// Wrong guesses between two active experts stay in the ring until the first one's second matrix is
/// consumed, and that waits for the second one's first matrix: a list that fits the ring whole
/// cannot block, a longer one can.
int longest_list(const models::ModelConfig& model, int ring) {
  return ring / (2 * program::tile_rows(model.moe.hidden, model.embed_dim));
}

}  // namespace

const std::vector<DesignPoint>& design_points() {
  using models::Prefetch;
  // name, token lanes, ports, outstanding, norm, softmax, requantiser, score groups, segment rows,
  // dim, hidden, experts, prefetch, seed
  static const std::vector<DesignPoint> points{
      {"lanes2", 2, 1, 1, 16, 16, 16, 2, 24, 48, 96, 4, Prefetch::kNone, 1000},
      {"lanes4", 4, 2, 4, 32, 32, 16, 3, 40, 64, 128, 8, Prefetch::kPopular, 2000},
      {"lanes8", 8, 3, 16, 32, 64, 16, 4, 40, 64, 128, 16, Prefetch::kPopular, 3000},
      {"lanes16", 16, 4, 7, 16, 32, 16, 2, 48, 32, 64, 8, Prefetch::kNone, 4000},
      {"lanes16pairs", 16, 3, 16, 32, 64, 32, 3, 48, 64, 128, 8, Prefetch::kPopular, 5000}};
  return points;
}

models::DesignConfig design_of(const DesignPoint& point) {
  models::DesignConfig d = sample_design();
  d.name = point.name;
  d.array.token_lanes = point.token_lanes;
  d.lanes.norm = point.norm;
  d.lanes.softmax = point.softmax;
  d.lanes.requant = d.lanes.gelu = point.requant;
  d.buffers.max_tokens = 2 * point.segment_rows;
  d.buffers.max_embed_dim = point.dim;
  d.buffers.max_hidden = point.hidden;
  d.buffers.max_experts = point.experts;
  d.buffers.score_groups = point.score_groups;
  d.buffers.staging_tokens = 2 * point.token_lanes;
  d.loader.ports.clear();
  for (int p = 0; p < point.ports; ++p) d.loader.ports.push_back(p);
  d.loader.outstanding = point.outstanding;
  d.loader.prefetch = point.prefetch;
  return d;
}

models::ModelConfig model_of(const DesignPoint& point, std::uint64_t seed) {
  Draw draw(seed);
  models::ModelConfig model = small_model(draw.pick(1, 3));
  for (models::BlockKind& kind : model.blocks) {
    kind = draw.chance(65) ? models::BlockKind::kMoe : models::BlockKind::kMlp;
  }
  model.name = "random-" + std::to_string(seed);
  model.heads = draw.pick(1, point.dim / kTile);
  model.embed_dim = model.heads * kTile * draw.pick(1, point.dim / kTile / model.heads);
  model.mlp_hidden = kTile * draw.pick(1, point.hidden / kTile);
  draw_experts(point, &draw, &model.moe);
  draw_image(point, &draw, &model);
  draw_popularity(&draw, &model);
  return model;
}

models::BoardConfig board_of(std::uint64_t seed) {
  Draw draw(seed);
  models::BoardConfig board;
  board.name = "random-" + std::to_string(seed);
  models::DramConfig& d = board.dram;
  d.data_rate_mt_s = draw.of({1600.0, 2133.0, 2400.0});
  d.bus_bits = draw.of({32, 64});
  d.bank_groups = draw.of({2, 4});
  d.banks_per_group = draw.of({2, 4});
  d.row_bytes = draw.of<std::uint64_t>({1024, 4096, 8192});
  d.cl = draw.pick(11, 19);
  d.cwl = draw.pick(9, 14);
  d.trcd = d.trp = draw.pick(11, 19);
  d.trefi = draw.of({0, 900, 3000, 8320});  // 0: no refresh
  d.efficiency_cap = draw.chance(50) ? 1.0 : 0.05 * draw.pick(6, 19);
  for (int p = 0; p < 5; ++p) {
    models::PortConfig port;
    port.name = "HP" + std::to_string(p);
    port.latency_cycles = draw.pick(34, 120);
    board.ports.push_back(port);
  }
  return board;
}

models::Image image_of(const models::ModelConfig& model, std::uint64_t seed) {
  Draw draw(seed);
  models::Image image;
  image.height = model.image.height;
  image.width = model.image.width;
  image.rgb.resize(static_cast<std::size_t>(image.height) * image.width * 3);
  for (std::uint8_t& value : image.rgb) value = static_cast<std::uint8_t>(draw.pick(0, 255));
  return image;
}

std::vector<TopCase> random_cases(const DesignPoint& point) {
  std::vector<TopCase> cases;
  models::DesignConfig design = design_of(point);
  int ring = 0;
  for (int i = 0; i < kCasesOfPoint; ++i) {
    TopCase c;
    const std::uint64_t seed = point.seed + static_cast<std::uint64_t>(i);
    c.name = std::string(point.name) + ", seed " + std::to_string(seed);
    c.model = model_of(point, seed);
    c.weights = sample_weights(c.model, seed);
    Draw draw(~seed);
    add_gate_biases(c.model, &draw, &c.weights);
    c.tasks = draw_tasks(&draw);
    c.board = board_of(seed);
    c.image = image_of(c.model, seed);
    design.loader.prefetch_experts = draw.pick(0, point.experts);
    c.design = design;
    ring = std::max(ring, smallest_ring(c.model, design));
    cases.push_back(std::move(c));
  }
  for (TopCase& c : cases) {
    c.design.buffers.weight_ring_rows = ring;
    c.design.loader.prefetch_experts =
        std::min(c.design.loader.prefetch_experts, longest_list(c.model, ring));
  }
  return cases;
}

std::vector<TopCase> random_streams(const DesignPoint& point) {
  std::vector<TopCase> cases = random_cases(point);
  cases.resize(kStreamsOfPoint);
  Draw draw(point.seed + 500);
  for (TopCase& c : cases) {
    c.name += ", stream";
    c.design.buffers.own_inputs = true;
    c.next_tasks = {draw_tasks(&draw), draw_tasks(&draw)};
  }
  return cases;
}

}  // namespace edgemoe::host
