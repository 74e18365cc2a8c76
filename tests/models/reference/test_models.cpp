// SPDX-License-Identifier: Apache-2.0
#include "tests/models/reference/test_models.hpp"

#include <cmath>

namespace edgemoe::models::testing {
namespace {

TaskConfig semseg_task(int classes, std::vector<int> channels) {
  TaskConfig task;
  task.name = "semseg";
  task.kind = TaskKind::kSemseg;
  for (int c = 0; c < classes; ++c) {
    task.classes.push_back("class" + std::to_string(c));
    task.colours.push_back({static_cast<std::uint8_t>(30 * c), 10, 200});
  }
  task.head = HeadConfig{std::move(channels)};
  return task;
}

TaskConfig depth_task(std::vector<int> channels) {
  TaskConfig task;
  task.name = "depth";
  task.kind = TaskKind::kDepth;
  task.head = HeadConfig{std::move(channels)};
  return task;
}

}  // namespace

ModelConfig small_model() {
  ModelConfig model;
  model.name = "test-small";
  model.image.height = 32;
  model.image.width = 48;
  model.image.mean = {0.5, 0.4, 0.45};
  model.image.std = {0.25, 0.2, 0.3};
  model.patch = 16;
  model.embed_dim = 24;
  model.heads = 3;
  model.blocks = {BlockKind::kMlp, BlockKind::kMoe, BlockKind::kMlp, BlockKind::kMoe};
  model.mlp_hidden = 56;
  model.moe.experts = 5;
  model.moe.top_k = 2;
  model.moe.hidden = 20;
  model.tasks = {semseg_task(3, {7, 6, 5, 4}), depth_task({5, 4})};
  return model;
}

ModelConfig tiny_model() {
  ModelConfig model = small_model();
  model.name = "test-tiny";
  model.image.height = 128;
  model.image.width = 256;
  model.embed_dim = 192;
  model.blocks.clear();
  for (int i = 0; i < 12; ++i) {
    model.blocks.push_back(i % 2 == 0 ? BlockKind::kMlp : BlockKind::kMoe);
  }
  model.mlp_hidden = 768;
  model.moe.experts = 16;
  model.moe.hidden = 384;
  model.tasks = {semseg_task(7, {64, 32, 32, 16}), depth_task({64, 32, 32, 16})};
  return model;
}

Image test_image(int height, int width, unsigned seed) {
  Image image{height, width, {}};
  unsigned state = seed * 2654435761u + 12345u;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < 3; ++c) {
        state = state * 1664525u + 1013904223u;
        const double wave = std::sin(0.05 * x * (c + 1) + seed) * std::cos(0.11 * y - c);
        const double level = 127.5 + 100.0 * wave + static_cast<double>(state >> 24) / 4.7 - 27.0;
        image.rgb.push_back(
            static_cast<std::uint8_t>(level < 0.0 ? 0.0 : (level > 255.0 ? 255.0 : level)));
      }
    }
  }
  return image;
}

}  // namespace edgemoe::models::testing
