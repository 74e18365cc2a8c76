// SPDX-License-Identifier: Apache-2.0
#include "rtl/harness/memory_side.hpp"

#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

namespace edgemoe::rtl {
namespace {

constexpr std::uint64_t kBeatBytes = 16;
constexpr std::uint64_t kLongestBurst = 16;  // beats

}  // namespace

MemorySide::MemorySide(const sim::DramParameters& parameters, std::vector<int> load_ports,
                       int program_port, std::vector<std::uint8_t>* image)
    : memory_(parameters), image_(*image), ticks_per_cycle_(memory_.time_base().cycle) {
  if (memory_.min_response_ticks() < (kLongestBurst + 1) * ticks_per_cycle_) {
    throw std::invalid_argument(
        "board: ports: latency_cycles: expected 34 or more (the RTL takes a burst beat by beat)");
  }
  program_.port = program_port;
  for (const int port : load_ports) {
    Channel channel;
    channel.port = port;
    loads_.push_back(channel);
    channel.write = true;
    stores_.push_back(channel);
  }
}

void MemorySide::start() { memory_.start(0); }

std::size_t MemorySide::at(std::uint64_t address, std::uint64_t bytes) const {
  if (address > image_.size() || bytes > image_.size() - address) {
    throw std::out_of_range("the accelerator accesses address " + std::to_string(address) +
                            ", beyond the image of " + std::to_string(image_.size()) + " bytes");
  }
  return static_cast<std::size_t>(address);
}

void MemorySide::submit(Channel* channel, std::uint64_t cycle, const ReadAddress& address) {
  if (!address.valid) return;
  sim::Request request;
  request.port = channel->port;
  request.write = channel->write;
  request.address = address.address;
  request.bytes = static_cast<std::uint64_t>(address.beats) * kBeatBytes;
  request.arrival_tick = cycle * ticks_per_cycle_;
  memory_.submit(request);
  channel->bursts.push_back({address.address, address.beats, kUnknown});
  if (channel->write) channel->data.push_back({address.address, address.beats, 0});
  (channel->write ? write_bytes_ : read_bytes_) += request.bytes;
}

void MemorySide::store(Channel* channel, const WriteBeat& beat) {
  if (!beat.valid) return;
  if (channel->data.empty()) throw std::logic_error("write data without an address");
  Burst& burst = channel->data.front();
  std::memcpy(image_.data() + at(burst.address, kBeatBytes), beat.data, kBeatBytes);
  burst.address += kBeatBytes;
  if (beat.last != (--burst.beats == 0)) throw std::logic_error("write burst of a wrong length");
  if (beat.last) channel->data.pop_front();
}

void MemorySide::take(std::uint64_t cycle, const ModelOutputs& outputs) {
  submit(&program_, cycle, outputs.program);
  for (std::size_t p = 0; p < loads_.size(); ++p) {
    submit(&loads_[p], cycle, outputs.load[p]);
    submit(&stores_[p], cycle, outputs.store[p]);
    store(&stores_[p], outputs.data[p]);
  }
}

void MemorySide::collect(std::uint64_t cycle) {
  const sim::Tick now = cycle * ticks_per_cycle_;
  const sim::Tick next = memory_.next_event();
  if (next == sim::kNever || next > now + memory_.min_response_ticks()) return;
  memory_.advance(now);
  sim::Response response;
  while (memory_.pop_response(&response)) {
    Channel* channel = &program_;
    for (std::size_t p = 0; p < loads_.size(); ++p) {
      if (loads_[p].port == response.port) channel = response.write ? &stores_[p] : &loads_[p];
    }
    channel->bursts.at(channel->answered++).seen = response.done_tick / ticks_per_cycle_;
  }
}

void MemorySide::give_beat(Channel* channel, std::uint64_t cycle, ReadBeat* beat) {
  *beat = {};
  if (channel->bursts.empty()) return;
  const Burst& burst = channel->bursts.front();
  // The last beat is on the wires in seen - 1.
  const std::uint64_t ahead = cycle + static_cast<std::uint64_t>(burst.beats);
  if (burst.seen == kUnknown || ahead < burst.seen) return;
  const std::uint64_t index = ahead - burst.seen;
  beat->valid = true;
  beat->last = index + 1 == static_cast<std::uint64_t>(burst.beats);
  const std::uint64_t address = burst.address + index * kBeatBytes;
  std::memcpy(beat->data, image_.data() + at(address, kBeatBytes), kBeatBytes);
  if (beat->last) {
    channel->bursts.pop_front();
    --channel->answered;
  }
}

void MemorySide::give(std::uint64_t cycle, ModelInputs* inputs) {
  collect(cycle);
  give_beat(&program_, cycle, &inputs->program);
  for (std::size_t p = 0; p < loads_.size(); ++p) {
    give_beat(&loads_[p], cycle, &inputs->load[p]);
    std::deque<Burst>& stores = stores_[p].bursts;
    inputs->written[p] = !stores.empty() && stores.front().seen == cycle + 1;
    if (inputs->written[p]) {
      stores.pop_front();
      --stores_[p].answered;
    }
  }
}

}  // namespace edgemoe::rtl
