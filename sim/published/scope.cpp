// SPDX-License-Identifier: Apache-2.0
#include "sim/published/scope.hpp"

#include <algorithm>
#include <numeric>

#include "models/schema/error.hpp"

namespace edgemoe::sim {
namespace {

constexpr int kDeepestDefinition = 32;

std::vector<bool> moe_blocks(const models::ModelConfig& network) {
  std::vector<bool> moe;
  for (const models::BlockKind kind : network.blocks)
    moe.push_back(kind == models::BlockKind::kMoe);
  return moe;
}

std::map<std::string, std::int64_t> shapes_of(const models::ModelConfig& n) {
  const std::vector<bool> moe = moe_blocks(n);
  return {{"tokens", n.tokens()},
          {"patches", n.patches()},
          {"patch", n.patch},
          {"embed", n.embed_dim},
          {"heads", n.heads},
          {"head_dim", n.head_dim()},
          {"layers", n.depth()},
          {"mlp_hidden", n.mlp_hidden},
          {"experts", n.moe.experts},
          {"top_k", n.moe.top_k},
          {"expert_hidden", n.moe.hidden},
          {"image_height", n.image.height},
          {"image_width", n.image.width},
          {"moe_layers", std::count(moe.begin(), moe.end(), true)}};
}

void check_queues(const Queues& queues, const models::ModelConfig& network) {
  const std::vector<bool> moe = moe_blocks(network);
  const auto blocks = static_cast<std::size_t>(std::count(moe.begin(), moe.end(), true));
  if (queues.size() != blocks) {
    throw models::ConfigError({"routing: error: queues: expected " + std::to_string(blocks) +
                               " moe blocks, got " + std::to_string(queues.size())});
  }
  for (std::size_t m = 0; m < queues.size(); ++m) {
    const std::string place = "routing: error: queues[" + std::to_string(m) + "]: expected ";
    if (queues[m].size() != static_cast<std::size_t>(network.moe.experts)) {
      throw models::ConfigError({place + std::to_string(network.moe.experts) + " experts, got " +
                                 std::to_string(queues[m].size())});
    }
    for (const int length : queues[m]) {
      if (length >= 0 && length <= network.tokens()) continue;
      throw models::ConfigError({place + "lengths of 0 to " + std::to_string(network.tokens()) +
                                 " tokens, got " + std::to_string(length)});
    }
  }
}

std::int64_t at(const std::vector<std::int64_t>& arguments, std::size_t index, std::size_t count,
                std::size_t limit, const std::string& name) {
  if (arguments.size() != count) throw ExpressionError(name + " with another number of arguments");
  const std::int64_t value = arguments[index];
  if (value >= 0 && static_cast<std::size_t>(value) < limit) return value;
  throw ExpressionError(name + " of number " + std::to_string(value) + ", there are " +
                        std::to_string(limit));
}

}  // namespace

Queues queues_of(const program::RoutingTrace& trace, int segment, int experts) {
  Queues queues;
  for (const program::SegmentRouting& block : trace.segments) {
    if (block.segment != segment) continue;
    queues.emplace_back(static_cast<std::size_t>(experts), 0);
    for (const program::Choice& choice : block.choices) {
      if (!choice.dropped) ++queues.back().at(choice.expert);
    }
  }
  return queues;
}

Queues even_queues(const models::ModelConfig& model) {
  Queues queues;
  const int routed = model.tokens() * model.moe.top_k;
  for (const bool moe : moe_blocks(model)) {
    if (!moe) continue;
    std::vector<int> lengths;
    for (int e = 0; e < model.moe.experts; ++e) {
      lengths.push_back(routed / model.moe.experts + (e < routed % model.moe.experts ? 1 : 0));
    }
    queues.push_back(lengths);
  }
  return queues;
}

Scope::Scope(const models::LoopDesignConfig& design, const models::ModelConfig& network,
             Queues queues)
    : design_(design),
      shapes_(shapes_of(network)),
      moe_(moe_blocks(network)),
      queues_(std::move(queues)) {
  check_queues(queues_, network);
  names_.value = [this](const std::string& text) { return name(text); };
  names_.call = [this](const std::string& text, const std::vector<std::int64_t>& arguments) {
    return call(text, arguments);
  };
  for (const auto& [name, formula] : design.define) {
    if (shapes_.count(name) == 0) continue;
    throw models::ConfigError({formula.where + ": expected a new name, got one of the network's"});
  }
}

void Scope::push_index(const std::string& name, std::int64_t value) {
  indices_.emplace_back(name, value);
}

std::uint64_t Scope::value(const models::Formula& formula, std::int64_t low,
                           std::int64_t high) const {
  const auto fail = [&](const std::string& got) -> models::ConfigError {
    const std::string most = high == INT64_MAX ? " or more" : " to " + std::to_string(high);
    return models::ConfigError({formula.where + ": expected " + std::to_string(low) + most +
                                ", got " + got + " (" + formula.text + ")"});
  };
  level_ = 0;
  try {
    const std::int64_t result = evaluate(formula.text, names_);
    if (result < low || result > high) throw fail(std::to_string(result));
    return static_cast<std::uint64_t>(result);
  } catch (const ExpressionError& error) {
    throw fail(error.what());
  }
}

std::int64_t Scope::name(const std::string& text) const {
  const auto named = [&](const auto& entry) { return entry.first == text; };
  const auto index = std::find_if(indices_.rbegin(), indices_.rend(), named);
  if (index != indices_.rend()) return index->second;
  const auto shape = shapes_.find(text);
  if (shape != shapes_.end()) return shape->second;
  const auto found = std::find_if(design_.define.begin(), design_.define.end(), named);
  if (found == design_.define.end()) throw ExpressionError("the unknown name \"" + text + "\"");
  if (++level_ > kDeepestDefinition) {
    throw ExpressionError("definitions in a circle at \"" + text + "\"");
  }
  const std::int64_t result = evaluate(found->second.text, names_);
  --level_;
  return result;
}

std::int64_t Scope::call(const std::string& name,
                         const std::vector<std::int64_t>& arguments) const {
  if (name == "is_moe") {
    return moe_[static_cast<std::size_t>(at(arguments, 0, 1, moe_.size(), name))] ? 1 : 0;
  }
  if (name == "moe_index") {
    const std::int64_t layer = at(arguments, 0, 1, moe_.size(), name);
    return std::count(moe_.begin(), moe_.begin() + layer, true);
  }
  return routed(name, arguments);
}

std::int64_t Scope::routed(const std::string& name,
                           const std::vector<std::int64_t>& arguments) const {
  const bool two = name == "queue" || name == "active_expert";
  if (!two && name != "active" && name != "queued") {
    throw ExpressionError("the unknown function \"" + name + "\"");
  }
  const std::size_t count = two ? 2 : 1;
  const auto block = static_cast<std::size_t>(at(arguments, 0, count, queues_.size(), name));
  const std::vector<int>& queue = queues_[block];
  if (name == "queued") return std::accumulate(queue.begin(), queue.end(), std::int64_t{0});
  std::vector<std::int64_t> active;
  for (std::size_t e = 0; e < queue.size(); ++e) {
    if (queue[e] > 0) active.push_back(static_cast<std::int64_t>(e));
  }
  if (name == "active") return static_cast<std::int64_t>(active.size());
  if (name == "queue") {
    return queue[static_cast<std::size_t>(at(arguments, 1, 2, queue.size(), name))];
  }
  return active[static_cast<std::size_t>(at(arguments, 1, 2, active.size(), name))];
}

}  // namespace edgemoe::sim
