// SPDX-License-Identifier: Apache-2.0
#include "models/import/checkpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "models/io/error.hpp"
#include "models/io/shape.hpp"
#include "models/reference/weights.hpp"

namespace edgemoe::models {
namespace {

/// `backbone.blocks.3.mlp.gate.2.w_gate` to 2; nothing for other names.
std::optional<std::size_t> gate_task(const std::string& name) {
  const std::string part = ".mlp.gate.";
  const std::size_t at = name.find(part);
  if (at == std::string::npos) return std::nullopt;
  const std::string digits = name.substr(at + part.size(), name.rfind('.') - at - part.size());
  if (digits.empty() || digits.size() > 4) return std::nullopt;
  if (!std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return std::nullopt;
  return std::stoul(digits);
}

std::string why_surplus(const ModelConfig& model, const std::string& name) {
  const std::optional<std::size_t> task = gate_task(name);
  if (task && model.moe.gate == GateKind::kPerTask && *task >= model.tasks.size()) {
    return fmt::format("no gate of task {}, because the model has {} task{}", *task,
                       model.tasks.size(), model.tasks.size() == 1 ? "" : "s");
  }
  if (name.rfind("decoders.", 0) == 0) {
    const std::string head = name.substr(9, name.find('.', 9) - 9);
    if (model.task_id(head) < 0) return fmt::format("no head of a task that the model lacks");
  }
  return "no such tensor in this model";
}

}  // namespace

std::vector<std::string> checkpoint_problems(const ModelConfig& model, const Checkpoint& checkpoint,
                                             const std::filesystem::path& source) {
  std::vector<std::string> problems;
  std::set<std::string> known;
  const auto where = [&](const std::string& name) {
    const auto at = checkpoint.origin.find(name);
    return at == checkpoint.origin.end() ? source.string() + ": error: " + name : at->second;
  };
  for (const TensorSpec& spec : expected_tensors(model)) {
    known.insert(spec.name);
    const auto found = checkpoint.tensors.find(spec.name);
    if (found != checkpoint.tensors.end() && found->second.shape == spec.shape) continue;
    problems.push_back(fmt::format(
        "{}: expected a tensor of shape {}, got {}", where(spec.name), shape_text(spec.shape),
        found == checkpoint.tensors.end() ? "none" : "shape " + shape_text(found->second.shape)));
  }
  for (const auto& [name, tensor] : checkpoint.tensors) {
    if (known.count(name) == 0) {
      problems.push_back(fmt::format("{}: expected {}, got shape {}", where(name),
                                     why_surplus(model, name), shape_text(tensor.shape)));
    }
    const auto bad = std::find_if(tensor.data.begin(), tensor.data.end(),
                                  [](float value) { return !std::isfinite(value); });
    if (bad != tensor.data.end()) {
      problems.push_back(fmt::format("{}: expected finite values, got {} at element {}",
                                     where(name), *bad, bad - tensor.data.begin()));
    }
  }
  return problems;
}

void throw_problems(const std::vector<std::string>& problems) {
  if (!problems.empty()) throw DataError(fmt::format("{}", fmt::join(problems, "\n")));
}

}  // namespace edgemoe::models
