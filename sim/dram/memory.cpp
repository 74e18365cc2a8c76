// SPDX-License-Identifier: Apache-2.0
#include "sim/dram/memory.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>

#include "sim/dram/controller.hpp"

namespace edgemoe::sim {

class Memory::Impl {
 public:
  explicit Impl(const DramParameters& given)
      : parameters(given), base(resolve_time_base(given.clock_mhz, given.data_rate_mt_s)) {
    int request = given.ports.front().request_latency_cycles;
    int response = given.ports.front().response_latency_cycles;
    for (const PortParameters& port : given.ports) {
      request = std::min(request, port.request_latency_cycles);
      response = std::min(response, port.response_latency_cycles);
    }
    const int data = std::min(given.cl, given.cwl) + given.burst_length / 2;
    least_request = static_cast<Tick>(request) * base.cycle;
    least_service = static_cast<Tick>(data) * base.tck + static_cast<Tick>(response) * base.cycle;
    if (least_request + least_service < 2 * base.cycle) {
      throw std::invalid_argument(
          "dram ports: expected latencies that make a response take 2 PL cycles or more");
    }
    restart(0);
  }

  void restart(Tick tick) {
    controller.emplace(parameters, base, tick);
    controller->set_command_log(log);
    last_arrival.assign(parameters.ports.size() * 2, tick);
    promised = tick;
    wake = tick;
  }

  void check(const Request& request) const {
    if (request.port < 0 || request.port >= static_cast<int>(parameters.ports.size())) {
      throw std::invalid_argument("dram request: no port " + std::to_string(request.port));
    }
    if (request.bytes == 0) throw std::invalid_argument("dram request of 0 bytes");
    if (request.bytes > parameters.size_bytes ||
        request.address > parameters.size_bytes - request.bytes) {
      throw std::invalid_argument("dram request beyond the end of the memory: address " +
                                  std::to_string(request.address) + ", " +
                                  std::to_string(request.bytes) + " bytes");
    }
    if (request.arrival_tick < promised) {
      throw std::invalid_argument("dram request arrives before what was promised");
    }
    if (request.arrival_tick < last_arrival[channel_index(request)]) {
      throw std::invalid_argument("dram request arrives before an earlier one of its port");
    }
  }

  static std::size_t channel_index(const Request& request) {
    return static_cast<std::size_t>(request.port) * 2 + (request.write ? 1 : 0);
  }

  Tick least_response() const { return least_request + least_service; }

  DramParameters parameters;
  TimeBase base;
  Tick least_request = 0;  // port to controller
  Tick least_service = 0;  // decision to response
  std::optional<Controller> controller;
  std::vector<Tick> last_arrival;  // per port and direction
  Tick promised = 0;
  Tick wake = kNever;  // next edge to look at
  std::uint64_t in_flight = 0;
  bool every_clock = false;
  std::vector<CommandRecord>* log = nullptr;
};

Memory::Memory(const DramParameters& parameters) {
  check_parameters(parameters);
  impl_ = std::make_unique<Impl>(parameters);
}

Memory::~Memory() = default;
Memory::Memory(Memory&&) noexcept = default;
Memory& Memory::operator=(Memory&&) noexcept = default;

const DramParameters& Memory::parameters() const { return impl_->parameters; }

TimeBase Memory::time_base() const { return impl_->base; }

void Memory::start(Tick tick) {
  if (impl_->in_flight > 0) throw std::logic_error("dram started again with requests in flight");
  impl_->restart(tick);
}

void Memory::submit(const Request& request) {
  impl_->check(request);
  impl_->last_arrival[Impl::channel_index(request)] = request.arrival_tick;
  PortChannel& channel = impl_->controller->channel(request.port, request.write);
  ++impl_->in_flight;
  // A new head arrives no earlier than was promised, so never before an edge that was decided.
  if (channel.submit(request)) {
    impl_->wake = std::min(impl_->wake, impl_->controller->edge_at(channel.entry()));
  }
}

void Memory::advance(Tick tick) {
  if (tick <= impl_->promised) return;
  impl_->promised = tick;
  const Tick horizon = tick + impl_->least_request;
  const Tick clock = impl_->base.tck;
  while (impl_->wake < horizon) {
    const Tick next = impl_->controller->step(impl_->wake);
    impl_->wake = impl_->every_clock ? impl_->wake + clock : next;
  }
}

bool Memory::pop_response(Response* response) {
  auto& responses = impl_->controller->responses();
  const Tick known_until = impl_->promised + impl_->least_response();
  if (responses.empty() || responses.top().done_tick >= known_until) return false;
  *response = responses.top();
  responses.pop();
  --impl_->in_flight;
  return true;
}

Tick Memory::next_event() const {
  const auto& responses = impl_->controller->responses();
  Tick next = responses.empty() ? kNever : responses.top().done_tick;
  if (impl_->in_flight > responses.size() && impl_->wake != kNever) {
    next = std::min(next, impl_->wake + impl_->least_service);
  }
  return next;
}

Tick Memory::min_response_ticks() const { return impl_->least_response(); }

std::uint64_t Memory::in_flight() const { return impl_->in_flight; }

DramCounters Memory::counters() const { return impl_->controller->counters(); }

const std::vector<BandwidthSample>& Memory::histogram() const {
  return impl_->controller->histogram();
}

void Memory::set_command_log(std::vector<CommandRecord>* log) {
  impl_->log = log;
  impl_->controller->set_command_log(log);
}

void Memory::set_step_every_clock(bool on) { impl_->every_clock = on; }

}  // namespace edgemoe::sim
