// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/dram_client.hpp"

#include <algorithm>

#include "sim/engine/simulation.hpp"

namespace edgemoe::sim {

DramPort::DramPort(DramClient& client, Simulation& simulation, int index)
    : client_(client),
      index_(index),
      reads_(simulation, client.name() + ".port" + std::to_string(index) + ".reads"),
      writes_(simulation, client.name() + ".port" + std::to_string(index) + ".writes") {}

std::uint64_t DramPort::read(Process& master, std::uint64_t address, std::uint64_t bytes) {
  return issue(&reads_, master, false, address, bytes);
}

std::uint64_t DramPort::write(Process& master, std::uint64_t address, std::uint64_t bytes) {
  return issue(&writes_, master, true, address, bytes);
}

std::uint64_t DramPort::issue(Direction* direction, Process& master, bool write,
                              std::uint64_t address, std::uint64_t bytes) {
  direction->owner.check(master, direction->done);
  Request request;
  request.id = direction->issued + 1;
  request.port = index_;
  request.write = write;
  request.address = address;
  request.bytes = bytes;
  client_.request(&request);
  return ++direction->issued;
}

DramClient::DramClient(Simulation& simulation, Memory& memory, Cycle doorbell,
                       const std::string& name)
    : Process(simulation, name, Role::kService),
      memory_(memory),
      ticks_per_cycle_(memory.time_base().cycle),
      waits_(add_reason("waits")) {
  memory_.start(doorbell * ticks_per_cycle_);
  const auto count = static_cast<int>(memory_.parameters().ports.size());
  for (int i = 0; i < count; ++i) {
    ports_.push_back(std::unique_ptr<DramPort>(new DramPort(*this, simulation, i)));
  }
}

void DramClient::request(Request* request) {
  request->arrival_tick = now() * ticks_per_cycle_;
  memory_.submit(*request);
  wake_at(next_look());
}

Cycle DramClient::next_look() const {
  // The latest cycle at which the response that may come first is still announced ahead of time.
  const Tick next = memory_.next_event();
  if (next == kNever) return kNoCycle;
  return std::max(now() + 1, next / ticks_per_cycle_ - 1);
}

void DramClient::run() {
  for (;;) {
    memory_.advance(now() * ticks_per_cycle_);
    deliver();
    suspend(waits_, nullptr, next_look());
  }
}

void DramClient::deliver() {
  Response response;
  while (memory_.pop_response(&response)) {
    DramPort& port = *ports_[static_cast<std::size_t>(response.port)];
    DramPort::Direction& direction = response.write ? port.writes_ : port.reads_;
    direction.done.add_at(response.done_tick / ticks_per_cycle_);
  }
}

}  // namespace edgemoe::sim
