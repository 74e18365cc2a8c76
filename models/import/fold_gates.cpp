// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/import/fold.hpp"
#include "models/io/shape.hpp"

namespace edgemoe::models {
namespace {

using Row = std::vector<double>;
using Shape = std::vector<std::int64_t>;

constexpr const char* kTaskNet = "backbone.gate_task_represent.";
constexpr double kNormEps = 1e-6;

/// The small network that turns a one-hot task into a feature.
class TaskNet {
 public:
  TaskNet(const Checkpoint& checkpoint, std::vector<std::string>* problems)
      : checkpoint_(checkpoint) {
    const Tensor* first = find("fc1.weight");
    valid_ =
        first != nullptr && first->shape.size() == 2 && first->shape[0] > 0 && first->shape[1] > 0;
    if (valid_) {
      size_ = first->shape[0];
      tasks_ = first->shape[1];
      valid_ = has("fc1.bias", {size_}) && has("fc2.weight", {size_, size_}) &&
               has("fc2.bias", {size_}) && has("norm.weight", {size_}) && has("norm.bias", {size_});
    }
    if (!valid_) {
      problems->push_back(
          fmt::format("checkpoint: error: {}*: expected fc1.weight [m, T], fc1.bias [m], "
                      "fc2.weight [m, m], fc2.bias, "
                      "norm.weight and norm.bias [m], got other tensors or shapes",
                      kTaskNet));
    }
  }

  bool valid() const { return valid_; }
  std::int64_t size() const { return size_; }
  std::int64_t tasks() const { return tasks_; }

  Row feature(std::int64_t task) const {
    const Tensor& up = *find("fc1.weight");
    Row hidden(static_cast<std::size_t>(size_));
    for (std::size_t i = 0; i < hidden.size(); ++i) {
      const double x =
          double{up.data[i * static_cast<std::size_t>(tasks_) + static_cast<std::size_t>(task)]} +
          find("fc1.bias")->data[i];
      hidden[i] = 0.5 * x * std::erfc(-x * M_SQRT1_2);
    }
    Row out(hidden.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = find("fc2.bias")->data[i];
      for (std::size_t j = 0; j < hidden.size(); ++j)
        out[i] += find("fc2.weight")->data[i * hidden.size() + j] * hidden[j];
    }
    return normed(std::move(out));
  }

 private:
  Row normed(Row x) const {
    double mean = 0.0, variance = 0.0;
    for (const double v : x) mean += v / static_cast<double>(x.size());
    for (const double v : x) variance += (v - mean) * (v - mean) / static_cast<double>(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
      x[i] = (x[i] - mean) / std::sqrt(variance + kNormEps) * find("norm.weight")->data[i] +
             find("norm.bias")->data[i];
    }
    return x;
  }
  const Tensor* find(const std::string& part) const {
    const auto found = checkpoint_.tensors.find(kTaskNet + part);
    return found == checkpoint_.tensors.end() ? nullptr : &found->second;
  }
  bool has(const std::string& part, const Shape& shape) const {
    const Tensor* tensor = find(part);
    return tensor != nullptr && tensor->shape == shape;
  }

  const Checkpoint& checkpoint_;
  std::int64_t size_ = 0, tasks_ = 0;
  bool valid_ = false;
};

bool is_gate(const std::string& name) {
  return name.find(".mlp.gate.") != std::string::npos && name.size() > 7 &&
         name.compare(name.size() - 7, 7, ".w_gate") == 0;
}

struct SplitGate {
  Tensor weight, bias;
};

SplitGate split(const Tensor& gate, const Row& feature) {
  const auto experts = static_cast<std::size_t>(gate.shape[1]);
  const std::size_t rows = static_cast<std::size_t>(gate.shape[0]) - feature.size();
  SplitGate result;
  result.weight.shape = {static_cast<std::int64_t>(rows), gate.shape[1]};
  result.weight.data.assign(gate.data.begin(),
                            gate.data.begin() + static_cast<std::ptrdiff_t>(rows * experts));
  Row bias(experts, 0.0);
  for (std::size_t i = 0; i < feature.size(); ++i) {
    for (std::size_t e = 0; e < experts; ++e)
      bias[e] += feature[i] * gate.data[(rows + i) * experts + e];
  }
  result.bias.shape = {gate.shape[1]};
  for (const double value : bias) result.bias.data.push_back(static_cast<float>(value));
  return result;
}

/// A gate for every task in place of `name`, which is shared or already one task's.
void replace_gate(Checkpoint* checkpoint, const std::string& name,
                  const std::vector<Row>& features) {
  const std::size_t at = name.find(".mlp.gate.") + 10;
  const std::string prefix = name.substr(0, at), rest = name.substr(at);
  const std::string origin = checkpoint->origin[name];
  const Tensor gate = std::move(checkpoint->tensors.extract(name).mapped());
  for (std::size_t t = 0; t < features.size(); ++t) {
    const std::string own = fmt::format("{}{}.", prefix, t);
    if (rest != "w_gate" && name != own + "w_gate") continue;
    SplitGate parts = split(gate, features[t]);
    checkpoint->tensors[own + "w_gate"] = std::move(parts.weight);
    checkpoint->tensors[own + "bias"] = std::move(parts.bias);
    checkpoint->origin[own + "w_gate"] = checkpoint->origin[own + "bias"] = origin;
  }
}

}  // namespace

void split_conditioned_gates(Checkpoint* checkpoint) {
  std::vector<std::string> gates, net;
  for (const auto& [name, tensor] : checkpoint->tensors) {
    if (name.rfind(kTaskNet, 0) == 0) net.push_back(name);
    if (is_gate(name)) gates.push_back(name);
  }
  if (net.empty()) return;
  std::vector<std::string> problems;
  const TaskNet task_net(*checkpoint, &problems);
  for (const std::string& name : gates) {
    const Shape& shape = checkpoint->tensors.at(name).shape;
    if (task_net.valid() && (shape.size() != 2 || shape[0] <= task_net.size())) {
      problems.push_back(
          fmt::format("{}: expected shape [D + {}, experts] of a conditioned gate, got {}",
                      checkpoint->origin[name], task_net.size(), shape_text(shape)));
    }
  }
  if (task_net.valid() && task_net.tasks() > 64)
    problems.push_back(
        fmt::format("checkpoint: error: {}fc1.weight: expected at most 64 tasks, got {}", kTaskNet,
                    task_net.tasks()));
  throw_problems(problems);
  std::vector<Row> features;
  for (std::int64_t t = 0; t < task_net.tasks(); ++t) features.push_back(task_net.feature(t));
  for (const std::string& name : gates) replace_gate(checkpoint, name, features);
  for (const std::string& name : net) checkpoint->tensors.erase(name);
  checkpoint->notes.push_back(fmt::format(
      "task-conditioned gates of {} tasks turned into a bias per task", task_net.tasks()));
}

}  // namespace edgemoe::models
