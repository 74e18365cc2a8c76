// SPDX-License-Identifier: Apache-2.0
/// Fifo and Credit: bounded channels built from progress counters.
///
/// Fifo<T>   one producer process, one consumer process (std::logic_error otherwise: with two, the
///           order within a cycle would decide). A value pushed in cycle c can be popped from
///           c + latency on; the space of a value popped in c can be filled from c + credit_latency
///           on. Full throughput of one value a cycle needs capacity >= latency + credit_latency.
/// Credit    a pool of units: give() in c can be taken from c + latency on; one taking process.
/// Requires: capacity >= 1, latencies >= 1; take(n) with n beyond everything in circulation waits
///           for ever, which the deadlock report then says.
#pragma once

#include <cstddef>
#include <deque>
#include <stdexcept>
#include <string>
#include <utility>

#include "sim/engine/counter.hpp"
#include "sim/engine/process.hpp"

namespace edgemoe::sim {

/// Remembers the one process that may use one side of a channel.
class Owner {
 public:
  void check(const Process& process, const Channel& channel) {
    if (owner_ == nullptr) owner_ = &process;
    if (owner_ != &process) {
      throw std::logic_error(channel.name() + ": used on one side by both " + owner_->name() +
                             " and " + process.name());
    }
  }

 private:
  const Process* owner_ = nullptr;
};

template <class T>
class Fifo : public Channel {
 public:
  Fifo(Simulation& simulation, std::string name, std::size_t capacity, Cycle latency = 1,
       Cycle credit_latency = 1)
      : Channel(std::move(name)),
        capacity_(capacity),
        pushed_(simulation, this->name() + ".pushed", latency),
        popped_(simulation, this->name() + ".popped", credit_latency) {
    if (capacity == 0) throw std::invalid_argument(this->name() + ": capacity 0");
  }

  bool can_push() const { return pushed_.total() - popped_.visible() < capacity_; }
  bool can_pop() const { return pushed_.visible() > popped_.total(); }

  /// Waits for space, then hands over `value`; takes no time of its own.
  void push(Process& producer, T value, Reason reason) {
    producer_.check(producer, *this);
    if (!can_push()) {
      producer.wait_for(popped_, pushed_.total() + 1 - capacity_, reason, this);
    }
    values_.push_back(std::move(value));
    pushed_.add();
  }

  /// Waits for a value and takes it; takes no time of its own.
  T pop(Process& consumer, Reason reason) {
    wait_front(consumer, reason);
    T value = std::move(values_.front());
    values_.pop_front();
    popped_.add();
    return value;
  }

  /// Waits for a value and looks at it without taking it.
  const T& front(Process& consumer, Reason reason) {
    wait_front(consumer, reason);
    return values_.front();
  }

  /// For wait_any: a value can be popped when `pushed()` shows `next_pop()`; space is there when
  /// `popped()` shows `next_push()`.
  const Counter& pushed() const { return pushed_; }
  const Counter& popped() const { return popped_; }
  std::uint64_t next_pop() const { return popped_.total() + 1; }
  std::uint64_t next_push() const {
    return pushed_.total() < capacity_ ? 0 : pushed_.total() + 1 - capacity_;
  }

  std::size_t size() const { return values_.size(); }  ///< as its owner sees it, latencies ignored
  std::size_t capacity() const { return capacity_; }
  std::string describe() const override {
    return "fifo " + name() + " holds " + std::to_string(size()) + " of " +
           std::to_string(capacity_);
  }

 private:
  void wait_front(Process& consumer, Reason reason) {
    consumer_.check(consumer, *this);
    if (!can_pop()) consumer.wait_for(pushed_, popped_.total() + 1, reason, this);
  }

  std::size_t capacity_;
  Counter pushed_;
  Counter popped_;
  std::deque<T> values_;
  Owner producer_;
  Owner consumer_;
};

class Credit : public Channel {
 public:
  Credit(Simulation& simulation, std::string name, std::uint64_t initial, Cycle latency = 1)
      : Channel(std::move(name)),
        initial_(initial),
        given_(simulation, this->name() + ".given", latency) {}

  bool can_take(std::uint64_t n = 1) const { return initial_ + given_.visible() >= taken_ + n; }

  /// Waits until n units are visible and takes them.
  void take(Process& taker, std::uint64_t n, Reason reason) {
    taker_.check(taker, *this);
    if (!can_take(n)) taker.wait_for(given_, taken_ + n - initial_, reason, this);
    taken_ += n;
  }
  void give(std::uint64_t n = 1) { given_.add(n); }
  void give_at(Cycle cycle, std::uint64_t n = 1) { given_.add_at(cycle, n); }

  /// For wait_any: n units can be taken when `given()` shows `next_take(n)`.
  const Counter& given() const { return given_; }
  std::uint64_t next_take(std::uint64_t n = 1) const {
    return taken_ + n <= initial_ ? 0 : taken_ + n - initial_;
  }
  /// Units free in the taker's eyes.
  std::uint64_t available() const { return initial_ + given_.visible() - taken_; }
  std::string describe() const override {
    return "credit " + name() + " has " + std::to_string(available()) + " free of " +
           std::to_string(initial_);
  }

 private:
  std::uint64_t initial_;
  std::uint64_t taken_ = 0;
  Counter given_;
  Owner taker_;
};

}  // namespace edgemoe::sim
