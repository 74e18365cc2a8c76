// SPDX-License-Identifier: Apache-2.0
/// A function of a dataflow region: pipelined loops, one after the other.
///
/// Models:   an HLS pipeline that stalls as a whole. Iteration i enters in slot i * II and leaves
/// in
///           slot i * II + depth - 1; slots follow each other cycle by cycle unless something that
///           a slot needs is missing, and then everything in the pipeline waits. After the last
///           slot the loop waits for its write responses, then `control_cycles` pass.
/// Slots:    of an iteration: 0 takes tokens and sends read requests; min(axi_latency, depth - 1)
///           needs the read data; depth - 1 puts tokens; writes leave axi_latency before the end
///           when the depth has room for the response (after the read data, if there is any), else
///           at the end.
/// Time:     the process runs ahead of the engine in a time of its own (`StreamLink` says why this
/// is
///           exact) and meets the engine's clock only when it lacks something, and at its end.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/published/access_link.hpp"
#include "sim/published/stage.hpp"
#include "sim/published/stream_link.hpp"

namespace edgemoe::sim {

/// Cycles of a process by what they went into; they add up to the stage's.
struct LoopTime {
  std::string process;
  Cycle busy = 0;
  Cycle tokens = 0;  ///< a stream was empty
  Cycle space = 0;   ///< a stream was full
  Cycle reads = 0;
  Cycle writes = 0;  ///< no place for a burst, or waiting for responses
  Cycle done = 0;    ///< ended, others had not
};

class LoopProcess : public Process {
 public:
  /// `streams` are those of the stage in order; `links[loop][access]` belong to this process.
  LoopProcess(Simulation& simulation, const StageProcess& what, const MachineParameters& machine,
              const std::vector<std::unique_ptr<StreamLink>>& streams);
  ~LoopProcess() override;

  /// Makes the links of all accesses; `base` counts windows and is advanced.
  void connect(std::uint64_t* window, std::uint64_t memory_bytes);
  /// The links in order of loops and accesses.
  struct Connection {
    int port;
    bool write;
    AccessLink* link;
  };
  std::vector<Connection> connections() const;

  LoopTime time() const;  ///< after the run; `done` is 0
  Cycle ended() const { return local_; }
  std::string place() const;  ///< "loop NAME, iteration 5 of 100" for reports
  Cycle waits_since() const { return local_ + slot_; }

 protected:
  void run() override;

 private:
  enum class Kind { kRelease, kPush, kWrite, kTake, kRequest, kPop, kAcquire };
  /// Something that a loop does in some of its iterations.
  struct Event {
    Kind kind;
    std::uint64_t offset;  ///< slot within the iteration
    std::uint64_t every;
    std::uint64_t amount;  ///< bytes or tokens
    AccessLink* access;
    StreamLink* stream;
    std::uint64_t first = 0;  ///< of `period`; both 0: all iterations
    std::uint64_t period = 0;
    std::uint64_t left = UINT64_MAX;
    std::uint64_t iteration = 0;
    std::uint64_t next = kNoCycle;  ///< slot; kNoCycle when none is left
    std::uint64_t sum = 0;          ///< bytes asked for in this round

    bool at_end() const;  ///< of the group of `every` iterations, not at its beginning
    std::uint64_t phase() const { return at_end() ? every - 1 : 0; }
    void start(const StageLoop& loop);
    void advance(const StageLoop& loop);
  };

  void run_loop(std::size_t index);
  void add_access_events(const StageLoop& loop, std::size_t index);
  void add_token_events(const StageLoop& loop);
  void add_event(Event event);
  Cycle perform(Event* event, Cycle wanted);
  void charge(Kind kind, Cycle cycles);
  std::uint64_t write_slot(const StageLoop& loop) const;

  const StageProcess& what_;
  const MachineParameters& machine_;
  const std::vector<std::unique_ptr<StreamLink>>& streams_;
  std::vector<std::vector<std::unique_ptr<AccessLink>>> links_;
  std::vector<Event> events_;
  Reason tokens_, space_, reads_, writes_;
  LoopTime time_;
  Cycle local_ = 0;
  const StageLoop* loop_ = nullptr;  // under way
  std::uint64_t slot_ = 0;
};

}  // namespace edgemoe::sim
