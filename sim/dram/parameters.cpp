// SPDX-License-Identifier: Apache-2.0
#include "sim/dram/parameters.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace edgemoe::sim {
namespace {

constexpr double kRatioTolerance = 4e-4;  // "2666" is 2666.67: off by 2.5e-4
constexpr int kMaxTicks = 4095;
constexpr int kMaxTime = 1000000;  // any timing field in its clocks; keeps sums far from overflow
constexpr int kMaxBanks = 64;      // the scheduler holds sets of banks in one word

[[noreturn]] void fail(const std::string& field, const std::string& expected) {
  throw std::invalid_argument("dram " + field + ": expected " + expected);
}

void require_range(const char* field, std::int64_t value, std::int64_t low, std::int64_t high) {
  if (value < low || value > high) {
    fail(field,
         std::to_string(low) + ".." + std::to_string(high) + ", got " + std::to_string(value));
  }
}

bool is_power_of_two(std::uint64_t value) { return value != 0 && (value & (value - 1)) == 0; }

void require_power_of_two(const char* field, std::uint64_t value) {
  if (!is_power_of_two(value)) fail(field, "a power of two, got " + std::to_string(value));
}

void check_timing(const DramParameters& p) {
  const struct {
    const char* name;
    int value;
  } times[] = {{"cl", p.cl},         {"cwl", p.cwl},   {"trcd", p.trcd},
               {"trp", p.trp},       {"tras", p.tras}, {"trrd_s", p.trrd_s},
               {"trrd_l", p.trrd_l}, {"tfaw", p.tfaw}, {"tccd_s", p.tccd_s},
               {"tccd_l", p.tccd_l}, {"twr", p.twr},   {"twtr_s", p.twtr_s},
               {"twtr_l", p.twtr_l}, {"trtp", p.trtp}, {"trfc", p.trfc}};
  for (const auto& time : times) require_range(time.name, time.value, 1, kMaxTime);
  require_range("tccd_s", p.tccd_s, p.burst_length / 2, kMaxTime);
  require_range("tccd_l", p.tccd_l, p.tccd_s, kMaxTime);
  require_range("trrd_l", p.trrd_l, p.trrd_s, kMaxTime);
  require_range("twtr_l", p.twtr_l, p.twtr_s, kMaxTime);
  if (p.trefi != 0) require_range("trefi", p.trefi, 2 * (p.trfc + p.trp), 100 * kMaxTime);
  require_range("refresh_phase", p.refresh_phase, 0, std::max(p.trefi - 1, 0));
}

void check_geometry(const DramParameters& p) {
  require_range("bus_bits", p.bus_bits, 8, 1024);
  require_range("burst_length", p.burst_length, 2, 64);
  require_power_of_two("bus_bits", static_cast<std::uint64_t>(p.bus_bits));
  require_power_of_two("burst_length", static_cast<std::uint64_t>(p.burst_length));
  require_range("bank_groups", p.bank_groups, 1, kMaxBanks);
  require_range("banks_per_group", p.banks_per_group, 1, kMaxBanks);
  require_range("bank_groups * banks_per_group", p.bank_groups * p.banks_per_group, 1, kMaxBanks);
  require_power_of_two("bank_groups", static_cast<std::uint64_t>(p.bank_groups));
  require_power_of_two("banks_per_group", static_cast<std::uint64_t>(p.banks_per_group));
  require_power_of_two("row_bytes", p.row_bytes);
  if (p.row_bytes < burst_bytes(p)) fail("row_bytes", "at least one burst");
  if (p.size_bytes == 0 || p.size_bytes % burst_bytes(p) != 0 || p.size_bytes > (1ull << 48)) {
    fail("size_bytes", "whole bursts, 1..2^48 bytes, got " + std::to_string(p.size_bytes));
  }
}

void check_controller(const ControllerParameters& c) {
  require_range("controller.read_window", c.read_window, 1, 64);
  require_range("controller.write_window", c.write_window, 1, 64);
  require_range("controller.write_high", c.write_high, 1, c.write_window);
  require_range("controller.write_low", c.write_low, 0, c.write_high - 1);
  require_range("controller.write_idle_tck", c.write_idle_tck, 0, kMaxTime);
  require_range("controller.write_max_age_tck", c.write_max_age_tck, 0, kMaxTime);
  require_range("controller.max_row_bypass", c.max_row_bypass, 0, kMaxTime);
  require_range("controller.cap_depth_bursts", c.cap_depth_bursts, 1, kMaxTime);
}

void check_ports(const DramParameters& p) {
  require_range("ports", static_cast<std::int64_t>(p.ports.size()), 1, 64);
  for (const PortParameters& port : p.ports) {
    require_range("port width_bytes", port.width_bytes, 1, 128);
    require_power_of_two("port width_bytes", static_cast<std::uint64_t>(port.width_bytes));
    require_range("port max_burst_beats", port.max_burst_beats, 1, 256);
    require_range("port request_latency_cycles", port.request_latency_cycles, 0, kMaxTime);
    require_range("port response_latency_cycles", port.response_latency_cycles, 0, kMaxTime);
  }
}

}  // namespace

TimeBase resolve_time_base(double clock_mhz, double data_rate_mt_s) {
  if (!(clock_mhz > 0) || !std::isfinite(clock_mhz)) fail("clock_mhz", "a positive number");
  if (!(data_rate_mt_s > 0) || !std::isfinite(data_rate_mt_s)) {
    fail("data_rate_mt_s", "a positive number");
  }
  const double ratio = data_rate_mt_s / 2 / clock_mhz;  // tCK per PL cycle
  for (int tck = 1; tck <= kMaxTicks && ratio * tck <= kMaxTicks; ++tck) {
    const double cycle = std::round(ratio * tck);
    if (cycle >= 1 && std::fabs(cycle / tck - ratio) <= kRatioTolerance * ratio) {
      return TimeBase{static_cast<Tick>(cycle), static_cast<Tick>(tck)};
    }
  }
  fail("clock_mhz",
       "a ratio to data_rate_mt_s / 2 of small integers, got " + std::to_string(ratio));
}

void check_parameters(const DramParameters& parameters) {
  resolve_time_base(parameters.clock_mhz, parameters.data_rate_mt_s);
  check_geometry(parameters);
  check_timing(parameters);
  check_controller(parameters.controller);
  check_ports(parameters);
  require_range("histogram_window_cycles", parameters.histogram_window_cycles, 0, kMaxTime);
  const double cap = parameters.efficiency_cap;
  if (!(cap >= 0.001 && cap <= 1.0)) fail("efficiency_cap", "0.001..1");
}

}  // namespace edgemoe::sim
