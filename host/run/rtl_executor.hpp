// SPDX-License-Identifier: Apache-2.0
/// The RTL as an executor: the compiled program on the verilated accelerator, its bits held against
/// the kernels and its cycles against the cycle engine.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "host/run/executor.hpp"
#include "host/run/rtl_compare.hpp"

namespace edgemoe::host {

/// What the RTL did in one frame.
struct RtlOutcome {
  rtl::RunResult run;
  RtlVerdict rows, results, routing, spans, events;
};

struct RtlOptions {
  std::filesystem::path repository;  ///< with rtl/
  std::filesystem::path libraries;   ///< where built models are kept
  std::string wave;                  ///< command whose time is recorded; empty: none
  std::filesystem::path wave_folder;
  bool coverage = false;  ///< a model that counts lines (rtl/harness)
  rtl::MemoryManners* manners = nullptr;  ///< of a memory that stalls or fails; cycles then differ
  std::uint64_t max_cycles = 4'000'000'000;
  std::function<void(const std::vector<sim::UnitEvent>&)> events;  ///< also of a stuck run
  std::function<void(std::uint64_t)> progress;
  std::function<void(const std::string&)> note;
};

class RtlExecutor {
 public:
  /// Builds or loads the model of the design. Throws models::ConfigError for what the RTL lacks or
  /// when it cannot be built. References must outlive the object.
  RtlExecutor(Programs& programs, const models::BoardConfig& board, RtlOptions options);
  ~RtlExecutor();

  /// `engine`: the same frame on the cycle engine, with its events. Throws sim::StuckError,
  /// also for an error that the accelerator reports.
  RtlOutcome execute(const Frame& frame, const sim::SimulationResult& engine);

 private:
  void set_window(const LoweredProgram& program, const sim::SimulationResult& engine,
                  rtl::RunOptions* options) const;

  Programs& programs_;
  const models::BoardConfig& board_;
  RtlOptions options_;
  std::unique_ptr<rtl::Model> model_;
};

}  // namespace edgemoe::host
