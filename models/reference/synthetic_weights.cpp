// SPDX-License-Identifier: Apache-2.0
// Compiled without contraction to fused multiply-add, so that every machine makes the same floats.
#include <cmath>

#include "models/reference/weights.hpp"

namespace edgemoe::models {
namespace {

std::uint64_t mix(std::uint64_t x) {  // finaliser of SplitMix64
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}

std::uint64_t name_hash(const std::string& name) {  // FNV-1a
  std::uint64_t h = 0xcbf29ce484222325ull;
  for (const char c : name) {
    h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  }
  return h;
}

/// Approximately normal values by index: the sum of four 16-bit uniforms of one hash, so |n|
/// <= 3.47.
class NormalStream {
 public:
  NormalStream(std::uint64_t seed, const std::string& name)
      : key_(mix(mix(seed + 0x9e3779b97f4a7c15ull) ^ name_hash(name))) {}

  double at(std::uint64_t i) const {
    const std::uint64_t h = mix(key_ + (i + 1) * 0x9e3779b97f4a7c15ull);
    const std::uint64_t sum =
        (h & 0xffff) + ((h >> 16) & 0xffff) + ((h >> 32) & 0xffff) + (h >> 48);
    constexpr double kMean = 4 * 32767.5;
    constexpr double kInverseDeviation = 1.0 / 37837.2271;  // sqrt(4 (65536^2 - 1) / 12)
    return (static_cast<double>(sum) - kMean) * kInverseDeviation;
  }

 private:
  std::uint64_t key_;
};

struct Statistics {
  double mean = 0.0;
  double deviation = 0.0;
};

bool ends_with(const std::string& name, const std::string& end) {
  return name.size() >= end.size() && name.compare(name.size() - end.size(), end.size(), end) == 0;
}

bool contains(const std::string& name, const std::string& part) {
  return name.find(part) != std::string::npos;
}

/// Biases and norms. GELU inputs sit below zero, as in trained networks, so hidden activations are
/// sparse.
Statistics vector_statistics(const std::string& name) {
  if (contains(name, ".norm") && ends_with(name, ".weight")) {
    return {1.0, 0.2};
  }
  if (contains(name, ".norm")) {
    return {0.0, 0.1};
  }
  if (contains(name, ".fc1.") || contains(name, ".htoh4.")) {
    return {-0.2, 0.3};
  }
  return {0.0, contains(name, ".qkv.") ? 0.3 : 0.05};
}

/// Matrices: deviations relative to 1 / sqrt(inputs). The second matrices of MLP and experts, and
/// the projection, set how fast the residual stream grows; experts count more because scores of
/// 0.2..0.4 scale them down.
Statistics matrix_statistics(const std::string& name, double inputs) {
  double gain = 1.0;
  if (contains(name, ".attn.qkv.")) {
    gain = 1.2;
  } else if (contains(name, ".mlp.fc2.")) {
    gain = 0.7;
  } else if (contains(name, ".h4toh.")) {
    gain = 1.8;
  } else if (contains(name, ".conv_")) {
    gain = 1.41421356;  // keeps the variance through ReLU
  }
  return {0.0, gain / std::sqrt(inputs)};
}

double inputs_of(const TensorSpec& spec) {
  double inputs = 1.0;
  const std::size_t first = contains(spec.name, ".experts.") ? 2 : 1;
  for (std::size_t i = first; i < spec.shape.size(); ++i) {
    inputs *= static_cast<double>(spec.shape[i]);
  }
  return inputs;
}

Statistics statistics_of(const TensorSpec& spec) {
  if (spec.name == "backbone.cls_token" || spec.name == "backbone.pos_embed") {
    return {0.0, 0.7};
  }
  return ends_with(spec.name, ".bias") || contains(spec.name, ".norm")
             ? vector_statistics(spec.name)
             : matrix_statistics(spec.name, inputs_of(spec));
}

Tensor filled(const TensorSpec& spec, const Statistics& statistics, std::uint64_t seed) {
  Tensor tensor;
  tensor.shape = spec.shape;
  std::size_t count = 1;
  for (const std::int64_t n : spec.shape) {
    count *= static_cast<std::size_t>(n);
  }
  tensor.data.resize(count);
  const NormalStream stream(seed, spec.name);
  for (std::size_t i = 0; i < count; ++i) {
    tensor.data[i] = static_cast<float>(statistics.mean + statistics.deviation * stream.at(i));
  }
  return tensor;
}

/// Gates of one block share 80 % of their variance, so tasks prefer related but different experts;
/// logits have a deviation of about 1.3, as in trained gates.
Tensor gate(const TensorSpec& spec, std::uint64_t seed) {
  const std::string block = spec.name.substr(0, spec.name.find(".mlp.gate."));
  const NormalStream common(seed, block + ".mlp.gate");
  const NormalStream own(seed, spec.name);
  const double scale = 1.3 / std::sqrt(static_cast<double>(spec.shape[0]));
  Tensor tensor;
  tensor.shape = spec.shape;
  tensor.data.resize(static_cast<std::size_t>(spec.shape[0] * spec.shape[1]));
  for (std::size_t i = 0; i < tensor.data.size(); ++i) {
    tensor.data[i] =
        static_cast<float>(scale * (0.894427191 * common.at(i) + 0.4472135955 * own.at(i)));
  }
  return tensor;
}

/// Outputs that lie in [0, 1] (depth) centre on 0.4; class logits stay small.
void adjust_last_convolution(const ModelConfig& model, TensorMap& tensors) {
  for (const TaskConfig& task : model.tasks) {
    if (!task.head || task.kind != TaskKind::kDepth) {
      continue;
    }
    const std::string name =
        "decoders." + task.name + ".conv_" + std::to_string(task.head->channels.size());
    for (float& value : tensors.at(name + ".weight").data) {
      value *= 0.125f;
    }
    for (float& value : tensors.at(name + ".bias").data) {
      value += 0.4f;
    }
  }
}

}  // namespace

TensorMap synthetic_weights(const ModelConfig& model, std::uint64_t seed) {
  TensorMap tensors;
  for (const TensorSpec& spec : expected_tensors(model)) {
    tensors[spec.name] = ends_with(spec.name, ".w_gate") ? gate(spec, seed)
                                                         : filled(spec, statistics_of(spec), seed);
  }
  adjust_last_convolution(model, tensors);
  return tensors;
}

}  // namespace edgemoe::models
