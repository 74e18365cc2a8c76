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

std::vector<Cause> causes(const EnergyCounts& n) {
  const double seconds = n.seconds();
  const bool luts = n.lut >= 0;
  const double slices = n.lut >= 0 ? n.lut : n.dsp;
  return {
      {"mac", mac_coefficient(n.precision), n.macs, false},
      {"bram_read", "bram_read", n.bram_read_bits, false},
      {"bram_write", "bram_write", n.bram_write_bits, false},
      {"logic", luts ? "logic_lut" : "logic_dsp", slices * n.cycles, false},
      {"requantise", "logic_op", n.results, false},
      {"gelu", "logic_op", n.gelu, false},
      {"softmax", "softmax_op", n.exponentials, false},
      {"norm", "norm_op", n.norm_elements, false},
      {"axi", "axi_beat", n.axi_beats, false},
      {"dram_activate", "dram_activate", n.dram_activates, false},
      {"dram_burst", "dram_burst", n.dram_bits, false},
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

std::string component_of(const std::string& cause) {
  if (cause == "mac") return "mac_array";
  if (cause == "bram_read" || cause == "bram_write") return "bram";
  for (const char* logic : {"logic", "requantise", "gelu", "softmax", "norm"}) {
    if (cause == logic) return "other_logic";
  }
  return cause;
}

std::map<std::string, double> EnergyEstimate::breakdown_mj() const {
  std::map<std::string, double> result;
  for (const EnergyItem& item : items) result[item.cause] += item.mj;
  return result;
}

std::map<std::string, double> EnergyEstimate::components_mj() const {
  std::map<std::string, double> result;
  for (const EnergyItem& item : items) result[component_of(item.cause)] += item.mj;
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

EnergyEstimate estimate_energy(const EnergyCounts& counts, const models::BoardConfig& board) {
  if (counts.lut < 0 && counts.dsp < 0) {
    throw models::ConfigError(
        {"design: error: resources: expected lut or dsp, without which the energy of the logic is "
         "not known, got neither"});
  }
  EnergyEstimate estimate;
  std::vector<std::string> problems;
  for (const Cause& cause : causes(counts)) {
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

EnergyEstimate load_energy(std::uint64_t bytes, models::Precision precision,
                           const models::BoardConfig& board) {
  const double bits = 8.0 * static_cast<double>(bytes);
  const double row_bits = 8.0 * static_cast<double>(board.dram.row_bytes);
  EnergyCounts counts;
  counts.precision = precision;
  counts.lut = 0;
  counts.bram_write_bits = bits;
  counts.axi_beats = std::ceil(bits / kBeatBits);
  counts.dram_activates = std::ceil(bits / row_bits);
  counts.dram_bits = bits;
  return estimate_energy(counts, board);
}

}  // namespace edgemoe::host
