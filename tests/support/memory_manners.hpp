// SPDX-License-Identifier: Apache-2.0
/// Memories that the DRAM model does not describe (rtl/harness/memory_side.hpp).
#pragma once

#include <cstdint>
#include <map>

#include "rtl/harness/memory_side.hpp"
#include "tests/support/stalls.hpp"

namespace edgemoe::test {

/// Every channel of every port stalls by itself.
class StallingMemory : public rtl::MemoryManners {
 public:
  StallingMemory(Stall stall, std::uint32_t seed) : stall_(stall), seed_(seed) {}

  bool willing(Channel channel, int port) override {
    const int place = static_cast<int>(channel) * 8 + port;
    auto at = stallers_.find(place);
    if (at == stallers_.end())
      at = stallers_.emplace(place, Staller(stall_, seed_ + static_cast<unsigned>(place))).first;
    const bool will = at->second.willing();
    refused_[channel] += !will;
    return will;
  }
  std::uint8_t response(bool, int, std::uint64_t) override { return 0; }

  std::uint64_t refused(Channel channel) const {
    const auto at = refused_.find(channel);
    return at == refused_.end() ? 0 : at->second;
  }

 private:
  Stall stall_;
  std::uint32_t seed_;
  std::map<int, Staller> stallers_;
  std::map<Channel, std::uint64_t> refused_;
};

/// Answers one burst of a direction, the n-th of all ports, with a code.
class FailingMemory : public rtl::MemoryManners {
 public:
  FailingMemory(bool write, std::uint64_t burst, std::uint8_t code)
      : write_(write), burst_(burst), code_(code) {}

  bool willing(Channel, int) override { return true; }
  std::uint8_t response(bool write, int, std::uint64_t) override {
    if (write != write_) return 0;
    return bursts_++ == burst_ ? code_ : std::uint8_t{0};
  }
  std::uint64_t bursts() const { return bursts_; }

 private:
  bool write_;
  std::uint64_t burst_;
  std::uint8_t code_;
  std::uint64_t bursts_ = 0;
};

}  // namespace edgemoe::test
