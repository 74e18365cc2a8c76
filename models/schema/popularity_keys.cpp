// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "models/schema/model_keys.hpp"

namespace edgemoe::models {

namespace {

void visit_block(std::size_t experts, std::vector<double>* fractions, const Key& key,
                 Visitor* visitor) {
  visit_list(visitor, key, {experts, experts}, fractions, [&](double* fraction) {
    visitor->real(Key{}, {0.0, 1.0}, fraction);
  });
}

}  // namespace

void visit_popularity(ModelConfig* model, Visitor* visitor) {
  if (!visitor->open_map(Key{}, true)) return;
  visit_file_keys(visitor);
  std::int64_t images = 1;
  visitor->integer(required("images", "images that were counted"), {1, 1'000'000'000}, &images);
  visit_map(
      visitor, required("active", "fraction of images in which an expert is active"), true, [&] {
        for (const TaskConfig& task : model->tasks) {
          visit_map(visitor, required(task.name, "a task of the model"), true, [&] {
            for (int block = 0; block < model->depth(); ++block) {
              if (model->blocks[static_cast<std::size_t>(block)] != BlockKind::kMoe) continue;
              visit_block(static_cast<std::size_t>(model->moe.experts),
                          &model->popularity[task.name][block],
                          required(fmt::format("{}", block), "a moe block of the model"), visitor);
            }
          });
        }
      });
  visitor->close_map();
}

}  // namespace edgemoe::models
