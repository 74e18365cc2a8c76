// SPDX-License-Identifier: Apache-2.0
/// DramClient: joins the DRAM model to the cycle engine. A library of its own
///             (edgemoe_sim_dram_client), because the engine itself knows no memory.
///
/// Models:   nothing; it advances Memory exactly as far as causality allows and turns responses
///           into progress counters.
/// Timing:   read()/write() in cycle c is the request's arrival at the port in cycle c. Its
///           response is visible in reads_done()/writes_done() from the response's done cycle on.
///           Responses come in order per port and direction, so "request k is answered" is "done >=
///           its ticket".
/// Ownership: one process per port and direction (std::logic_error otherwise).
/// Accounts: all its cycles are one stall, "waits"; what the memory did is in Memory::counters().
/// Cost:     wakes about once per response, never once per cycle.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/dram/memory.hpp"
#include "sim/engine/counter.hpp"
#include "sim/engine/fifo.hpp"
#include "sim/engine/process.hpp"

namespace edgemoe::sim {

class DramClient;

/// One AXI port as a unit sees it.
class DramPort {
 public:
  /// Issues a request now; never blocks (the master bounds what it has in flight). Returns the
  /// ticket: the value of reads_done() / writes_done() at which this request is answered.
  std::uint64_t read(Process& master, std::uint64_t address, std::uint64_t bytes);
  std::uint64_t write(Process& master, std::uint64_t address, std::uint64_t bytes);

  const Counter& reads_done() const { return reads_.done; }
  const Counter& writes_done() const { return writes_.done; }
  std::uint64_t reads_issued() const { return reads_.issued; }
  std::uint64_t writes_issued() const { return writes_.issued; }

 private:
  friend class DramClient;
  struct Direction {
    Direction(Simulation& simulation, const std::string& name) : done(simulation, name) {}
    Counter done;
    std::uint64_t issued = 0;
    Owner owner;
  };
  DramPort(DramClient& client, Simulation& simulation, int index);
  std::uint64_t issue(Direction* direction, Process& master, bool write, std::uint64_t address,
                      std::uint64_t bytes);

  DramClient& client_;
  int index_;
  Direction reads_;
  Direction writes_;
};

class DramClient : public Process {
 public:
  /// `memory` is used by this client alone until the simulation is over; its clock starts at
  /// cycle `doorbell`.
  DramClient(Simulation& simulation, Memory& memory, Cycle doorbell = 0,
             const std::string& name = "dram");

  int ports() const { return static_cast<int>(ports_.size()); }
  DramPort& port(int index) { return *ports_.at(static_cast<std::size_t>(index)); }
  const Memory& memory() const { return memory_; }

 protected:
  void run() override;

 private:
  friend class DramPort;
  void request(Request* request);
  void deliver();
  Cycle next_look() const;

  Memory& memory_;
  Tick ticks_per_cycle_;
  Reason waits_;
  std::vector<std::unique_ptr<DramPort>> ports_;
};

}  // namespace edgemoe::sim
