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
                       int program_port, std::vector<std::uint8_t>* image, MemoryManners* manners)
    : memory_(parameters),
      image_(*image),
      manners_(manners),
      ticks_per_cycle_(memory_.time_base().cycle) {
  if (memory_.min_response_ticks() < (kLongestBurst + 1) * ticks_per_cycle_) {
    throw std::invalid_argument(
        "board: ports: latency_cycles: expected 34 or more (the RTL takes a burst beat by beat)");
  }
  program_.port = program_port;
  program_.index = static_cast<int>(load_ports.size());
  for (const int port : load_ports) {
    Channel channel;
    channel.port = port;
    channel.index = static_cast<int>(loads_.size());
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
  const std::uint8_t response =
      manners_ == nullptr ? std::uint8_t{0}
                          : manners_->response(channel->write, channel->index, address.address);
  channel->bursts.push_back({address.address, address.beats, kUnknown, response, 0});
  if (channel->write) channel->data.push_back({address.address, address.beats, 0, 0, 0});
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

void MemorySide::take(std::uint64_t cycle, const ModelInputs& inputs,
                      const ModelOutputs& outputs) {
  if (inputs.program_ready) submit(&program_, cycle, outputs.program);
  for (std::size_t p = 0; p < loads_.size(); ++p) {
    if (inputs.load_ready[p]) submit(&loads_[p], cycle, outputs.load[p]);
    if (inputs.store_ready[p]) submit(&stores_[p], cycle, outputs.store[p]);
    if (inputs.data_ready[p]) store(&stores_[p], outputs.data[p]);
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
  const bool willing_to = willing(MemoryManners::Channel::kReadData, channel->index);
  if (channel->bursts.empty()) return;
  Burst& burst = channel->bursts.front();
  // The last beat is on the wires in seen - 1 at the earliest.
  const std::uint64_t ahead = cycle + static_cast<std::uint64_t>(burst.beats - burst.given);
  if (burst.seen == kUnknown || ahead < burst.seen || !willing_to) return;
  const auto index = static_cast<std::uint64_t>(burst.given++);
  beat->valid = true;
  beat->last = burst.given == burst.beats;
  beat->response = burst.response;
  const std::uint64_t address = burst.address + index * kBeatBytes;
  std::memcpy(beat->data, image_.data() + at(address, kBeatBytes), kBeatBytes);
  if (beat->last) {
    channel->bursts.pop_front();
    --channel->answered;
  }
}

/// Bursts whose data is not complete are the newest ones.
void MemorySide::give_answer(Channel* channel, std::uint64_t cycle, bool* written,
                             std::uint8_t* response) {
  const bool willing_to = willing(MemoryManners::Channel::kWriteAnswer, channel->index);
  std::deque<Burst>& bursts = channel->bursts;
  *written = willing_to && bursts.size() > channel->data.size() &&
             bursts.front().seen != kUnknown && bursts.front().seen <= cycle + 1;
  if (!*written) return;
  *response = bursts.front().response;
  bursts.pop_front();
  --channel->answered;
}

bool MemorySide::willing(MemoryManners::Channel channel, int index) {
  return manners_ == nullptr || manners_->willing(channel, index);
}

void MemorySide::give_ready(ModelInputs* inputs) {
  if (manners_ == nullptr) return;
  using Manners = MemoryManners::Channel;
  inputs->program_ready = willing(Manners::kReadAddress, program_.index);
  for (std::size_t p = 0; p < loads_.size(); ++p) {
    inputs->load_ready[p] = willing(Manners::kReadAddress, loads_[p].index);
    inputs->store_ready[p] = willing(Manners::kWriteAddress, loads_[p].index);
    inputs->data_ready[p] = willing(Manners::kWriteData, loads_[p].index);
  }
}

void MemorySide::give(std::uint64_t cycle, ModelInputs* inputs) {
  collect(cycle);
  give_ready(inputs);
  give_beat(&program_, cycle, &inputs->program);
  for (std::size_t p = 0; p < loads_.size(); ++p) {
    give_beat(&loads_[p], cycle, &inputs->load[p]);
    give_answer(&stores_[p], cycle, &inputs->written[p], &inputs->write_response[p]);
  }
}

}  // namespace edgemoe::rtl
