// SPDX-License-Identifier: Apache-2.0
#include "models/import/hints.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

namespace edgemoe::models {
namespace {

int to_int(std::int64_t value) {
  return static_cast<int>(std::clamp<std::int64_t>(value, 0, std::numeric_limits<int>::max()));
}

/// Tasks in the order of their gates, as the published training code fixes it.
struct KnownTask {
  const char* name;
  TaskKind kind;
};
constexpr std::array<KnownTask, 6> kTaskOrder{{{"semseg", TaskKind::kSemseg},
                                               {"human_parts", TaskKind::kHumanParts},
                                               {"sal", TaskKind::kSaliency},
                                               {"normals", TaskKind::kNormals},
                                               {"edge", TaskKind::kEdge},
                                               {"depth", TaskKind::kDepth}}};

/// A data set of the published training: recognised by the number of tokens.
struct KnownData {
  const char* name;
  std::int64_t tokens;
  int height, width;
  bool normalised;  ///< ImageNet's mean and deviation; otherwise pixels in [0, 1]
  int classes;
  std::vector<const char*> tasks;
};
const std::array<KnownData, 3> kData{{{"Cityscapes", 129, 128, 256, false, 7, {"semseg", "depth"}},
                                      {"NYUD-v2", 1201, 480, 640, true, 40, {"semseg", "depth"}},
                                      {"PASCAL-Context",
                                       1025,
                                       512,
                                       512,
                                       true,
                                       21,
                                       {"semseg", "human_parts", "sal", "normals", "edge"}}}};
constexpr int kHumanParts = 7;

const KnownData* data_with(std::int64_t tokens, std::int64_t patch) {
  if (patch != 16) return nullptr;
  for (const KnownData& data : kData) {
    if (data.tokens == tokens) return &data;
  }
  return nullptr;
}

int published_heads(std::int64_t embed_dim) {
  return embed_dim == 192 ? 3 : embed_dim == 384 || embed_dim == 768 ? 12 : 0;
}

void add_classes(std::int64_t count, TaskConfig* task) {
  static const std::array<const char*, 7> kStreet{"flat", "construction", "object", "nature",
                                                  "sky",  "human",        "vehicle"};
  for (std::size_t c = 0; c < static_cast<std::size_t>(std::clamp<std::int64_t>(count, 0, 255));
       ++c) {
    const bool street = task->kind == TaskKind::kSemseg && count == 7;
    task->classes.push_back(street ? kStreet[c] : fmt::format("class_{}", c));
    task->colours.push_back(class_colour(c));
  }
}

TaskConfig make_task(const KnownTask& known, std::int64_t classes, const HeadHints* head) {
  TaskConfig task;
  task.name = known.name;
  task.kind = known.kind;
  if (task.kind == TaskKind::kSemseg || task.kind == TaskKind::kHumanParts)
    add_classes(head != nullptr ? head->outputs : classes, &task);
  if (head != nullptr) {
    task.head.emplace();
    for (const std::int64_t channels : head->channels)
      task.head->channels.push_back(to_int(channels));
  }
  return task;
}

/// Tasks of the heads, in the published order.
std::vector<TaskConfig> tasks_of_heads(const NetworkHints& hints) {
  std::vector<TaskConfig> tasks;
  for (const KnownTask& known : kTaskOrder) {
    const auto head = hints.heads.find(known.name);
    if (head != hints.heads.end()) tasks.push_back(make_task(known, 0, &head->second));
  }
  return tasks;
}

std::vector<TaskConfig> tasks_of_data(const KnownData& data) {
  std::vector<TaskConfig> tasks;
  for (const KnownTask& known : kTaskOrder) {
    if (std::find(data.tasks.begin(), data.tasks.end(), std::string(known.name)) ==
        data.tasks.end())
      continue;
    const int classes = known.kind == TaskKind::kHumanParts ? kHumanParts : data.classes;
    tasks.push_back(make_task(known, classes, nullptr));
  }
  return tasks;
}

void set_image(const NetworkHints& hints, const KnownData& data, ModelConfig* model) {
  model->image.height = data.height;
  model->image.width = data.width;
  if (data.normalised) {
    model->image.mean = {0.485, 0.456, 0.406};
    model->image.std = {0.229, 0.224, 0.225};
  } else {
    const double one = hints.published_pixels ? 256.0 / 255.0 : 1.0;
    model->image.std = {one, one, one};
  }
}

}  // namespace

std::int64_t most_common(const std::vector<std::int64_t>& values) {
  std::map<std::int64_t, std::size_t> counts;
  for (const std::int64_t value : values) {
    if (value > 0) ++counts[value];
  }
  std::int64_t best = 0;
  for (const auto& [value, count] : counts) {
    if (best == 0 || count > counts[best]) best = value;
  }
  return best;
}

ModelConfig infer_model(const NetworkHints& hints, std::vector<std::string>* assumed) {
  ModelConfig model;
  model.patch = to_int(hints.patch);
  model.embed_dim = to_int(hints.embed_dim);
  model.heads = published_heads(hints.embed_dim);
  model.blocks = hints.blocks;
  model.mlp_hidden = to_int(hints.mlp_hidden);
  model.moe.experts = to_int(hints.experts);
  model.moe.hidden = to_int(hints.moe_hidden);
  model.moe.gate = hints.shared_gate ? GateKind::kShared : GateKind::kPerTask;
  // Every published configuration keeps top_k * hidden = 4 * width.
  if (hints.moe_hidden > 0 && 4 * hints.embed_dim % hints.moe_hidden == 0)
    model.moe.top_k = to_int(4 * hints.embed_dim / hints.moe_hidden);
  if (model.heads > 0)
    assumed->push_back(
        fmt::format("heads: {} (published for width {})", model.heads, model.embed_dim));
  if (model.moe.top_k > 0)
    assumed->push_back(
        fmt::format("moe.top_k: {} (published: top_k x hidden = 4 x width)", model.moe.top_k));
  const KnownData* data = data_with(hints.tokens, hints.patch);
  if (data != nullptr) {
    set_image(hints, *data, &model);
    assumed->push_back(fmt::format("image: {} x {} with mean and std of {} ({} tokens)",
                                   data->width, data->height, data->name, data->tokens));
  }
  model.tasks = tasks_of_heads(hints);
  if (model.tasks.empty() && data != nullptr &&
      hints.gates == static_cast<std::int64_t>(data->tasks.size())) {
    model.tasks = tasks_of_data(*data);
    assumed->push_back(
        fmt::format("tasks: those of {} ({} gates, no heads)", data->name, hints.gates));
  }
  return model;
}

std::array<std::uint8_t, 3> class_colour(std::size_t index) {
  std::array<unsigned, 3> colour{};
  for (unsigned bit = 0; bit < 24; ++bit) {
    if ((index >> bit & 1U) != 0) colour[bit % 3] |= 128U >> (bit / 3);
  }
  return {static_cast<std::uint8_t>(colour[0]), static_cast<std::uint8_t>(colour[1]),
          static_cast<std::uint8_t>(colour[2])};
}

}  // namespace edgemoe::models
