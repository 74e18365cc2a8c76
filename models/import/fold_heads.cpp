// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <set>

#include "models/import/fold.hpp"
#include "models/io/shape.hpp"

namespace edgemoe::models {
namespace {

constexpr double kBatchNormEps = 1e-5;
constexpr std::array<const char*, 4> kParts{"weight", "bias", "running_mean", "running_var"};

void rename(Checkpoint* checkpoint, const std::string& from, const std::string& to) {
  auto node = checkpoint->tensors.extract(from);
  node.key() = to;
  checkpoint->tensors.insert(std::move(node));
  checkpoint->origin[to] = checkpoint->origin[from];
}

/// `decoders.depth.syncbn_fc_2.bias` to `decoders.depth.` and `2`; empty for other names.
struct NormName {
  std::string head, index;
};
NormName norm_name(const std::string& name) {
  const std::string part = ".syncbn_fc_";
  const std::size_t at = name.find(part);
  if (name.rfind("decoders.", 0) != 0 || at == std::string::npos) return {};
  const std::size_t first = at + part.size();
  return {name.substr(0, at + 1), name.substr(first, name.find('.', first) - first)};
}

/// The four vectors and the convolution of one norm, or the problems that keep it from folding.
class Fold {
 public:
  Fold(Checkpoint* checkpoint, const std::string& head, const std::string& index)
      : checkpoint_(*checkpoint),
        norm_(head + "syncbn_fc_" + index + "."),
        conv_(head + "conv_" + index + ".") {}

  void run(std::vector<std::string>* problems) {
    Tensor* weight = find(conv_ + "weight", problems);
    Tensor* bias = find(conv_ + "bias", problems);
    std::array<Tensor*, 4> norm{};
    for (std::size_t i = 0; i < norm.size(); ++i) norm[i] = find(norm_ + kParts[i], problems);
    const bool complete = weight != nullptr && bias != nullptr && norm[0] != nullptr &&
                          norm[1] != nullptr && norm[2] != nullptr && norm[3] != nullptr;
    if (!complete || !shapes_fit(*weight, *bias, norm, problems)) return;
    const std::size_t out = bias->size(), each = out == 0 ? 0 : weight->size() / out;
    for (std::size_t o = 0; o < out; ++o) {
      const double variance = norm[3]->data[o];
      if (!(variance >= 0.0)) {
        problems->push_back(
            fmt::format("{}: expected a variance of 0 or more, got {} at element {}",
                        checkpoint_.origin[norm_ + "running_var"], variance, o));
        return;
      }
      const double gain = norm[0]->data[o] / std::sqrt(variance + kBatchNormEps);
      for (std::size_t i = 0; i < each; ++i)
        weight->data[o * each + i] = static_cast<float>(weight->data[o * each + i] * gain);
      bias->data[o] =
          static_cast<float>((double{bias->data[o]} - norm[2]->data[o]) * gain + norm[1]->data[o]);
    }
  }

  void remove() {
    for (const char* part : kParts) checkpoint_.tensors.erase(norm_ + part);
  }

 private:
  Tensor* find(const std::string& name, std::vector<std::string>* problems) {
    const auto found = checkpoint_.tensors.find(name);
    if (found != checkpoint_.tensors.end()) return &found->second;
    problems->push_back(fmt::format(
        "checkpoint: error: {}: expected a tensor, because {}* is there, got none", name, norm_));
    return nullptr;
  }

  bool shapes_fit(const Tensor& weight, const Tensor& bias, const std::array<Tensor*, 4>& norm,
                  std::vector<std::string>* problems) {
    bool fit = !weight.shape.empty() && bias.shape == std::vector<std::int64_t>{weight.shape[0]};
    for (const Tensor* vector : norm) fit = fit && vector->shape == bias.shape;
    if (!fit) {
      problems->push_back(
          fmt::format("{}: expected as many outputs as its bias and {}*, got shape {}",
                      checkpoint_.origin[conv_ + "weight"], norm_, shape_text(weight.shape)));
    }
    return fit;
  }

  Checkpoint& checkpoint_;
  std::string norm_, conv_;
};

}  // namespace

void name_single_head(Checkpoint* checkpoint) {
  std::vector<std::string> names;
  std::int64_t outputs = 0;
  for (const auto& [name, tensor] : checkpoint->tensors) {
    if (name.rfind("decoder.", 0) != 0) continue;
    names.push_back(name);
    // The last convolution is the one with a 1x1 kernel.
    if (tensor.shape.size() == 4 && tensor.shape[2] == 1) outputs = tensor.shape[0];
  }
  if (names.empty()) return;
  const std::string task = outputs > 3 ? "semseg" : outputs == 3 ? "normals" : "depth";
  for (const std::string& name : names)
    rename(checkpoint, name, "decoders." + task + name.substr(7));
  checkpoint->notes.push_back(
      fmt::format("head of a single task with {} outputs: taken as {}", outputs, task));
}

void fold_batch_norms(Checkpoint* checkpoint) {
  std::set<std::pair<std::string, std::string>> norms;
  for (const auto& [name, tensor] : checkpoint->tensors) {
    const NormName norm = norm_name(name);
    if (!norm.head.empty()) norms.insert({norm.head, norm.index});
  }
  std::vector<std::string> problems;
  for (const auto& [head, index] : norms) {
    Fold fold(checkpoint, head, index);
    fold.run(&problems);
    fold.remove();
  }
  throw_problems(problems);
  if (!norms.empty())
    checkpoint->notes.push_back(
        fmt::format("{} batch normalisations folded into convolutions", norms.size()));
}

}  // namespace edgemoe::models
