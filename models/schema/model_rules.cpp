// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "models/schema/model_keys.hpp"

namespace edgemoe::models {

namespace {

/// Token numbers travel as 16 bits through the program, and 65535 stands for none.
constexpr std::int64_t kMaxTokens = 65534;

void check_image(const ModelConfig& model, Rules* rules) {
  const auto divides = [&](const char* path, int side) {
    rules->require(side % model.patch == 0, {path, "patch"},
                   fmt::format("a multiple of {} (patch)", model.patch), fmt::format("{}", side));
  };
  divides("image.height", model.image.height);
  divides("image.width", model.image.width);
  const std::int64_t tokens = std::int64_t{model.grid_height()} * model.grid_width() + 1;
  rules->require(tokens <= kMaxTokens, {"patch", "image.height", "image.width"},
                 fmt::format("at most {} tokens", kMaxTokens), fmt::format("{}", tokens));
}

void check_blocks(const ModelConfig& model, Rules* rules) {
  const auto has = [&](BlockKind kind) {
    return std::find(model.blocks.begin(), model.blocks.end(), kind) != model.blocks.end();
  };
  rules->require(!has(BlockKind::kMlp) || model.mlp_hidden > 0, {"mlp", "blocks"},
                 "this map, because blocks has mlp", "nothing");
  rules->require(!has(BlockKind::kMoe) || model.moe.experts > 0, {"moe", "blocks"},
                 "this map, because blocks has moe", "nothing");
  rules->require(model.moe.top_k <= model.moe.experts, {"moe.top_k", "moe.experts"},
                 fmt::format("at most {} (moe.experts)", model.moe.experts),
                 fmt::format("{}", model.moe.top_k));
}

void check_classes(const TaskConfig& task, const std::string& path, Rules* rules) {
  const bool classified = task.kind == TaskKind::kSemseg || task.kind == TaskKind::kHumanParts;
  const std::string classes = path + ".classes";
  const std::string colours = path + ".colours";
  if (!classified) {
    rules->require(task.classes.empty(), {classes, path + ".kind"},
                   "no classes for a task of this kind", fmt::format("{}", task.classes.size()));
    rules->require(task.colours.empty(), {colours, path + ".kind"},
                   "no colours for a task of this kind", fmt::format("{}", task.colours.size()));
    return;
  }
  rules->require(task.classes.size() >= 2, {classes, path + ".kind"},
                 "2 or more classes for a task of this kind", "none");
  rules->require(task.colours.size() == task.classes.size(), {colours, classes},
                 fmt::format("a colour for each of the {} classes", task.classes.size()),
                 fmt::format("{}", task.colours.size()));
  std::set<std::string> names;
  for (std::size_t i = 0; i < task.classes.size(); ++i) {
    rules->require(names.insert(task.classes[i]).second, {fmt::format("{}[{}]", classes, i)},
                   "each class once", "\"" + task.classes[i] + "\" again");
  }
}

void check_tasks(const ModelConfig& model, Rules* rules) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < model.tasks.size(); ++i) {
    const std::string path = fmt::format("tasks[{}]", i);
    rules->require(names.insert(model.tasks[i].name).second, {path + ".name"},
                   "each task name once", "\"" + model.tasks[i].name + "\" again");
    check_classes(model.tasks[i], path, rules);
  }
}

void check_weights(const ModelFile& file, Rules* rules) {
  const bool synthetic = file.config.synthetic_seed.has_value();
  rules->require(file.weight_files.empty() == synthetic, {"weights"}, "either files or synthetic",
                 synthetic ? "both" : "neither");
  const std::set<std::string> names(file.weight_files.begin(), file.weight_files.end());
  rules->require(names.size() == file.weight_files.size(), {"weights.files"}, "each file once",
                 "one again");
}

}  // namespace

void check(const ModelFile& file, Rules* rules) {
  const ModelConfig& model = file.config;
  check_image(model, rules);
  rules->require(model.heads > 0 && model.embed_dim % model.heads == 0, {"heads", "embed_dim"},
                 fmt::format("a divisor of {} (embed_dim)", model.embed_dim),
                 fmt::format("{}", model.heads));
  check_blocks(model, rules);
  check_tasks(model, rules);
  check_weights(file, rules);
}

}  // namespace edgemoe::models
