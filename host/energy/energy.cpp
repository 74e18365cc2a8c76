// SPDX-License-Identifier: Apache-2.0
#include "host/energy/energy.hpp"

#include <algorithm>
#include <cmath>

#include "models/schema/error.hpp"

namespace edgemoe::host {
namespace {

constexpr double kPicojouleInMillijoule = 1e-9;
constexpr double kWattSecondInMillijoule = 1e3;

/// What is counted, and which coefficient turns it into energy.
struct Cause {
  const char* name;
  std::string coefficient;
  double count;
  bool power;  ///< the coefficient is in W and `count` in seconds
};

std::string mac_coefficient(models::Precision precision) {
  switch (precision) {
    case models::Precision::kW8A8:
      return "mac_w8a8";
    case models::Precision::kW16A16:
      return "mac_w16a16";
    case models::Precision::kW16A32:
      return "mac_w16a32";
  }
  return "mac_w8a8";
}

std::vector<Cause> causes(const sim::EventCounts& e, double seconds, models::Precision precision) {
  const auto count = [](std::uint64_t n) { return static_cast<double>(n); };
  return {
      {"mac", mac_coefficient(precision), count(e.macs_issued), false},
      {"bram_read", "bram_read", count(e.bram_read_bits), false},
      {"bram_write", "bram_write", count(e.bram_write_bits), false},
      {"requantise", "logic_op", count(e.requantised), false},
      {"gelu", "logic_op", count(e.gelu), false},
      {"softmax", "softmax_op", count(e.exponentials), false},
      {"norm", "norm_op", count(e.norm_elements), false},
      {"axi", "axi_beat", count(e.axi_beats), false},
      {"dram_activate", "dram_activate", count(e.dram_activates), false},
      {"dram_burst", "dram_burst", count(e.dram_read_bits) + count(e.dram_write_bits), false},
      {"dram_background", "dram_background", seconds, true},
      {"static_pl", "static_pl", seconds, true},
      {"ps", "ps", seconds, true},
  };
}

/// `pJ`, `pJ/bit`, `pJ/MAC` ... for events, `W` for powers.
bool unit_fits(const std::string& unit, bool power) {
  if (power) return unit == "W";
  return unit == "pJ" || unit.rfind("pJ/", 0) == 0;
}

EnergyItem item_of(const Cause& cause, const models::Coefficient& coefficient) {
  EnergyItem item;
  item.cause = cause.name;
  item.coefficient = cause.coefficient;
  item.count = cause.count;
  item.value = coefficient.value;
  item.unit = coefficient.unit;
  item.source = coefficient.source;
  item.mj = cause.count * coefficient.value *
            (cause.power ? kWattSecondInMillijoule : kPicojouleInMillijoule);
  item.deviation_mj = item.mj * coefficient.uncertainty;
  return item;
}

/// One coefficient may serve several causes: their deviations are then one and the same, and add
/// linearly.
std::map<std::string, double> deviation_by_coefficient(const std::vector<EnergyItem>& items) {
  std::map<std::string, double> deviations;
  for (const EnergyItem& item : items) deviations[item.coefficient] += item.deviation_mj;
  return deviations;
}

}  // namespace

std::map<std::string, double> EnergyEstimate::breakdown_mj() const {
  std::map<std::string, double> result;
  for (const EnergyItem& item : items) result[item.cause] += item.mj;
  return result;
}

std::map<std::string, double> EnergyEstimate::band_shares() const {
  const std::map<std::string, double> deviations = deviation_by_coefficient(items);
  double squares = 0.0;
  for (const auto& [coefficient, deviation] : deviations) squares += deviation * deviation;
  std::map<std::string, double> shares;
  for (const EnergyItem& item : items) {
    // A coefficient's share is split among its causes in proportion to their deviations.
    const double share =
        squares == 0.0 ? 0.0 : item.deviation_mj * deviations.at(item.coefficient) / squares;
    shares[item.cause] += share;
  }
  return shares;
}

EnergyEstimate estimate_energy(const sim::EventCounts& events, double seconds,
                               models::Precision precision, const models::BoardConfig& board) {
  EnergyEstimate estimate;
  std::vector<std::string> problems;
  for (const Cause& cause : causes(events, seconds, precision)) {
    const auto found = board.energy.find(cause.coefficient);
    if (found == board.energy.end()) {
      problems.push_back("board " + board.name + ": error: energy." + cause.coefficient +
                         ": expected a coefficient for \"" + cause.name + "\", got none");
    } else if (!unit_fits(found->second.unit, cause.power)) {
      problems.push_back("board " + board.name + ": error: energy." + cause.coefficient +
                         ".unit: expected " + (cause.power ? "W" : "pJ or pJ/...") + ", got \"" +
                         found->second.unit + "\"");
    } else {
      estimate.items.push_back(item_of(cause, found->second));
      estimate.total_mj += estimate.items.back().mj;
    }
  }
  problems.erase(std::unique(problems.begin(), problems.end()), problems.end());
  if (!problems.empty()) throw models::ConfigError(problems);
  double squares = 0.0;
  for (const auto& [coefficient, deviation] : deviation_by_coefficient(estimate.items)) {
    squares += deviation * deviation;
  }
  estimate.low_mj = std::max(0.0, estimate.total_mj - std::sqrt(squares));
  estimate.high_mj = estimate.total_mj + std::sqrt(squares);
  return estimate;
}

}  // namespace edgemoe::host
