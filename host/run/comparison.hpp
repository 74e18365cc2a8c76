// SPDX-License-Identifier: Apache-2.0
/// What `compare` prints: tap errors of a report averaged over images and tasks.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/report/report.hpp"

namespace edgemoe::host {

/// One tap over all entries. Decibels, MSE and MAE are means (entries that are equal to the
/// reference have no SQNR and do not count), `max_abs` is the largest, `margin_db` the smallest
/// SQNR above the bound.
struct TapSummary {
  std::string tap;
  std::optional<double> sqnr_db;
  std::optional<double> bound_db;
  std::optional<double> margin_db;
  double mse = 0.0;
  double mae = 0.0;
  double max_abs = 0.0;
  std::optional<bool> ok;  ///< within the bound in every entry; empty without a bound
};

struct Comparison {
  std::size_t images = 0;
  std::size_t entries = 0;  ///< pairs of image and task
  std::string tap;          ///< the last block's output
  std::vector<TapSummary> taps;
  std::optional<double> sqnr_db;         ///< mean, as it runs
  std::optional<double> forced_sqnr_db;  ///< mean, with the reference's routing
  double routing_agreement = 1.0;        ///< over all choices of all entries
  std::int64_t routing_total = 0;
  std::size_t taps_out = 0;
  std::map<std::string, std::uint64_t> overflows;  ///< values beyond their format, by command
  std::string first_out, first_out_image,
      first_out_task;                           ///< in network order; empty when all are within
  std::optional<double> latency_ms, energy_mj;  ///< mean over runs, where an engine has them
};

Comparison summarise(const Report& report);

}  // namespace edgemoe::host
