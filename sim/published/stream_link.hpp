// SPDX-License-Identifier: Apache-2.0
/// A bounded stream whose tokens carry the cycle in which they were put.
///
/// Why:     the two ends may run ahead of the engine's clock, each in its own time; with the times
///          on the tokens (and on the places that they free) the outcome does not depend on how
///          far.
/// Timing:  a token put in cycle c can be taken from c + 1 on; a place freed in c can be filled
/// from
///          c + 1 on. `depth` tokens at most lie in it.
/// Rule:    an end that lacks information suspends; the other end wakes it one engine cycle later,
///          which is never later than the time on what it was waiting for.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "sim/engine/process.hpp"

namespace edgemoe::sim {

class StreamLink : public Channel {
 public:
  /// `buffer`: places are taken by `acquire` and freed by `release` and not by push and pop.
  StreamLink(const std::string& name, std::uint64_t depth, bool buffer)
      : Channel(name), buffer_(buffer), put_(depth, 0), freed_(depth, 0) {}

  bool buffer() const { return buffer_; }

  /// Takes a token in cycle `wanted` or later; gives the cycle.
  Cycle pop(Process& consumer, Cycle wanted, Reason reason) {
    while (pops_ == pushes_) wait(&consumer_, consumer, reason);
    const Cycle at = std::max(wanted, put_[slot(pops_)] + 1);
    ++pops_;
    if (!buffer_) release(consumer, at);
    return at;
  }

  /// Puts a token in cycle `wanted` or later; gives the cycle.
  Cycle push(Process& producer, Cycle wanted, Reason reason) {
    const Cycle at = buffer_ ? wanted : acquire(producer, wanted, reason);
    put_[slot(pushes_)] = at;
    ++pushes_;
    wake(&consumer_, producer.now());
    return at;
  }

  /// Takes a place in cycle `wanted` or later; gives the cycle.
  Cycle acquire(Process& producer, Cycle wanted, Reason reason) {
    while (taken_ - released_ == put_.size()) wait(&producer_, producer, reason);
    const Cycle at = taken_ < put_.size() ? wanted : std::max(wanted, freed_[slot(taken_)] + 1);
    ++taken_;
    return at;
  }

  /// Frees the oldest place in cycle `at`.
  void release(Process& consumer, Cycle at) {
    freed_[slot(released_)] = at;
    ++released_;
    wake(&producer_, consumer.now());
  }

  std::uint64_t left() const { return pushes_ - pops_; }
  std::string describe() const override {
    return "stream " + name() + " holds " + std::to_string(left()) + " of " +
           std::to_string(put_.size()) + " tokens, after " + std::to_string(pushes_) + " put and " +
           std::to_string(pops_) + " taken";
  }

 private:
  void wait(Process** side, Process& process, Reason reason) {
    *side = &process;
    process.suspend(reason, this);
  }
  static void wake(Process** side, Cycle now) {
    if (*side == nullptr) return;
    (*side)->wake_at(now + 1);
    *side = nullptr;
  }

  std::size_t slot(std::uint64_t number) const {
    return static_cast<std::size_t>(number % put_.size());
  }

  bool buffer_;
  std::vector<Cycle> put_;    // of the token that lies, or lay last, in this place
  std::vector<Cycle> freed_;  // the cycle in which the place became free
  std::uint64_t taken_ = 0;
  std::uint64_t released_ = 0;
  std::uint64_t pushes_ = 0;
  std::uint64_t pops_ = 0;
  Process* consumer_ = nullptr;  // waiting
  Process* producer_ = nullptr;
};

}  // namespace edgemoe::sim
