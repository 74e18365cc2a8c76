// SPDX-License-Identifier: Apache-2.0
#include "hls/top/accelerator.hpp"

#include <cstdlib>
#include <memory>
#include <new>
#include <type_traits>

#include "hls/top/sequencer.hpp"
#include "hls/top/simulation_probe.hpp"

namespace edgemoe {
namespace hls {
namespace {

using SimulatedMachine = SimulationProbe::SimulatedMachine;

struct Release {
  void operator()(SimulatedMachine* machine) const { std::free(machine); }
};

/// Zeroed pages that the system hands out as they are touched: a small model pays for a small
/// machine.
std::unique_ptr<SimulatedMachine, Release> make_machine() {
  static_assert(std::is_trivially_copyable<SimulatedMachine>::value,
                "all zero must be a valid state");
  void* pages = std::calloc(1, sizeof(SimulatedMachine));
  if (pages == nullptr) throw std::bad_alloc();
  return std::unique_ptr<SimulatedMachine, Release>(static_cast<SimulatedMachine*>(pages));
}

}  // namespace

RunStatus run_program(std::uint8_t* memory, std::uint64_t size, const SimulationHooks& hooks) {
  const std::unique_ptr<SimulatedMachine, Release> machine = make_machine();
  SimulationProbe probe(hooks);
  return run_image(memory, size, *machine, probe);
}

}  // namespace hls
}  // namespace edgemoe
