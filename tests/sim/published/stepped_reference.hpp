// SPDX-License-Identifier: Apache-2.0
/// Streams and pipelines cycle by cycle, written for plainness: what the layer, which runs ahead in
/// time, must agree with. No ports, no buffers.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "sim/published/stage.hpp"

namespace edgemoe::tests {

class SteppedReference {
 public:
  SteppedReference(const sim::Stage& stage, std::uint64_t control)
      : stage_(stage), control_(control), streams_(stage.streams.size()) {
    for (const sim::StageProcess& process : stage.processes) functions_.push_back({&process});
  }

  /// Cycles of the region, or 0 when nothing moves any more (a deadlock).
  std::uint64_t run() {
    std::uint64_t idle = 0;
    for (std::uint64_t now = 0;; ++now) {
      bool moved = false;
      bool all = true;
      for (Function& function : functions_) {
        moved = step(&function, now) || moved;
        all = all && function.ended;
      }
      if (all) return end_ + control_;
      idle = moved ? 0 : idle + 1;
      if (idle > 3) return 0;
    }
  }

 private:
  struct Stream {
    std::deque<std::uint64_t> tokens;  // cycle in which each was put
    std::deque<std::uint64_t> freed;   // cycles in which places became free, newest last
    std::uint64_t puts = 0;
  };
  struct Function {
    const sim::StageProcess* what;
    std::uint64_t round = 0;
    std::size_t loop = 0;
    std::uint64_t slot = 0;
    std::size_t use = 0;        // of the slot: how many were done in it
    std::uint64_t tokens = 0;   // of the use under way
    std::uint64_t control = 0;  // cycles left between two loops
    bool ended = false;
  };

  /// Does use `t` of `loop` happen in `slot`?
  static bool due(const sim::StageLoop& loop, const sim::StageTokens& t, std::uint64_t slot) {
    const std::uint64_t offset = t.push ? loop.depth - 1 : 0;
    if (slot < offset || (slot - offset) % loop.ii != 0) return false;
    const std::uint64_t iteration = (slot - offset) / loop.ii;
    return iteration < loop.trips && iteration % t.every == (t.push ? t.every - 1 : 0);
  }

  bool move(const sim::StageTokens& t, std::uint64_t now) {
    Stream& stream = streams_[static_cast<std::size_t>(t.stream)];
    const std::uint64_t depth = stage_.streams[static_cast<std::size_t>(t.stream)].depth;
    if (!t.push) {
      if (stream.tokens.empty() || stream.tokens.front() >= now) return false;
      stream.tokens.pop_front();
      stream.freed.push_back(now);
      return true;
    }
    if (stream.puts >= depth) {  // the place freed longest ago
      if (stream.freed.empty() || stream.freed.front() >= now) return false;
      stream.freed.pop_front();
    }
    ++stream.puts;
    stream.tokens.push_back(now);
    return true;
  }

  bool slot_done(Function* f, const sim::StageLoop& loop, std::uint64_t now) {
    std::vector<sim::StageTokens> uses;
    for (const bool push : {true, false}) {
      for (const sim::StageTokens& t : loop.tokens) {
        if (t.push == push && due(loop, t, f->slot)) uses.push_back(t);
      }
    }
    while (f->use < uses.size()) {
      while (f->tokens < uses[f->use].count) {
        if (!move(uses[f->use], now)) return false;
        ++moves_;
        ++f->tokens;
      }
      f->tokens = 0;
      ++f->use;
    }
    f->use = 0;
    return true;
  }

  bool step(Function* f, std::uint64_t now) {
    if (f->ended) return false;
    if (f->control > 0) {
      if (--f->control == 0 && f->round == f->what->repeat) finish(f, now);
      return true;
    }
    const sim::StageLoop& loop = f->what->loops[f->loop];
    const std::uint64_t before = moves_;
    if (!slot_done(f, loop, now)) return moves_ != before;
    if (++f->slot < (loop.trips - 1) * loop.ii + loop.depth) return true;
    f->slot = 0;
    f->control = control_;
    if (++f->loop == f->what->loops.size()) {
      f->loop = 0;
      ++f->round;
    }
    return true;
  }

  void finish(Function* f, std::uint64_t now) {
    f->ended = true;
    end_ = now + 1;
  }

  const sim::Stage& stage_;
  std::uint64_t control_;
  std::uint64_t end_ = 0;
  std::uint64_t moves_ = 0;  // tokens, all streams and both ends
  std::vector<Stream> streams_;
  std::vector<Function> functions_;
};

}  // namespace edgemoe::tests
