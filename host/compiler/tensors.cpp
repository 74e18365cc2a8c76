// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/tensors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "models/io/error.hpp"

namespace edgemoe::host {
namespace {

[[noreturn]] void fail(const std::string& name, const std::string& expected,
                       const std::string& got) {
  throw models::DataError(
      fmt::format("weights: error: {}: expected {}, got {}", name, expected, got));
}

std::size_t count(const Shape& shape) {
  std::size_t elements = 1;
  for (const std::int64_t size : shape) elements *= static_cast<std::size_t>(size);
  return elements;
}

}  // namespace

std::string block_name(int block, const std::string& what) {
  return fmt::format("blocks.{}.{}", block, what);
}

const models::Tensor& find_tensor(const models::TensorMap& tensors, const std::string& name,
                                  const Shape& shape) {
  const auto at = tensors.find(name);
  if (at == tensors.end()) {
    fail(name, fmt::format("a tensor of shape [{}]", fmt::join(shape, ", ")), "none");
  }
  const models::Tensor& tensor = at->second;
  if (tensor.shape != shape || tensor.data.size() != count(shape)) {
    fail(name, fmt::format("shape [{}]", fmt::join(shape, ", ")),
         fmt::format("[{}]", fmt::join(tensor.shape, ", ")));
  }
  for (const float value : tensor.data) {
    if (!std::isfinite(value)) fail(name, "finite values", fmt::format("{}", value));
  }
  return tensor;
}

const models::Tensor& find_weight(const models::TensorMap& tensors, const std::string& layer,
                                  const Shape& shape) {
  return find_tensor(tensors, "backbone." + layer + ".weight", shape);
}

const models::Tensor& find_bias(const models::TensorMap& tensors, const std::string& layer,
                                const Shape& shape) {
  return find_tensor(tensors, "backbone." + layer + ".bias", shape);
}

const models::Tensor& find_scale(const models::TensorMap& tensors, const std::string& layer,
                                 const Shape& shape) {
  const std::string name = "quant." + layer + ".scale";
  const models::Tensor& tensor = find_tensor(tensors, name, shape);
  for (const float value : tensor.data) {
    if (!(value > 0)) fail(name, "scales above 0", fmt::format("{}", value));
  }
  return tensor;
}

double find_scalar(const models::TensorMap& tensors, const std::string& name, bool positive) {
  const std::string full = "quant." + name;
  const auto at = tensors.find(full);
  if (at == tensors.end()) fail(full, "a scalar", "none");
  if (at->second.data.size() != 1) {
    fail(full, "one element", fmt::format("{}", at->second.data.size()));
  }
  const double value = at->second.data[0];
  if (!std::isfinite(value)) fail(full, "a finite value", fmt::format("{}", value));
  if (positive && !(value > 0)) fail(full, "a value above 0", fmt::format("{}", value));
  return value;
}

namespace {

std::string gate_name(const models::ModelConfig& model, int block, int task) {
  const bool shared = model.moe.gate == models::GateKind::kShared;
  return "backbone." + block_name(block, shared ? "mlp.gate." : fmt::format("mlp.gate.{}.", task));
}

}  // namespace

const models::Tensor& find_gate(const models::ModelConfig& model, const models::TensorMap& tensors,
                                int block, int task) {
  return find_tensor(tensors, gate_name(model, block, task) + "w_gate",
                     {model.embed_dim, model.moe.experts});
}

const models::Tensor* find_gate_bias(const models::ModelConfig& model,
                                     const models::TensorMap& tensors, int block, int task) {
  if (!model.moe.gate_bias) return nullptr;
  return &find_tensor(tensors, gate_name(model, block, task) + "bias", {model.moe.experts});
}

}  // namespace edgemoe::host
