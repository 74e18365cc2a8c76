// SPDX-License-Identifier: Apache-2.0
/// EfficiencyCap: a token bucket that hands out at most a fraction of the peak burst rate.
///
/// Why:     measured efficiency (75 % on one board) does not follow from data-sheet timing, so it
///          is an explicit cap, as a maximum with the timing. The bucket holds `depth` bursts: what
///          a refresh or an idle time held back may be caught up with, so a stream gets min(cap,
///          timing) and not their product.
/// Numbers: the fraction is taken as an integer of 1/10000; 0.75 gives one 64-B burst per 48 ticks
///          of 1/9.6 GHz = two bursts per 3 PL cycles at 300 MHz. Exact integer arithmetic.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>

#include "sim/dram/parameters.hpp"

namespace edgemoe::sim {

class EfficiencyCap {
 public:
  EfficiencyCap(double fraction, Tick burst_ticks, int depth)
      : on_(fraction < 1.0), earn_(static_cast<Tick>(std::lround(fraction * kScale))) {
    const Tick common = std::gcd(earn_, Tick{kScale});
    earn_ /= common;
    cost_ = burst_ticks * (kScale / common);
    slack_ = cost_ * static_cast<Tick>(depth - 1);
  }

  /// The earliest tick, counted from the start, at which a burst may go; 0 if long ago.
  Tick ready() const {
    if (!on_ || paid_until_ <= slack_) return 0;
    return (paid_until_ - slack_ + earn_ - 1) / earn_;
  }

  /// A burst goes at `tick` counted from the start.
  void take(Tick tick) {
    if (on_) paid_until_ = std::max(paid_until_, tick * earn_) + cost_;
  }

 private:
  static constexpr Tick kScale = 10000;

  bool on_;
  Tick earn_;      // per tick
  Tick cost_ = 0;  // per burst; cost / earn = ticks per burst
  Tick slack_ = 0;
  Tick paid_until_ = 0;  // in ticks * earn_
};

}  // namespace edgemoe::sim
