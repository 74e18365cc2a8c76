// SPDX-License-Identifier: Apache-2.0
#include "models/reference/network.hpp"

#include <algorithm>
#include <stdexcept>

#include "models/io/error.hpp"
#include "models/reference/backbone.hpp"
#include "models/reference/head.hpp"

namespace edgemoe::models {
namespace {

void check_image(const ModelConfig& model, const Image& image) {
  const auto text = [](int width, int height) {
    return std::to_string(width) + "x" + std::to_string(height);
  };
  if (image.height != model.image.height || image.width != model.image.width) {
    throw DataError("image: error: size: expected " + text(model.image.width, model.image.height) +
                    ", got " + text(image.width, image.height));
  }
  if (image.rgb.size() != static_cast<std::size_t>(image.height) * image.width * 3) {
    throw DataError("image: error: expected 3 bytes a pixel, got " +
                    std::to_string(image.rgb.size()) + " bytes");
  }
}

void check_requests(const ModelConfig& model, const std::vector<TaskRequest>& requests) {
  for (const TaskRequest& request : requests) {
    if (request.task < 0 || request.task >= static_cast<int>(model.tasks.size())) {
      throw std::invalid_argument("reference: no task " + std::to_string(request.task));
    }
  }
}

/// First block whose feed-forward half differs between requests; the depth when none does.
int first_task_block(const ModelConfig& model, const std::vector<TaskRequest>& requests) {
  const bool forced = std::any_of(requests.begin(), requests.end(),
                                  [](const TaskRequest& r) { return r.forced != nullptr; });
  if (model.moe.gate == GateKind::kShared && !forced) {
    return model.depth();
  }
  const auto moe = std::find(model.blocks.begin(), model.blocks.end(), BlockKind::kMoe);
  return static_cast<int>(moe - model.blocks.begin());
}

/// The forced routing of a block, null when the block has none to force.
const BlockRouting* forced_block(const ModelConfig& model, const TaskRequest& request, int block) {
  if (request.forced == nullptr ||
      model.blocks[static_cast<std::size_t>(block)] != BlockKind::kMoe) {
    return nullptr;
  }
  const auto found = request.forced->blocks.find(block);
  if (found == request.forced->blocks.end()) {
    throw std::invalid_argument("forced routing: no entry for block " + std::to_string(block));
  }
  return &found->second;
}

}  // namespace

Reference::Reference(const ModelConfig& model, const TensorMap& tensors)
    : model_(model), weights_(model, tensors) {}

TaskResult Reference::run(const Image& image, int task, TapSink* sink,
                          const Routing* forced) const {
  return std::move(run_tasks(image, {{task, sink, forced}}).front());
}

std::vector<TaskResult> Reference::run_tasks(const Image& image,
                                             const std::vector<TaskRequest>& requests) const {
  check_image(model_, image);
  check_requests(model_, requests);
  if (requests.empty()) {
    return {};
  }
  std::vector<TapSink*> sinks;
  for (const TaskRequest& request : requests) {
    if (request.sink != nullptr) {
      sinks.push_back(request.sink);
    }
  }
  const int split = first_task_block(model_, requests);
  Backbone shared(model_, weights_, requests.front().task, std::move(sinks));
  shared.embed(image);
  for (int i = 0; i < split; ++i) {
    shared.run_attention(i);
    shared.run_feed_forward(i, nullptr);
  }
  if (split < model_.depth()) {
    shared.run_attention(split);
  }
  std::vector<TaskResult> results;
  for (const TaskRequest& request : requests) {
    Backbone own = &request == &requests.back() ? std::move(shared) : shared;
    own.assign(request.task, request.sink);
    for (int i = split; i < model_.depth(); ++i) {
      if (i > split) {
        own.run_attention(i);
      }
      own.run_feed_forward(i, forced_block(model_, request, i));
    }
    TaskResult result{request.task, own.tokens(), own.routing(), {}};
    result.head = head_forward(result.tokens, request.task);
    const std::string name = "head." + model_.tasks[static_cast<std::size_t>(request.task)].name;
    if (request.sink != nullptr && !result.head.data.empty() && request.sink->wants(name)) {
      request.sink->tap(name, result.head);
    }
    results.push_back(std::move(result));
  }
  return results;
}

Tensor Reference::head_forward(const Tensor& tokens, int task) const {
  if (task < 0 || task >= static_cast<int>(model_.tasks.size())) {
    throw std::invalid_argument("reference: no task " + std::to_string(task));
  }
  const HeadView& head = weights_.head(task);
  return head.convs.empty() ? Tensor{} : run_head(model_, head, tokens);
}

}  // namespace edgemoe::models
