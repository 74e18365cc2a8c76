// SPDX-License-Identifier: Apache-2.0
/// Private to sim/engine: the only header that knows SystemC. One cycle is one resolution unit of
/// sc_time, so no scaling happens anywhere.
#pragma once

#define SC_INCLUDE_DYNAMIC_PROCESSES
#include <exception>
#include <random>
#include <set>
#include <string>
#include <systemc>
#include <vector>

#include "sim/engine/process.hpp"
#include "sim/engine/simulation.hpp"
#include "sim/engine/stack_bounds.hpp"

namespace edgemoe::sim {

/// A SystemC context of our own. SystemC elaborates once per context, and its static events belong
/// to the context that exists at program start, so that one is put back and never deleted.
class KernelContext {
 public:
  KernelContext();
  ~KernelContext();
  KernelContext(const KernelContext&) = delete;
  KernelContext& operator=(const KernelContext&) = delete;

 private:
  sc_core::sc_simcontext* outer_;
};

/// Thrown into a process that still runs when its simulation is over; unwinds its stack.
struct Unwind {};

struct Process::Impl {
  sc_core::sc_event wake;
  StackBounds stack;
};

class Simulation::Impl {
 public:
  explicit Impl(const EngineOptions& given) : options(given), random(given.shuffle_seed) {}

  KernelContext context;
  EngineOptions options;
  std::mt19937_64 random;  // of the shuffled order; unused otherwise
  std::vector<Process*> processes;
  std::set<std::string> names;
  Process* current = nullptr;  // the process that runs at this moment
  std::size_t mains_left = 0;
  bool started = false;
  bool over = false;  // results are final; processes are being unwound
  Cycle end = 0;
  std::uint64_t wakes = 0;
  std::exception_ptr error;
  std::string error_process;
  StackBounds stack;  // of the caller of run()
};

inline Cycle kernel_now() { return sc_core::sc_time_stamp().value(); }
inline sc_core::sc_time kernel_span(Cycle cycles) { return sc_core::sc_time::from_value(cycles); }

/// The words of a deadlock or time-out report.
std::string describe_stuck(const std::string& headline, const std::vector<BlockedProcess>& blocked);

}  // namespace edgemoe::sim
