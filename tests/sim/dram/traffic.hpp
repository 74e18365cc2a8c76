// SPDX-License-Identifier: Apache-2.0
/// Drives a Memory with a fixed list of requests and collects the answers.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <vector>

#include "sim/dram/memory.hpp"

namespace edgemoe::sim {

/// Requests are sorted by arrival; ids are their index. done[i] = done_tick of request i.
struct Answers {
  std::vector<Tick> done;
  std::vector<Response> order;  // as popped
};

inline void pop_all(Memory& memory, Answers* answers) {
  Response response;
  while (memory.pop_response(&response)) {
    answers->done.at(response.id) = response.done_tick;
    answers->order.push_back(response);
  }
}

/// Submits everything, then advances in steps chosen by `next_step()` ticks.
template <class NextStep>
Answers run_traffic(Memory& memory, const std::vector<Request>& requests, NextStep&& next_step) {
  Answers answers;
  answers.done.assign(requests.size(), kNever);
  std::size_t submitted = 0;
  Tick now = requests.empty() ? 0 : requests.front().arrival_tick;
  while (answers.order.size() < requests.size()) {
    now += next_step();
    // Exactly what the promise asks for: all that arrives before `now`.
    while (submitted < requests.size() && requests[submitted].arrival_tick < now) {
      memory.submit(requests[submitted++]);
    }
    memory.advance(now);
    pop_all(memory, &answers);
  }
  return answers;
}

inline Answers run_traffic(Memory& memory, const std::vector<Request>& requests) {
  return run_traffic(memory, requests, [] { return Tick{1000}; });
}

/// Shape of random traffic.
struct TrafficMix {
  int requests = 2000;
  int write_percent = 30;
  int local_percent = 60;  // near the previous address of the port
  Tick mean_gap = 40;      // ticks between arrivals
  std::uint64_t max_bytes = 1024;
};

inline std::vector<Request> random_traffic(const DramParameters& p, Tick cycle,
                                           const TrafficMix& mix, std::uint64_t seed,
                                           Tick begin = 0) {
  std::mt19937_64 random(seed);
  const auto below = [&random](std::uint64_t n) { return random() % n; };
  std::vector<std::uint64_t> cursor(p.ports.size(), 0);
  std::vector<Request> requests;
  Tick t = begin;
  for (int i = 0; i < mix.requests; ++i) {
    Request request;
    request.id = static_cast<std::uint64_t>(i);
    request.port = static_cast<int>(below(p.ports.size()));
    request.write = below(100) < static_cast<std::uint64_t>(mix.write_percent);
    request.bytes = 1 + below(mix.max_bytes);
    auto& next = cursor[static_cast<std::size_t>(request.port)];
    if (below(100) >= static_cast<std::uint64_t>(mix.local_percent)) next = below(p.size_bytes);
    request.address = std::min(next, p.size_bytes - request.bytes);
    next = request.address + request.bytes;
    request.arrival_tick = (t + cycle - 1) / cycle * cycle;
    requests.push_back(request);
    // Bursts of arrivals with pauses between them: the window is empty at times and full at times.
    t += below(20) == 0 ? mix.mean_gap * 40 : below(mix.mean_gap);
  }
  return requests;
}

/// Effective share of the peak over a run of back-to-back requests; `address(i)` of request i.
template <class Address>
double measure_efficiency(const DramParameters& p, int count, std::uint64_t bytes, int write_every,
                          Address&& address) {
  Memory memory(p);
  const TimeBase base = memory.time_base();
  constexpr int kInFlight = 64;
  Response response;
  Tick last = 0;
  Tick cycle = 0;
  int submitted = 0;
  int answered = 0;
  while (answered < count) {
    for (; submitted < count && submitted - answered < kInFlight; ++submitted) {
      Request request;
      request.port = submitted % static_cast<int>(p.ports.size());
      request.write = write_every > 0 && submitted % write_every == 0;
      request.address = address(submitted) % p.size_bytes;
      request.bytes = bytes;
      request.arrival_tick = cycle * base.cycle;
      memory.submit(request);
    }
    cycle = std::max(cycle + 1, memory.next_event() / base.cycle - 1);
    memory.advance(cycle * base.cycle);
    for (; memory.pop_response(&response); ++answered) last = std::max(last, response.done_tick);
  }
  const double peak = static_cast<double>(burst_bytes(p)) /
                      static_cast<double>(static_cast<Tick>(p.burst_length / 2) * base.tck);
  return static_cast<double>(bytes) * count / static_cast<double>(last) / peak;
}

}  // namespace edgemoe::sim
