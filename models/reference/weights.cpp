// SPDX-License-Identifier: Apache-2.0
#include "models/reference/weights.hpp"

#include <cstring>
#include <set>

#include "models/io/error.hpp"

namespace edgemoe::models {
namespace {

using Shape = std::vector<std::int64_t>;

class SpecList {
 public:
  void add(const std::string& name, Shape shape) { specs_.push_back({name, std::move(shape)}); }
  void add_norm(const std::string& name, std::int64_t size) {
    add(name + ".weight", {size});
    add(name + ".bias", {size});
  }
  void add_linear(const std::string& name, std::int64_t out, std::int64_t in) {
    add(name + ".weight", {out, in});
    add(name + ".bias", {out});
  }
  void add_conv(const std::string& name, std::int64_t out, std::int64_t in, std::int64_t kernel) {
    add(name + ".weight", {out, in, kernel, kernel});
    add(name + ".bias", {out});
  }
  std::vector<TensorSpec> take() { return std::move(specs_); }

 private:
  std::vector<TensorSpec> specs_;
};

std::string gate_name(const ModelConfig& model, const std::string& block, std::size_t task) {
  return block + ".mlp.gate." +
         (model.moe.gate == GateKind::kShared ? "" : std::to_string(task) + ".");
}

std::size_t gate_count(const ModelConfig& model) {
  return model.moe.gate == GateKind::kShared ? 1 : model.tasks.size();
}

std::string block_name(int i) { return "backbone.blocks." + std::to_string(i); }

void add_block(const ModelConfig& model, int i, SpecList& list) {
  const std::int64_t d = model.embed_dim;
  const std::string name = block_name(i);
  list.add_norm(name + ".norm1", d);
  list.add_linear(name + ".attn.qkv", 3 * d, d);
  list.add_linear(name + ".attn.proj", d, d);
  list.add_norm(name + ".norm2", d);
  if (model.blocks[static_cast<std::size_t>(i)] == BlockKind::kMlp) {
    list.add_linear(name + ".mlp.fc1", model.mlp_hidden, d);
    list.add_linear(name + ".mlp.fc2", d, model.mlp_hidden);
    return;
  }
  const std::int64_t e = model.moe.experts;
  const std::int64_t f = model.moe.hidden;
  for (std::size_t t = 0; t < gate_count(model); ++t) {
    list.add(gate_name(model, name, t) + "w_gate", {d, e});
    if (model.moe.gate_bias) list.add(gate_name(model, name, t) + "bias", {e});
  }
  list.add(name + ".mlp.experts.htoh4.weight", {e, f, d});
  list.add(name + ".mlp.experts.htoh4.bias", {e, f});
  list.add(name + ".mlp.experts.h4toh.weight", {e, d, f});
  list.add(name + ".mlp.experts.h4toh.bias", {e, d});
}

void add_head(const ModelConfig& model, const TaskConfig& task, SpecList& list) {
  const std::string name = "decoders." + task.name;
  list.add_norm(name + ".norm", model.embed_dim);
  std::int64_t in = model.embed_dim;
  std::size_t index = 0;
  for (const int out : task.head->channels) {
    list.add_conv(name + ".conv_" + std::to_string(index++), out, in, 3);
    in = out;
  }
  list.add_conv(name + ".conv_" + std::to_string(index), task.output_channels(), in, 1);
}

std::string shape_text(const Shape& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  }
  return text + "]";
}

bool holds_its_shape(const Tensor& tensor) {
  std::uint64_t count = 1;
  for (const std::int64_t n : tensor.shape) {
    count *= static_cast<std::uint64_t>(n);
  }
  return count == tensor.data.size();
}

/// Infinity and NaN are the floats whose exponent bits are all set.
bool all_finite(const Tensor& tensor) {
  constexpr std::uint32_t kExponent = 0x7f800000u;
  std::uint32_t bad = 0;
  for (const float value : tensor.data) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    bad |= static_cast<std::uint32_t>((bits & kExponent) == kExponent);
  }
  return bad == 0;
}

const float* data_of(const TensorMap& tensors, const std::string& name) {
  return tensors.at(name).data.data();
}

NormView norm_view(const TensorMap& tensors, const std::string& name, int size) {
  return {data_of(tensors, name + ".weight"), data_of(tensors, name + ".bias"), size};
}

LinearView linear_view(const TensorMap& tensors, const std::string& name, int out, int in) {
  return {data_of(tensors, name + ".weight"), data_of(tensors, name + ".bias"), out, in};
}

/// Matrix e of a stack [E, out, in].
LinearView expert_view(const TensorMap& tensors, const std::string& name, int e, int out, int in) {
  LinearView view = linear_view(tensors, name, out, in);
  view.weight += static_cast<std::size_t>(e) * static_cast<std::size_t>(out) * in;
  view.bias += static_cast<std::size_t>(e) * static_cast<std::size_t>(out);
  return view;
}

