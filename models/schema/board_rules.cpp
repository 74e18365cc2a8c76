// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <set>

#include "models/schema/board_keys.hpp"

namespace edgemoe::models {

namespace {

/// The timing constraint of the same bank group or row is never shorter than that of the others.
void require_order(Rules* rules, const char* longer, int longer_value, const char* shorter,
                   int shorter_value) {
  const std::string long_path = std::string("dram.") + longer;
  const std::string short_path = std::string("dram.") + shorter;
  rules->require(longer_value >= shorter_value, {long_path, short_path},
                 fmt::format("at least {} ({})", shorter_value, short_path),
                 fmt::format("{}", longer_value));
}

void check_dram(const DramConfig& dram, Rules* rules) {
  require_order(rules, "tras", dram.tras, "trcd", dram.trcd);
  require_order(rules, "trrd_l", dram.trrd_l, "trrd_s", dram.trrd_s);
  require_order(rules, "tfaw", dram.tfaw, "trrd_s", dram.trrd_s);
  require_order(rules, "tccd_l", dram.tccd_l, "tccd_s", dram.tccd_s);
  require_order(rules, "twtr_l", dram.twtr_l, "twtr_s", dram.twtr_s);
  rules->require(dram.trefi > dram.trfc, {"dram.trefi", "dram.trfc"},
                 fmt::format("more than {} (dram.trfc)", dram.trfc), fmt::format("{}", dram.trefi));
  const auto burst_bytes = static_cast<std::uint64_t>(dram.bus_bits / 8 * dram.burst_length);
  rules->require(dram.row_bytes % burst_bytes == 0,
                 {"dram.row_bytes", "dram.bus_bits", "dram.burst_length"},
                 fmt::format("a multiple of one burst, {} bytes", burst_bytes),
                 fmt::format("{}", dram.row_bytes));
  const std::uint64_t row_set =
      dram.row_bytes * static_cast<std::uint64_t>(dram.bank_groups * dram.banks_per_group);
  rules->require(dram.size_bytes % row_set == 0,
                 {"dram.size_bytes", "dram.row_bytes", "dram.bank_groups", "dram.banks_per_group"},
                 fmt::format("a multiple of one row in every bank, {} bytes", row_set),
                 fmt::format("{}", dram.size_bytes));
}

}  // namespace

void check(const BoardConfig& board, Rules* rules) {
  check_dram(board.dram, rules);
  std::set<std::string> names;
  for (std::size_t i = 0; i < board.ports.size(); ++i) {
    const std::string path = fmt::format("ports[{}].name", i);
    rules->require(names.insert(board.ports[i].name).second, {path}, "each port name once",
                   "\"" + board.ports[i].name + "\" again");
  }
  for (const CoefficientName& name : coefficient_names()) {
    const auto found = board.energy.find(name.name);
    if (found == board.energy.end()) continue;  // missing: said by the reader
    rules->require(found->second.unit == name.unit, {"energy." + name.name + ".unit"},
                   "unit " + name.unit, "\"" + found->second.unit + "\"");
  }
}

}  // namespace edgemoe::models
