// SPDX-License-Identifier: Apache-2.0
#include "host/run/golden.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "models/reference/error_metrics.hpp"
#include "models/reference/taps.hpp"

namespace edgemoe::host {
namespace {

/// Order in which a block computes its taps.
constexpr std::array<const char*, 15> kBlockOrder{
    "norm1",      "q",       "k",          "v",         "attn",      "proj",    "x_attn", "norm2",
    "mlp.hidden", "mlp.out", "moe.logits", "moe.index", "moe.score", "moe.out", "x"};

/// (block, place in block); embed comes before block 0, heads after all.
std::pair<long, std::size_t> rank_of(const std::string& name) {
  if (name == "embed") return {-1, 0};
  const std::size_t dot = name.find('.');
  if (name.size() < 3 || name[0] != 'l' || dot == std::string::npos ||
      name.compare(0, 5, "head.") == 0) {
    return {1000000, 0};
  }
  const auto place = std::find(kBlockOrder.begin(), kBlockOrder.end(), name.substr(dot + 1));
  return {std::strtol(name.c_str() + 1, nullptr, 10),
          static_cast<std::size_t>(place - kBlockOrder.begin())};
}

bool ends_with(const std::string& text, const std::string& ending) {
  return text.size() >= ending.size() &&
         text.compare(text.size() - ending.size(), ending.size(), ending) == 0;
}

template <class T>
void set_error(const models::TensorError& error, T* record) {
  record->sqnr_db = error.sqnr_db;
  record->mse = error.mse;
  record->mae = error.mae;
  record->max_abs = error.max_abs;
}

}  // namespace

std::optional<double> bound_db(const Prediction& prediction, double factor) {
  if (!(prediction.noise > 0.0)) return std::nullopt;
  return -10.0 * std::log10(bound_of(prediction, factor));
}

bool tap_before(const std::string& a, const std::string& b) {
  const auto rank_a = rank_of(a), rank_b = rank_of(b);
  return rank_a != rank_b ? rank_a < rank_b : a < b;
}

std::vector<TapError> compare_taps(const models::TensorMap& reference,
                                   const models::TensorMap& values, const TapPredictions& noise,
                                   double factor) {
  std::vector<TapError> errors;
  for (const auto& [name, tensor] : values) {
    const auto golden = reference.find(name);
    if (golden == reference.end() || ends_with(name, ".moe.index")) continue;
    TapError tap;
    tap.tap = name;
    const models::TensorError error = models::compare_tensors(golden->second, tensor);
    set_error(error, &tap);
    const auto predicted = noise.find(name);
    if (predicted != noise.end()) tap.bound_db = bound_db(predicted->second, factor);
    if (tap.bound_db) {
      tap.ok = error.nmse <= bound_of(predicted->second, factor);
      tap.predicted_db = models::to_decibel(predicted->second.noise);
      tap.independent_values = std::min(predicted->second.values, double(golden->second.size()));
    }
    errors.push_back(std::move(tap));
  }
  std::sort(errors.begin(), errors.end(),
            [](const TapError& a, const TapError& b) { return tap_before(a.tap, b.tap); });
  return errors;
}

std::string last_tap(const models::ModelConfig& model) {
  return models::block_tap(model.depth() - 1, "x");
}

GoldenComparison compare_task(const models::ModelConfig& model, const TaskValues& reference,
                              const TaskValues& values, const TaskValues* forced,
                              const TapPredictions& noise, const SessionOptions& options) {
  GoldenComparison golden;
  golden.tap = last_tap(model);
  set_error(models::compare_tensors(reference.tokens, values.tokens), &golden);
  const models::RoutingAgreement agreement =
      models::compare_routing(reference.routing, values.routing);
  golden.routing_agreement = agreement.fraction();
  golden.routing_total = agreement.total;
  golden.routing_forced = options.force_routing;
  if (forced == nullptr) return golden;
  golden.forced.emplace();
  golden.forced->tap = golden.tap;
  set_error(models::compare_tensors(reference.tokens, forced->tokens), &*golden.forced);
  golden.forced->taps = compare_taps(reference.taps, forced->taps, noise, options.bound_factor);
  return golden;
}

const TapError* first_out_of_bounds(const std::vector<TapError>& taps) {
  const auto found = std::find_if(taps.begin(), taps.end(),
                                  [](const TapError& tap) { return tap.ok && !*tap.ok; });
  return found == taps.end() ? nullptr : &*found;
}

}  // namespace edgemoe::host
