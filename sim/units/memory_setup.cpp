// SPDX-License-Identifier: Apache-2.0
#include "sim/units/memory_setup.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "models/schema/error.hpp"

namespace edgemoe::sim {
namespace {

DramParameters timing_of(const models::DesignConfig& design, const models::DramConfig& d) {
  DramParameters p;
  p.clock_mhz = design.clock_mhz;
  p.data_rate_mt_s = d.data_rate_mt_s;
  p.bus_bits = d.bus_bits;
  p.bank_groups = d.bank_groups;
  p.banks_per_group = d.banks_per_group;
  p.row_bytes = d.row_bytes;
  p.size_bytes = d.size_bytes;
  p.burst_length = d.burst_length;
  p.cl = d.cl;
  p.cwl = d.cwl;
  p.trcd = d.trcd;
  p.trp = d.trp;
  p.tras = d.tras;
  p.trrd_s = d.trrd_s;
  p.trrd_l = d.trrd_l;
  p.tfaw = d.tfaw;
  p.tccd_s = d.tccd_s;
  p.tccd_l = d.tccd_l;
  p.twr = d.twr;
  p.twtr_s = d.twtr_s;
  p.twtr_l = d.twtr_l;
  p.trtp = d.trtp;
  p.trefi = d.trefi;
  p.trfc = d.trfc;
  p.efficiency_cap = d.efficiency_cap;
  return p;
}

PortParameters port_of(const models::PortConfig& port) {
  PortParameters p;
  p.width_bytes = port.width_bits / 8;
  p.request_latency_cycles = port.latency_cycles / 2;
  p.response_latency_cycles = port.latency_cycles - port.latency_cycles / 2;
  p.max_burst_beats = port.max_burst_beats;
  return p;
}

void check_ports(const std::vector<int>& ports, int available) {
  if (ports.empty()) throw models::ConfigError({"design: loader.ports: expected one port or more"});
  for (std::size_t i = 0; i < ports.size(); ++i) {
    if (ports[i] < 0 || ports[i] >= available) {
      throw models::ConfigError({"design: loader.ports: expected ports of the board (0 to " +
                                 std::to_string(available - 1) + "), got " +
                                 std::to_string(ports[i])});
    }
    if (std::count(ports.begin(), ports.end(), ports[i]) != 1) {
      throw models::ConfigError(
          {"design: loader.ports: port " + std::to_string(ports[i]) + " is named twice"});
    }
  }
}

}  // namespace

MemorySetup setup_memory(const models::DesignConfig& design, const models::BoardConfig& board) {
  MemorySetup setup;
  setup.parameters = timing_of(design, board.dram);
  setup.parameters.ports.clear();
  for (const models::PortConfig& port : board.ports)
    setup.parameters.ports.push_back(port_of(port));
  const auto available = static_cast<int>(board.ports.size());
  check_ports(design.loader.ports, available);
  setup.load_ports = design.loader.ports;
  const auto used = [&](int port) {
    return std::find(setup.load_ports.begin(), setup.load_ports.end(), port) !=
           setup.load_ports.end();
  };
  while (setup.program_port < available && used(setup.program_port)) ++setup.program_port;
  if (setup.program_port == available) {
    setup.parameters.ports.push_back(
        setup.parameters.ports[static_cast<std::size_t>(setup.load_ports[0])]);
  }
  try {
    check_parameters(setup.parameters);
  } catch (const std::invalid_argument& error) {
    throw models::ConfigError({"board " + board.name + ": " + error.what()});
  }
  return setup;
}

}  // namespace edgemoe::sim
