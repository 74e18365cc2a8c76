// SPDX-License-Identifier: Apache-2.0
/// run_rtl: executes a program image on a verilated accelerator, cycle by cycle, with the DRAM
/// model of the cycle engine behind its ports.
///
/// Cycles:  counted from the doorbell (trc_start_o), as in sim/units. `begin` and `end` of commands
///          and the event log mean what they mean there.
/// Memory:  `image` is read and written; results are in its result region afterwards.
/// Errors:  StuckError when nothing has happened for `quiet_cycles`, or max_cycles is passed, with
///          the commands that have not ended; ModelError when an assertion of the RTL fails;
///          std::out_of_range for an access beyond the image; FaultError when the accelerator's
///          registers report an error, with their contents.
#pragma once

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "hls/program/command.hpp"
#include "hls/program/routing.hpp"
#include "hls/support/observer.hpp"
#include "rtl/harness/memory_side.hpp"
#include "rtl/harness/model_library.hpp"
#include "sim/dram/parameters.hpp"
#include "sim/units/event_log.hpp"

namespace edgemoe::rtl {

struct RunOptions {
  sim::DramParameters memory;
  std::vector<int> load_ports;
  int program_port = 0;
  int segments = 2;        ///< Segments and SegmentRows of the model
  int segment_rows = 136;
  MemoryManners* manners = nullptr;   ///< null: always ready, no errors
  hls::Observer* observer = nullptr;  ///< gets the rows of every command
  bool record_events = false;
  std::uint64_t max_cycles = ~std::uint64_t{0};
  std::uint64_t quiet_cycles = 1 << 18;
  std::function<void(std::uint64_t)> progress;  ///< called now and then with the cycle
  std::string wave_file;                        ///< empty: none
  std::uint64_t wave_begin = 0, wave_end = 0;   ///< cycles
};

struct CommandSpan {
  std::uint64_t begin = 0;  ///< cycle of the first issue; `end` when nothing was issued
  std::uint64_t end = 0;
};

struct RunResult {
  std::uint64_t cycles = 0;  ///< doorbell to the execution of END
  std::vector<CommandSpan> commands;
  std::vector<sim::UnitEvent> events;  ///< in the order of EventLog::sorted
  program::RoutingTrace routing;
  std::uint64_t read_bytes = 0, write_bytes = 0;
  std::uint32_t counted = 0;  ///< low half of the accelerator's own count of cycles
};

/// The accelerator's status and error registers (rtl/register_file/registers.hpp) at the end of a
/// run that they say has failed.
class FaultError : public std::runtime_error {
 public:
  FaultError(const std::string& text, std::uint32_t status, std::uint32_t error)
      : std::runtime_error(text), status_(status), error_(error) {}
  std::uint32_t status() const { return status_; }
  std::uint32_t error() const { return error_; }

 private:
  std::uint32_t status_, error_;
};

/// Carries what the run had done until then.
class StuckError : public std::runtime_error {
 public:
  StuckError(const std::string& text, RunResult until)
      : std::runtime_error(text), until_(std::move(until)) {}
  const RunResult& until() const { return until_; }

 private:
  RunResult until_;
};

RunResult run_rtl(Model& model, const std::vector<program::Command>& commands,
                  std::vector<std::uint8_t>* image, const RunOptions& options);

}  // namespace edgemoe::rtl
