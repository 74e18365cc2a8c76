// SPDX-License-Identifier: Apache-2.0
/// The read or the write side of an AXI master: issues the bursts of all accesses to a port in
/// turn.
///
/// Models:   one burst address per cycle; among the accesses with a burst ready, the one after the
///           last served. The port behind it, of another width, takes its own time per beat: that
///           is the DRAM model's.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "sim/engine/dram_client.hpp"
#include "sim/published/access_link.hpp"

namespace edgemoe::sim {

class AxiMaster : public Process {
 public:
  AxiMaster(Simulation& simulation, const std::string& name, DramPort& port, bool write);
  /// Before the run. The link must outlive it.
  void attach(AccessLink* link);

 protected:
  void run() override;

 private:
  /// Hands answers to the links in the order of the bursts.
  class Answers : public Process {
   public:
    Answers(Simulation& simulation, const std::string& name, const Counter& done)
        : Process(simulation, name, Role::kService), done_(done), waits_(add_reason("waits")) {}
    void expect(std::uint64_t ticket, std::uint64_t end, AccessLink* link, Cycle now);

   protected:
    void run() override;

   private:
    struct Entry {
      std::uint64_t ticket;
      std::uint64_t end;
      AccessLink* link;
    };
    const Counter& done_;
    Reason waits_;
    std::deque<Entry> entries_;
  };

  void issue(AccessLink* link);

  DramPort& port_;
  bool write_;
  Reason idle_;
  std::vector<AccessLink*> links_;
  std::size_t next_ = 0;
  std::unique_ptr<Answers> answers_;
};

}  // namespace edgemoe::sim
