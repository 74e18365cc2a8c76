// SPDX-License-Identifier: Apache-2.0
/// A board: FPGA resources, memory, ports, energy coefficients.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "models/schema/override.hpp"

namespace edgemoe::models {

struct ResourceConfig {
  int dsp = 0;
  int bram36 = 0;
  int uram = 0;
  int lut = 0;
  int ff = 0;
};

/// DDR4 timing in memory clock cycles (tCK) unless the name says otherwise. Source: JEDEC JESD79-4
/// and the device data sheet.
struct DramConfig {
  double data_rate_mt_s = 2133.0;
  int bus_bits = 64;
  int bank_groups = 4;
  int banks_per_group = 4;
  std::uint64_t row_bytes = 8192;  ///< one row over the whole bus (page size x devices)
  std::uint64_t size_bytes = 4294967296ull;
  int burst_length = 8;
  int cl = 15, cwl = 14, trcd = 15, trp = 15, tras = 36;
  int trrd_s = 4, trrd_l = 6, tfaw = 23;
  int tccd_s = 4, tccd_l = 6;
  int twr = 16, twtr_s = 3, twtr_l = 8, trtp = 8;
  int trefi = 8320, trfc = 278;
  /// Fraction of the peak bandwidth that the controller hands out; 1.0 = no cap.
  double efficiency_cap = 1.0;
};

struct PortConfig {
  std::string name;  ///< e.g. HP0
  int width_bits = 128;
  int latency_cycles = 0;  ///< added one-way latency in PL cycles (request path + response path)
  int max_burst_beats = 16;
};

/// One energy coefficient with its provenance.
struct Coefficient {
  double value = 0.0;
  std::string unit;  ///< pJ, W, pJ/bit, ...
  std::string source;
  double uncertainty = 0.0;  ///< relative, 0.5 = +-50 %
};

struct BoardConfig {
  std::string name;
  std::string part;
  ResourceConfig resources;
  DramConfig dram;
  std::vector<PortConfig> ports;
  std::map<std::string, Coefficient> energy;
};

/// An energy coefficient that boards state: what one event of this kind costs.
struct CoefficientName {
  std::string name;
  std::string unit;  ///< the unit that a board must give it in
  std::string description;
  bool required = true;  ///< false: only designs of another precision than w8a8 need it
};
const std::vector<CoefficientName>& coefficient_names();

/// Reads constraints/boards/NAME.yaml given by path, applies `overrides` (`--set board.KEY=VALUE`)
/// and checks everything. A file with `inherit: OTHER` starts from OTHER.yaml beside it: maps are
/// merged key by key, anything else is replaced. Throws ConfigError with all errors found.
BoardConfig read_board(const std::filesystem::path& file, const Overrides& overrides = {});

/// The board as YAML with every key and nothing inherited; `read_board` reads it back.
std::string to_yaml(const BoardConfig& board);

/// Hash (16 hex digits) of `to_yaml`.
std::string config_hash(const BoardConfig& board);

}  // namespace edgemoe::models
