// SPDX-License-Identifier: Apache-2.0
#include "tests/rtl/weight_loader/loader_rules.hpp"

#include <algorithm>
#include <stdexcept>

#include "sim/units/timing.hpp"

namespace edgemoe::test {
namespace {

/// One ring: what is readable when, what may be taken, what the reader lets go.
struct Ring {
  Ring(int rows, Stall reader, std::uint32_t seed) : capacity(rows), staller(reader, seed) {}

  int available(std::uint64_t cycle) const {
    std::uint64_t back = 0;
    for (std::uint64_t c = counted; c + sim::timing::kRingCredit <= cycle; ++c)
      back += static_cast<std::uint64_t>(freed[c]);
    return capacity - static_cast<int>(taken - old_freed - back);
  }
  /// Keeps available() short: cycles before `cycle` that already count are summed up.
  void settle(std::uint64_t cycle) {
    while (counted + sim::timing::kRingCredit <= cycle)
      old_freed += static_cast<std::uint64_t>(freed[counted++]);
  }
  void read(std::uint32_t readable_now) {
    readable.push_back(readable_now);
    const int most = staller.willing() ? static_cast<int>(readable_now - let_go) : 0;
    freed.push_back(std::min(most, 200));
    let_go += static_cast<std::uint32_t>(freed.back());
  }

  int capacity;
  Staller staller;
  std::uint64_t taken = 0;
  std::uint64_t old_freed = 0;
  std::uint64_t counted = 0;
  std::uint32_t let_go = 0;
  std::vector<std::uint32_t> readable;
  std::vector<int> freed;
};

class Follower {
 public:
  Follower(const LoaderShape& shape, const std::vector<LoadJob>& jobs, LoaderMemory& memory,
           Stall reader, std::uint32_t seed)
      : shape_(shape),
        jobs_(jobs),
        memory_(memory),
        done_(static_cast<std::size_t>(shape.ports), 0),
        issued_(static_cast<std::size_t>(shape.ports), 0),
        tiles_(shape.tile_ring, reader, seed),
        params_(shape.param_ring, reader, seed + 1) {}

  LoaderHistory run() {
    for (std::uint64_t cycle = 0;; ++cycle) {
      if (cycle > 2000000) throw std::runtime_error("the rules do not come to an end");
      collect(cycle);
      tiles_.settle(cycle);
      params_.settle(cycle);
      issue(cycle);
      take_job(cycle);
      show(cycle);
      const bool all = job_ == jobs_.size() && params_left_ == 0 && tiles_left_ == 0;
      if (all && tiles_.let_go + params_.let_go == history_.rows.size()) break;
    }
    history_.tiles = tiles_.readable;
    history_.params = params_.readable;
    history_.tiles_freed = tiles_.freed;
    history_.params_freed = params_.freed;
    return history_;
  }

 private:
  void collect(std::uint64_t cycle) {
    memory_.collect(cycle, [&](int port) {
      const auto p = static_cast<std::size_t>(port);
      const std::uint64_t row = done_[p]++ * static_cast<std::uint64_t>(shape_.ports) + p;
      history_.rows.at(row).done = cycle;
    });
    std::uint64_t prefix = ~std::uint64_t{0};
    for (std::size_t p = 0; p < done_.size(); ++p)
      prefix = std::min(prefix, done_[p] * static_cast<std::uint64_t>(shape_.ports) + p);
    prefix_.push_back(prefix);
  }

  void issue(std::uint64_t cycle) {
    for (int k = 0; k < shape_.ports && params_left_ + tiles_left_ > 0; ++k) {
      const std::size_t port = history_.rows.size() % done_.size();
      const bool param = params_left_ > 0;
      Ring& ring = param ? params_ : tiles_;
      if (issued_[port] - done_[port] >= static_cast<std::uint64_t>(shape_.outstanding)) return;
      if (ring.available(cycle) == 0) return;
      ++ring.taken;
      ++issued_[port];
      --(param ? params_left_ : tiles_left_);
      history_.rows.push_back({cycle, row_, param, 0});
      memory_.request(static_cast<int>(port), row_++, cycle);
    }
  }

  void take_job(std::uint64_t cycle) {
    if (params_left_ + tiles_left_ > 0 || job_ == jobs_.size()) return;
    if (cycle < jobs_[job_].offered) return;
    row_ = jobs_[job_].row;
    params_left_ = jobs_[job_].params;
    tiles_left_ = jobs_[job_].tiles;
    ++job_;
  }

  void show(std::uint64_t cycle) {
    const std::uint64_t late = sim::timing::kRingWrite;
    while (cycle >= late && shown_ < prefix_[cycle - late])
      ++(history_.rows[shown_++].param ? params_seen_ : tiles_seen_);
    tiles_.read(tiles_seen_);
    params_.read(params_seen_);
  }

  LoaderShape shape_;
  const std::vector<LoadJob>& jobs_;
  LoaderMemory& memory_;
  std::vector<std::uint64_t> done_, issued_, prefix_;
  Ring tiles_, params_;
  LoaderHistory history_;
  std::size_t job_ = 0;
  std::uint64_t row_ = 0;
  int params_left_ = 0;
  int tiles_left_ = 0;
  std::uint64_t shown_ = 0;
  std::uint32_t tiles_seen_ = 0;
  std::uint32_t params_seen_ = 0;
};

}  // namespace

LoaderHistory follow_rules(const LoaderShape& shape, const std::vector<LoadJob>& jobs,
                           LoaderMemory& memory, Stall reader, std::uint32_t seed) {
  return Follower(shape, jobs, memory, reader, seed).run();
}

}  // namespace edgemoe::test
