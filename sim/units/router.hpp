// SPDX-License-Identifier: Apache-2.0
/// Router: logits of a segment to top-k and expert queues; publishes active set and execution
/// order.
///
/// Models:   one token a cycle through a pipeline of fixed depth (fixed iteration counts for
/// exponential,
///           reciprocal and top-k); after the last segment, one cycle per expert to order them.
/// Abstracts away: values. Which tokens go where comes from the routing trace: data-dependence
/// enters time here
///           and nowhere else.
/// Timing:   last token + kRoutePipeline; with last_route + experts + kPublish more.
/// Stats:    busy: a token enters; waits.
#pragma once

#include "sim/units/unit.hpp"

namespace edgemoe::sim {

class Router : public Unit {
 public:
  explicit Router(Machine& machine) : Unit(machine, program::Unit::kRouter, "router") {}

 protected:
  void execute(const program::Command& command) override;

 private:
  void publish(const program::Command& command, Cycle end);
};

}  // namespace edgemoe::sim
