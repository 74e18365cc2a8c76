// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/simulation.hpp"

#include <algorithm>
#include <stdexcept>
#include <tuple>

#include "sim/engine/kernel.hpp"

// libsystemc brings a main() that calls this; our programs have their own and start the kernel
// themselves, but the symbol must exist.
int sc_main(int, char**) { return 0; }

namespace edgemoe::sim {
namespace {

bool simulation_alive = false;

void switch_context(sc_core::sc_simcontext* context) {
  sc_core::sc_curr_simcontext = context;
  sc_core::sc_default_global_context = context;
}

}  // namespace

KernelContext::KernelContext() : outer_(sc_core::sc_get_curr_simcontext()) {
  if (simulation_alive) throw std::logic_error("a second simulation while one is alive");
  simulation_alive = true;
  switch_context(new sc_core::sc_simcontext());
  // A library does not print; what matters arrives as an exception.
  sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  sc_core::sc_report_handler::set_actions(sc_core::SC_WARNING, sc_core::SC_DO_NOTHING);
}

KernelContext::~KernelContext() {
  delete sc_core::sc_curr_simcontext;
  switch_context(outer_);
  simulation_alive = false;
}

Simulation::Simulation(const EngineOptions& options)
    : trace_(options.trace), impl_(std::make_unique<Impl>(options)) {}

Simulation::~Simulation() = default;

Cycle Simulation::now() const { return impl_->over ? impl_->end : kernel_now(); }

std::uint64_t Simulation::wakes() const { return impl_->wakes; }

void Simulation::add_process(Process* process) {
  if (impl_->started) throw std::logic_error(process->name() + ": created after run()");
  if (!impl_->names.insert(process->name()).second) {
    throw std::invalid_argument(process->name() + ": a second process of this name");
  }
  impl_->processes.push_back(process);
}

void Simulation::remove_process(Process* process) {
  auto& all = impl_->processes;
  all.erase(std::remove(all.begin(), all.end(), process), all.end());
  impl_->names.erase(process->name());
}

Cycle Simulation::run() {
  if (impl_->started) throw std::logic_error("Simulation::run called twice");
  impl_->started = true;
  spawn_all();
  try {
    if (impl_->mains_left > 0) advance_kernel();
  } catch (...) {  // from the progress callback, or the kernel's own checks
    impl_->error = std::current_exception();
  }
  const bool stuck = !impl_->error && impl_->mains_left > 0;
  const bool pending = sc_core::sc_pending_activity();
  impl_->end = stuck && pending ? impl_->options.max_cycles : kernel_now();
  std::vector<BlockedProcess> blocked;
  if (stuck) blocked = find_blocked();
  close_accounts();
  unwind_all();
  if (impl_->error) std::rethrow_exception(impl_->error);
  if (stuck) throw_stuck(blocked, pending);
  return impl_->end;
}

void Simulation::advance_kernel() {
  // Events exactly at the end of sc_start's span are not processed, hence one more than the limit.
  const Cycle most = sc_core::sc_max_time().value();
  const Cycle stop = impl_->options.max_cycles < most ? impl_->options.max_cycles + 1 : most;
  const bool report = impl_->options.progress && impl_->options.progress_every > 0;
  bool more = true;
  while (more && !impl_->error && impl_->mains_left > 0) {
    Cycle span = stop - kernel_now();
    if (report) {
      // A slice without an event would not move time, so it reaches the next one at least.
      const Cycle next = sc_core::sc_time_to_pending_activity().value();
      span = std::min(span, std::max(impl_->options.progress_every, next + 1));
    }
    more = span < stop - kernel_now();
    start_kernel(span);
    if (report) impl_->options.progress(kernel_now());
    more = more && sc_core::sc_pending_activity();
  }
  // The cycle of the end is completed (only a shuffled order leaves anything to do).
  const bool ended = impl_->error || impl_->mains_left == 0;
  while (ended && sc_core::sc_pending_activity_at_current_time()) start_kernel(0);
}

void Simulation::start_kernel(Cycle span) {
  impl_->stack.set_native();
  sc_core::sc_start(kernel_span(span), sc_core::SC_EXIT_ON_STARVATION);
  impl_->stack.enter();
}

void Simulation::spawn_all() {
  std::vector<Process*> order = impl_->processes;
  if (impl_->options.shuffle_seed != 0) {
    std::shuffle(order.begin(), order.end(), impl_->random);
  }
  for (Process* process : order) {
    if (process->role() == Process::Role::kMain) ++impl_->mains_left;
  }
  sc_core::sc_spawn_options spawn;
  spawn.set_stack_size(static_cast<int>(kProcessStackBytes));
  for (Process* process : order) {
    sc_core::sc_spawn([process] { process->thread_main(); }, sc_core::sc_gen_unique_name("process"),
                      &spawn);
  }
}

void Simulation::close_accounts() {
  for (Process* process : impl_->processes) {
    process->charge(process->finished_ ? Process::kDone : process->waiting_reason_, impl_->end);
  }
  impl_->over = true;
}

std::vector<BlockedProcess> Simulation::find_blocked() const {
  std::vector<BlockedProcess> blocked;
  for (const Process* process : impl_->processes) {
    if (!process->finished_) blocked.push_back(process->blocked());
  }
  std::sort(blocked.begin(), blocked.end(), [](const auto& a, const auto& b) {
    return std::tie(a.service, a.process) < std::tie(b.service, b.process);
  });
  return blocked;
}

void Simulation::unwind_all() {
  bool any = false;
  for (Process* process : impl_->processes) {
    if (process->finished_) continue;
    any = true;
    process->impl_->wake.notify(kernel_span(1));
  }
  if (!any) return;
  // Every wait ends in finite time and then throws Unwind, so this comes to rest.
  start_kernel(sc_core::sc_max_time().value() - kernel_now());
}

void Simulation::throw_stuck(const std::vector<BlockedProcess>& blocked, bool pending) const {
  const std::string at = std::to_string(impl_->end);
  std::size_t mains = 0;
  for (const auto& process : blocked) mains += process.service ? 0 : 1;
  const std::string unfinished = std::to_string(mains) + " unfinished";
  if (pending) {
    throw TimeoutError(describe_stuck("time-out at cycle " + at + ", " + unfinished, blocked),
                       impl_->end, blocked);
  }
  throw DeadlockError(
      describe_stuck("deadlock at cycle " + at + ": nothing can happen any more, " + unfinished,
                     blocked),
      impl_->end, blocked);
}

std::vector<ProcessTime> Simulation::process_times() const {
  std::vector<ProcessTime> times;
  for (const Process* process : impl_->processes) {
    const std::vector<Cycle> spent = process->spent();
    ProcessTime time;
    time.process = process->name();
    time.total = now();
    time.busy = spent[Process::kBusy];
    Cycle sum = time.busy + spent[Process::kDone];
    for (std::size_t i = Process::kDone + 1; i < spent.size(); ++i) {
      time.stalls.emplace_back(process->reason_names()[i], spent[i]);
      sum += spent[i];
    }
    time.stalls.emplace_back("done", spent[Process::kDone]);
    if (sum != time.total) throw std::logic_error(time.process + ": cycles do not add up");
    times.push_back(std::move(time));
  }
  std::sort(times.begin(), times.end(),
            [](const auto& a, const auto& b) { return a.process < b.process; });
  return times;
}

}  // namespace edgemoe::sim
