// SPDX-License-Identifier: Apache-2.0
// What does a wait of the cycle engine cost, and a DRAM response through its client? In CPU
// seconds.
#include <fmt/core.h>

#include <ctime>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim/engine/dram_client.hpp"
#include "sim/engine/simulation.hpp"

namespace {

using namespace edgemoe::sim;

void report(const std::string& name, double count, const std::function<void()>& body) {
  const std::clock_t begin = std::clock();
  body();
  const double cpu_seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  fmt::print("{:40} {:8.3f} s {:8.2f} M/s\n", name, cpu_seconds, count / cpu_seconds / 1e6);
}

void plain_waits(int count, int processes) {
  Simulation simulation;
  std::vector<std::unique_ptr<FunctionProcess>> all;
  for (int k = 0; k < processes; ++k) {
    all.push_back(
        std::make_unique<FunctionProcess>(simulation, "p" + std::to_string(k), [=](Process& p) {
          for (int i = 0; i < count / processes; ++i) p.busy(1 + static_cast<Cycle>(k % 7));
        }));
  }
  simulation.run();
}

void tokens(int count) {
  Simulation simulation;
  Fifo<int> fifo(simulation, "fifo", 4);
  FunctionProcess producer(simulation, "producer", [&](Process& p) {
    const Reason space = p.add_reason("space");
    for (int i = 0; i < count; ++i) {
      p.busy(1);
      fifo.push(p, i, space);
    }
  });
  FunctionProcess consumer(simulation, "consumer", [&](Process& p) {
    const Reason data = p.add_reason("data");
    for (int i = 0; i < count; ++i) fifo.pop(p, data);
  });
  simulation.run();
}

/// A loader as in m3: rows of 256 B on three ports, 16 in flight each.
void rows(int count) {
  DramParameters parameters;
  parameters.ports.assign(3, PortParameters{16, 10, 10, 16});
  parameters.efficiency_cap = 0.75;
  Simulation simulation;
  Memory memory(parameters);
  DramClient dram(simulation, memory);
  std::vector<std::unique_ptr<FunctionProcess>> loaders;
  for (int k = 0; k < 3; ++k) {
    loaders.push_back(std::make_unique<FunctionProcess>(
        simulation, "loader" + std::to_string(k), [&dram, k, count](Process& p) {
          const Reason wait = p.add_reason("dram");
          DramPort& port = dram.port(k);
          for (int i = k; i < count; i += 3) {
            const std::uint64_t ticket = port.read(p, static_cast<std::uint64_t>(i) * 256, 256);
            if (ticket > 16) p.wait_for(port.reads_done(), ticket - 16, wait);
          }
          p.wait_for(port.reads_done(), port.reads_issued(), wait);
        }));
  }
  simulation.run();
}

}  // namespace

int main() {
  report("1 M waits of one process", 1e6, [] { plain_waits(1000000, 1); });
  report("1 M waits of 16 processes", 1e6, [] { plain_waits(1000000, 16); });
  report("1 M tokens through a FIFO", 1e6, [] { tokens(1000000); });
  report("70 k DRAM rows of 256 B", 7e4, [] { rows(70000); });
}
