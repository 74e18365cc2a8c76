// SPDX-License-Identifier: Apache-2.0
// How much of the DDR4 peak do streams, strides and random accesses get, and how fast is the model?
// Fixed seed, DDR4-2133 with 64 bit and the default timing, PL at 300 MHz. One line per access
// pattern: share of the peak, GB/s, row hits and conflicts, refresh, turnaround and cap stalls,
// model speed in bursts per CPU second.
#include <fmt/core.h>

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <functional>
#include <random>
#include <string>

#include "sim/dram/memory.hpp"

namespace {

using namespace edgemoe::sim;

struct Pattern {
  std::string name;
  int ports;
  double cap;
  std::uint64_t bytes;  // of one request
  int write_percent;
  std::function<std::uint64_t(std::uint64_t, std::mt19937_64&)> address;  // of request i
};

constexpr int kRequests = 100000;
constexpr int kInFlight = 64;

DramParameters parameters_for(const Pattern& pattern) {
  DramParameters p;
  p.efficiency_cap = pattern.cap;
  p.ports.assign(static_cast<std::size_t>(pattern.ports), PortParameters{16, 10, 10, 16});
  return p;
}

/// Runs the pattern with a fixed number of requests in flight; returns the tick of the last answer.
Tick drive(Memory& memory, const Pattern& pattern) {
  std::mt19937_64 random(1);
  const Tick cycle_ticks = memory.time_base().cycle;
  const std::uint64_t size = memory.parameters().size_bytes;
  Response response;
  Tick last = 0;
  Tick cycle = 0;
  int submitted = 0;
  for (int answered = 0; answered < kRequests;) {
    for (; submitted < kRequests && submitted - answered < kInFlight; ++submitted) {
      Request request;
      request.port = submitted % pattern.ports;
      request.write = static_cast<int>(random() % 100) < pattern.write_percent;
      request.address = pattern.address(static_cast<std::uint64_t>(submitted), random) % size;
      request.bytes = pattern.bytes;
      request.arrival_tick = cycle * cycle_ticks;
      memory.submit(request);
    }
    cycle = std::max(cycle + 1, memory.next_event() / cycle_ticks - 1);
    memory.advance(cycle * cycle_ticks);
    for (; memory.pop_response(&response); ++answered) last = std::max(last, response.done_tick);
  }
  return last;
}

void report(const Pattern& pattern) {
  Memory memory(parameters_for(pattern));
  const std::clock_t begin = std::clock();
  const Tick last = drive(memory, pattern);
  const double cpu_seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  const DramCounters c = memory.counters();
  const auto bursts = static_cast<double>(c.read_bursts + c.write_bursts);
  const auto span = static_cast<double>(last);
  const double seconds = span / (static_cast<double>(memory.time_base().cycle) * 300e6);
  const double share = static_cast<double>(c.busy_ticks) / span;
  fmt::print(
      "{:34} {:6.3f} {:7.2f} {:6.3f} {:6.3f} {:6.3f} {:6.3f} {:6.3f} {:7.2f}\n", pattern.name,
      share, static_cast<double>(c.read_bytes + c.write_bytes) / seconds / 1e9,
      static_cast<double>(c.row_hits) / bursts, static_cast<double>(c.row_conflicts) / bursts,
      static_cast<double>(c.refresh_ticks) / span, static_cast<double>(c.turnaround_ticks) / span,
      static_cast<double>(c.cap_stall_ticks) / span, bursts / cpu_seconds / 1e6);
}

}  // namespace

int main() {
  const auto stream = [](std::uint64_t step) {
    return [step](std::uint64_t i, std::mt19937_64&) { return i * step; };
  };
  const auto random = [](std::uint64_t bytes) {
    return [bytes](std::uint64_t, std::mt19937_64& r) { return r() / bytes * bytes; };
  };
  const Pattern patterns[] = {
      {"stream 256 B, 1 port", 1, 1.0, 256, 0, stream(256)},
      {"stream 256 B, 3 ports", 3, 1.0, 256, 0, stream(256)},
      {"stream 256 B, 4 ports", 4, 1.0, 256, 0, stream(256)},
      {"stream 256 B, 3 ports, cap 0.75", 3, 0.75, 256, 0, stream(256)},
      {"stream 256 B, 4 ports, cap 0.75", 4, 0.75, 256, 0, stream(256)},
      {"writes 256 B, 4 ports", 4, 1.0, 256, 100, stream(256)},
      {"10 % writes, 256 B, 4 ports", 4, 1.0, 256, 10, stream(256)},
      {"50 % writes, 256 B, 4 ports", 4, 1.0, 256, 50, stream(256)},
      {"64 B each 256 B (one group)", 4, 1.0, 64, 0, stream(256)},
      {"64 B each 32 KiB", 4, 1.0, 64, 0, stream(32768)},
      {"64 B each 128 KiB (one bank)", 4, 1.0, 64, 0, stream(131072)},
      {"random 64 B", 4, 1.0, 64, 0, random(64)},
      {"random 256 B", 4, 1.0, 256, 0, random(256)},
      {"random 4 KiB", 4, 1.0, 4096, 0, random(4096)},
      {"random 64 B, 50 % writes", 4, 1.0, 64, 50, random(64)},
  };
  fmt::print("{:34} {:>6} {:>7} {:>6} {:>6} {:>6} {:>6} {:>6} {:>7}\n", "pattern", "share", "GB/s",
             "hits", "confl", "refr", "turn", "cap", "Mburst/s");
  for (const Pattern& pattern : patterns) report(pattern);
}
