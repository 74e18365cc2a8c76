// SPDX-License-Identifier: Apache-2.0
#include "host/run/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "host/run/golden.hpp"

namespace edgemoe::host {
namespace {

/// Mean of the finite values among those given.
class Mean {
 public:
  void add(const std::optional<double>& value) {
    if (!value || !std::isfinite(*value)) return;
    sum_ += *value;
    ++count_;
  }
  std::optional<double> value() const {
    return count_ == 0 ? std::nullopt : std::optional<double>(sum_ / static_cast<double>(count_));
  }

 private:
  double sum_ = 0.0;
  std::size_t count_ = 0;
};

struct TapSums {
  Mean sqnr, bound, mse, mae;
  double max_abs = 0.0;
  std::optional<double> margin;
  std::optional<bool> ok;

  void add(const TapError& tap) {
    sqnr.add(tap.sqnr_db);
    bound.add(tap.bound_db);
    mse.add(tap.mse);
    mae.add(tap.mae);
    max_abs = std::max(max_abs, tap.max_abs.value_or(0.0));
    if (tap.bound_db && tap.sqnr_db && std::isfinite(*tap.sqnr_db)) {
      const double above = *tap.sqnr_db - *tap.bound_db;
      margin = margin ? std::min(*margin, above) : above;
    }
    if (tap.ok) ok = ok.value_or(true) && *tap.ok;
  }

  TapSummary summary(const std::string& name) const {
    return {name,
            sqnr.value(),
            bound.value(),
            margin,
            mse.value().value_or(0.0),
            mae.value().value_or(0.0),
            max_abs,
            ok};
  }
};

void note_first_out(const RunRecord& run, const std::string& task,
                    const std::vector<TapError>& taps, Comparison* result) {
  const TapError* first = first_out_of_bounds(taps);
  if (first == nullptr ||
      (!result->first_out.empty() && !tap_before(first->tap, result->first_out)))
    return;
  result->first_out = first->tap;
  result->first_out_image = run.image;
  result->first_out_task = task;
}

}  // namespace

Comparison summarise(const Report& report) {
  Comparison result;
  std::map<std::string, TapSums> taps;
  std::set<std::string> images;
  Mean sqnr, forced, latency, energy;
  double agreed = 0.0;
  for (const RunRecord& run : report.runs) {
    images.insert(run.image);
    latency.add(run.latency_ms);
    energy.add(run.energy_mj);
    if (run.overflows) {
      for (const auto& [command, values] : *run.overflows) result.overflows[command] += values;
    }
    if (!run.golden) continue;
    for (const auto& [task, golden] : *run.golden) {
      ++result.entries;
      result.tap = golden.tap;
      if (!golden.routing_forced) sqnr.add(golden.sqnr_db);
      agreed += golden.routing_agreement * static_cast<double>(golden.routing_total);
      result.routing_total += golden.routing_total;
      if (!golden.forced) continue;
      forced.add(golden.forced->sqnr_db);
      for (const TapError& tap : golden.forced->taps) taps[tap.tap].add(tap);
      note_first_out(run, task, golden.forced->taps, &result);
    }
  }
  result.images = images.size();
  result.sqnr_db = sqnr.value();
  result.forced_sqnr_db = forced.value();
  result.latency_ms = latency.value();
  result.energy_mj = energy.value();
  if (result.routing_total > 0)
    result.routing_agreement = agreed / static_cast<double>(result.routing_total);
  for (const auto& [name, sums] : taps) {
    result.taps.push_back(sums.summary(name));
    result.taps_out += result.taps.back().ok.value_or(true) ? 0 : 1;
  }
  std::sort(result.taps.begin(), result.taps.end(),
            [](const TapSummary& a, const TapSummary& b) { return tap_before(a.tap, b.tap); });
  return result;
}

}  // namespace edgemoe::host
