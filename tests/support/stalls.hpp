// SPDX-License-Identifier: Apache-2.0
/// Staller: decides per cycle whether one side of a channel is willing: it never stalls, stalls
/// 30 % of the cycles, or stalls long.
#pragma once

#include <cstdint>
#include <random>

namespace edgemoe::test {

enum class Stall { kNone, kRandom, kLong };

inline const char* name_of(Stall stall) {
  switch (stall) {
    case Stall::kNone:
      return "no stall";
    case Stall::kRandom:
      return "random stalls";
    default:
      return "long stalls";
  }
}

constexpr Stall kAllStalls[] = {Stall::kNone, Stall::kRandom, Stall::kLong};

/// willing() once per cycle.
class Staller {
 public:
  Staller(Stall mode, std::uint32_t seed) : mode_(mode), random_(seed) {}

  bool willing() {
    if (mode_ == Stall::kNone) return true;
    if (mode_ == Stall::kRandom) return random_() % 10 >= 3;
    if (left_ == 0) {  // long: 20 to 83 cycles still, then 1 to 32 cycles willing
      moving_ = !moving_;
      left_ = moving_ ? 1 + random_() % 32 : 20 + random_() % 64;
    }
    --left_;
    return moving_;
  }

 private:
  Stall mode_;
  std::mt19937 random_;
  bool moving_ = true;
  std::uint32_t left_ = 1;
};

}  // namespace edgemoe::test
