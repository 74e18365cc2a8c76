// SPDX-License-Identifier: Apache-2.0
/// One access of a loop to an AXI port: what lies between the pipeline and the port's master.
///
/// Models:   the HLS adapter. Requests are cut into bursts of at most `burst_beats` kernel beats,
/// not
///           across 4 KB, the end of a run or of the span. A kernel beat passes per cycle. A read
///           burst has a place in the adapter's buffer from its request until its last byte was
///           taken, a write burst from its first byte until its response; there are `outstanding`
///           places.
/// Timing:   data is seen the cycle after the burst's last beat is at the port, a response the
/// cycle
///           after it is; what is posted in cycle c reaches the master in c + 1.
/// Ahead:    as with StreamLink, the loop works in its own time and the cycles are on the items.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "sim/engine/process.hpp"
#include "sim/published/stage.hpp"

namespace edgemoe::sim {

class AccessLink : public Channel {
 public:
  struct Burst {
    Cycle posted;
    std::uint64_t address;
    std::uint64_t bytes;
    std::uint64_t end;  ///< of all bytes of the link up to and with this burst
  };

  AccessLink(const std::string& name, const StageAccess& access, const MasterParameters& master,
             std::uint64_t base, Process& owner)
      : Channel(name), access_(access), master_(master), base_(base), owner_(owner) {}

  /// The loop begins (again) and will move `bytes`.
  void begin(std::uint64_t bytes);

  /// Read: asks in cycle `at` for all runs that begin before `bytes` of this round.
  void request(std::uint64_t bytes, Cycle at);
  /// Read: takes `bytes` in cycle `wanted` or later; gives the cycle.
  Cycle take(std::uint64_t bytes, Cycle wanted, Reason reason);
  /// Write: hands over `bytes` in cycle `wanted` or later; gives the cycle.
  Cycle give(std::uint64_t bytes, Cycle wanted, Reason reason);
  /// Write: the cycle from `wanted` on in which everything given was answered.
  Cycle settled(Cycle wanted, Reason reason);

  // The master's side.
  bool waiting() const { return !pending_.empty(); }
  /// The cycle from which the next burst may be issued; kNoCycle: not known yet.
  Cycle issue_from() const;
  Burst issue();
  void answered(std::uint64_t end, Cycle at);
  void set_master(Process* master) { issuer_ = master; }

  std::uint64_t moved() const { return end_; }
  std::string describe() const override;

 private:
  void cut(std::uint64_t until, Cycle at);
  std::uint64_t burst_room() const;
  Cycle pace(std::uint64_t upto, Cycle wanted);
  void post(const Burst& burst);

  StageAccess access_;
  MasterParameters master_;
  std::uint64_t base_;
  Process& owner_;
  Process* issuer_ = nullptr;

  std::uint64_t round_begin_ = 0;  // counted over all rounds, as is everything below
  std::uint64_t round_end_ = 0;
  std::uint64_t end_ = 0;        // bytes posted
  std::uint64_t used_ = 0;       // bytes taken or given
  std::uint64_t write_end_ = 0;  // of the write burst under way
  std::uint64_t beats_ = 0;      // kernel beats passed
  Cycle last_beat_ = 0;
  bool any_beat_ = false;
  bool owner_waits_ = false;
  std::deque<Burst> pending_;
  std::vector<std::uint64_t> ends_;      // of bursts posted
  std::vector<Cycle> answers_;           // per burst
  std::vector<std::uint64_t> answered_;  // bytes up to each answer
  std::vector<Cycle> freed_;             // read places, per burst
  std::size_t reading_ = 0;              // burst that the next byte is in
  std::uint64_t issued_ = 0;
};

}  // namespace edgemoe::sim
