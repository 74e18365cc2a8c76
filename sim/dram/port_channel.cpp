// SPDX-License-Identifier: Apache-2.0
#include "sim/dram/port_channel.hpp"

#include <algorithm>

namespace edgemoe::sim {
namespace {

constexpr std::uint64_t kAxiPage = 4096;  // an AXI burst never crosses it

}  // namespace

PortChannel::PortChannel(const DramParameters& parameters, int port, bool write, Tick cycle)
    : map_(parameters), port_(port), write_(write), cycle_(cycle) {
  const PortParameters& p = parameters.ports[static_cast<std::size_t>(port)];
  width_ = static_cast<std::uint64_t>(p.width_bytes);
  max_bytes_ = width_ * static_cast<std::uint64_t>(p.max_burst_beats);
  request_latency_ = static_cast<Tick>(p.request_latency_cycles) * cycle;
  response_latency_ = static_cast<Tick>(p.response_latency_cycles) * cycle;
}

bool PortChannel::submit(const Request& request) {
  waiting_.push_back(request);
  if (waiting_.size() > 1) return false;
  split_head();
  return true;
}

void PortChannel::split_head() {
  if (waiting_.empty()) {
    entry_ = kNever;
    return;
  }
  const Request& request = waiting_.front();
  const std::uint64_t address = request.address + split_bytes_;
  const std::uint64_t left = request.bytes - split_bytes_;
  const std::uint64_t skew = address % width_;
  head_ = AxiBurst{};
  head_.id = request.id;
  head_.address = address;
  head_.bytes = std::min({left, max_bytes_ - skew, kAxiPage - address % kAxiPage});
  head_.beats = (skew + head_.bytes + width_ - 1) / width_;
  head_.last = head_.bytes == left;
  head_.unserved = map_.burst_of(address + head_.bytes - 1) - map_.burst_of(address) + 1;

  const Tick edge = std::max(up_to_edge(request.arrival_tick), next_address_edge_);
  next_address_edge_ = edge + cycle_;
  Tick last_beat = edge;
  if (write_) {
    last_beat = std::max(edge, next_data_edge_) + (head_.beats - 1) * cycle_;
    next_data_edge_ = last_beat + cycle_;
  }
  entry_ = last_beat + request_latency_;
}

Grant PortChannel::take() {
  Grant grant;
  grant.sequence = first_taken_ + taken_.size();
  grant.next = map_.burst_of(head_.address);
  grant.end = grant.next + head_.unserved;
  taken_.push_back(head_);
  beats_ += head_.beats;
  split_bytes_ += head_.bytes;
  if (head_.last) {
    waiting_.pop_front();
    split_bytes_ = 0;
  }
  split_head();
  return grant;
}

std::uint64_t PortChannel::bytes_in(std::uint64_t sequence, std::uint64_t burst) const {
  const AxiBurst& axi = at(sequence);
  const std::uint64_t begin = std::max(axi.address, map_.burst_start(burst));
  const std::uint64_t end = std::min(axi.address + axi.bytes, map_.burst_start(burst + 1));
  return end - begin;
}

void PortChannel::note_served(std::uint64_t sequence, std::uint64_t burst, Tick data_end) {
  AxiBurst& axi = taken_[sequence - first_taken_];
  --axi.unserved;
  Tick ready = up_to_edge(data_end) + response_latency_;
  if (!write_) {
    // From the first beat that needs this DRAM burst, the remaining beats take a cycle each.
    const std::uint64_t first = std::max(axi.address, map_.burst_start(burst)) / width_;
    const std::uint64_t beats_before = first - axi.address / width_;
    ready += (axi.beats - 1 - beats_before) * cycle_;
  }
  axi.ready = std::max(axi.ready, ready);
}

Response PortChannel::complete_front() {
  const AxiBurst& axi = taken_.front();
  const Tick occupied = (write_ ? 0 : axi.beats - 1) * cycle_;
  const Response response{axi.id, port_, write_,
                          std::max(axi.ready, next_response_edge_ + occupied)};
  next_response_edge_ = response.done_tick + cycle_;
  taken_.pop_front();
  ++first_taken_;
  return response;
}

}  // namespace edgemoe::sim