BlockView block_view(const ModelConfig& model, const TensorMap& tensors, int i) {
  const int d = model.embed_dim;
  const std::string name = block_name(i);
  BlockView block;
  block.norm1 = norm_view(tensors, name + ".norm1", d);
  block.norm2 = norm_view(tensors, name + ".norm2", d);
  block.qkv = linear_view(tensors, name + ".attn.qkv", 3 * d, d);
  block.proj = linear_view(tensors, name + ".attn.proj", d, d);
  if (model.blocks[static_cast<std::size_t>(i)] == BlockKind::kMlp) {
    block.fc1 = linear_view(tensors, name + ".mlp.fc1", model.mlp_hidden, d);
    block.fc2 = linear_view(tensors, name + ".mlp.fc2", d, model.mlp_hidden);
    return block;
  }
  for (std::size_t t = 0; t < gate_count(model); ++t) {
    const std::string gate = gate_name(model, name, t);
    block.gates.push_back(data_of(tensors, gate + "w_gate"));
    if (model.moe.gate_bias) block.gate_biases.push_back(data_of(tensors, gate + "bias"));
  }
  for (int e = 0; e < model.moe.experts; ++e) {
    block.up.push_back(expert_view(tensors, name + ".mlp.experts.htoh4", e, model.moe.hidden, d));
    block.down.push_back(expert_view(tensors, name + ".mlp.experts.h4toh", e, d, model.moe.hidden));
  }
  return block;
}

HeadView head_view(const ModelConfig& model, const TensorMap& tensors, const TaskConfig& task) {
  HeadView head;
  if (!task.head) {
    return head;
  }
  const std::string name = "decoders." + task.name;
  head.norm = norm_view(tensors, name + ".norm", model.embed_dim);
  int in = model.embed_dim;
  const std::size_t count = task.head->channels.size();
  for (std::size_t i = 0; i <= count; ++i) {
    const int out = i < count ? task.head->channels[i] : task.output_channels();
    const LinearView view = linear_view(tensors, name + ".conv_" + std::to_string(i), out, in);
    head.convs.push_back({view.weight, view.bias, out, in, i < count ? 3 : 1});
    in = out;
  }
  return head;
}

}  // namespace

std::vector<TensorSpec> expected_tensors(const ModelConfig& model) {
  const std::int64_t d = model.embed_dim;
  SpecList list;
  list.add("backbone.cls_token", {1, 1, d});
  list.add("backbone.pos_embed", {1, model.tokens(), d});
  list.add_conv("backbone.patch_embed.proj", d, 3, model.patch);
  for (int i = 0; i < model.depth(); ++i) {
    add_block(model, i, list);
  }
  for (const TaskConfig& task : model.tasks) {
    if (task.head) {
      add_head(model, task, list);
    }
  }
  return list.take();
}

std::vector<std::string> weight_problems(const ModelConfig& model, const TensorMap& tensors) {
  std::vector<std::string> problems;
  const auto report = [&](const std::string& name, const std::string& text) {
    problems.push_back("weights: error: " + name + ": " + text);
  };
  std::set<std::string> known;
  for (const TensorSpec& spec : expected_tensors(model)) {
    known.insert(spec.name);
    const auto found = tensors.find(spec.name);
    const std::string expected = "expected a tensor of shape " + shape_text(spec.shape);
    if (found == tensors.end()) {
      report(spec.name, expected + ", got none");
    } else if (found->second.shape != spec.shape) {
      report(spec.name, expected + ", got shape " + shape_text(found->second.shape));
    } else if (!holds_its_shape(found->second)) {
      report(spec.name, expected + ", got " + std::to_string(found->second.size()) + " values");
    }
  }
  for (const auto& [name, tensor] : tensors) {
    if (known.count(name) == 0 && name.rfind("quant.", 0) != 0) {
      report(name, "expected no such tensor in this model, got shape " + shape_text(tensor.shape));
    }
    if (!all_finite(tensor)) {
      report(name, "expected finite values, got infinity or NaN");
    }
  }
  return problems;
}

void check_weights(const ModelConfig& model, const TensorMap& tensors) {
  const std::vector<std::string> problems = weight_problems(model, tensors);
  if (problems.empty()) {
    return;
  }
  std::string text;
  for (const std::string& problem : problems) {
    text += (text.empty() ? "" : "\n") + problem;
  }
  throw DataError(text);
}

Weights::Weights(const ModelConfig& model, const TensorMap& tensors) {
  check_weights(model, tensors);
  cls_token_ = data_of(tensors, "backbone.cls_token");
  pos_embed_ = data_of(tensors, "backbone.pos_embed");
  patch_ = linear_view(tensors, "backbone.patch_embed.proj", model.embed_dim,
                       3 * model.patch * model.patch);
  for (int i = 0; i < model.depth(); ++i) {
    blocks_.push_back(block_view(model, tensors, i));
  }
  for (const TaskConfig& task : model.tasks) {
    heads_.push_back(head_view(model, tensors, task));
  }
}

namespace {

const float* of_task(const std::vector<const float*>& all, int task) {
  return all.size() == 1 ? all[0] : all.at(static_cast<std::size_t>(task));
}

}  // namespace

const float* Weights::gate(int block, int task) const {
  return of_task(this->block(block).gates, task);
}

const float* Weights::gate_bias(int block, int task) const {
  const std::vector<const float*>& biases = this->block(block).gate_biases;
  return biases.empty() ? nullptr : of_task(biases, task);
}

}  // namespace edgemoe::models
