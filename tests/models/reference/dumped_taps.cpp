// SPDX-License-Identifier: Apache-2.0
#include "tests/models/reference/dumped_taps.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "models/io/npy.hpp"
#include "models/reference/moe.hpp"

namespace edgemoe::models::testing {
namespace {

constexpr double kBound = 1e-9;
constexpr double kGap = 1e-5;

TensorF64 read_tap(const std::filesystem::path& folder, const std::string& name) {
  return read_npy_f64(folder / (name + ".npy"));
}

Routing read_routing(const ModelConfig& model, const std::filesystem::path& folder) {
  Routing routing;
  for (int i = 0; i < model.depth(); ++i) {
    if (model.blocks[static_cast<std::size_t>(i)] == BlockKind::kMoe) {
      const TensorF64 index = read_tap(folder, block_tap(i, "moe.index"));
      BlockRouting& block = routing.blocks[i];
      block.tokens = model.tokens();
      block.top_k = model.moe.top_k;
      for (const double expert : index.data) {
        block.index.push_back(static_cast<std::int32_t>(expert));
      }
      block.score.assign(block.index.size(), 0.0f);
    }
  }
  return routing;
}

void compare_tap(const std::string& name, const Tensor& ours, const TensorF64& theirs,
                 DumpVerdict& verdict) {
  if (ours.size() != theirs.data.size()) {
    verdict.problems.push_back(name + ": " + std::to_string(theirs.data.size()) +
                               " values dumped, " + std::to_string(ours.size()) + " computed");
    return;
  }
  double error = 0.0, power = 0.0;
  for (std::size_t i = 0; i < theirs.data.size(); ++i) {
    error += std::pow(ours.data[i] - theirs.data[i], 2);
    power += theirs.data[i] * theirs.data[i];
  }
  const double nmse = error == 0.0 ? 0.0 : error / power;
  ++verdict.taps;
  if (!(nmse <= verdict.worst_nmse)) {
    verdict.worst_nmse = nmse;
    verdict.worst_tap = name;
  }
  if (!(nmse <= kBound)) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3g", nmse);
    verdict.problems.push_back(name + ": NMSE " + text);
  }
}

/// Smallest distance between neighbours among the top_k + 1 largest logits of one token.
double smallest_gap(const double* logits, int experts, int top_k) {
  std::vector<double> sorted(logits, logits + experts);
  std::sort(sorted.rbegin(), sorted.rend());
  double gap = INFINITY;
  for (int j = 0; j < top_k && j + 1 < experts; ++j) {
    gap = std::min(gap,
                   sorted[static_cast<std::size_t>(j)] - sorted[static_cast<std::size_t>(j) + 1]);
  }
  return gap;
}

void compare_choices(const ModelConfig& model, int block, const BlockRouting& dumped,
                     const Tensor& logits, const TensorF64& exact_logits, DumpVerdict& verdict) {
  const int experts = model.moe.experts;
  const int top_k = model.moe.top_k;
  const BlockRouting own =
      route_tokens(logits.data, model.tokens(), experts, top_k, model.moe.threshold);
  for (int t = 0; t < model.tokens(); ++t) {
    const auto first = static_cast<std::ptrdiff_t>(t) * top_k;
    if (std::equal(own.index.begin() + first, own.index.begin() + first + top_k,
                   dumped.index.begin() + first)) {
      continue;
    }
    ++verdict.near_ties;
    const double* row = exact_logits.data.data() + static_cast<std::ptrdiff_t>(t) * experts;
    if (smallest_gap(row, experts, top_k) > kGap) {
      verdict.problems.push_back(block_tap(block, "moe.index") + ": token " + std::to_string(t) +
                                 " went to other experts without a near-tie");
    }
  }
}

}  // namespace

DumpVerdict check_dumped_taps(const Reference& reference, const Image& image, int task,
                              const std::filesystem::path& folder) {
  const ModelConfig& model = reference.model();
  const Routing routing = read_routing(model, folder);
  TapRecorder recorder;
  reference.run(image, task, &recorder, &routing);
  DumpVerdict verdict;
  for (const auto& [name, ours] : recorder.taps()) {
    const bool optional = name.find(".moe.hidden") != std::string::npos;
    if (!std::filesystem::exists(folder / (name + ".npy"))) {
      if (!optional) {
        verdict.problems.push_back(name + ": not dumped");
      }
      continue;
    }
    compare_tap(name, ours, read_tap(folder, name), verdict);
  }
  for (const auto& [block, dumped] : routing.blocks) {
    const std::string name = block_tap(block, "moe.logits");
    compare_choices(model, block, dumped, recorder.taps().at(name), read_tap(folder, name),
                    verdict);
  }
  return verdict;
}

}  // namespace edgemoe::models::testing
