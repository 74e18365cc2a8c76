// SPDX-License-Identifier: Apache-2.0
/// The RTL as an executor: a compiled program, of one frame or a stream of them, on the verilated
/// accelerator, its bits held against the kernels and its cycles against the cycle engine.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "host/run/executor.hpp"
#include "host/run/rtl_compare.hpp"

namespace edgemoe::host {

/// What the RTL did in one program.
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
  RtlExecutor(const models::ModelConfig& model, const models::DesignConfig& design,
              const models::BoardConfig& board, RtlOptions options);
  ~RtlExecutor();

  /// Pixels are set. `engine`: the same program on the cycle engine, with its events. Executes the
  /// program on the kernels as well, whose results are in its image afterwards. Throws
  /// sim::StuckError, also for an error that the accelerator reports.
  RtlOutcome execute(LoweredProgram& program, const sim::SimulationResult& engine);

 private:
  void set_window(const LoweredProgram& program, const sim::SimulationResult& engine,
                  rtl::RunOptions* options) const;

  const models::ModelConfig& config_;
  const models::DesignConfig& design_;
  const models::BoardConfig& board_;
  RtlOptions options_;
  std::unique_ptr<rtl::Model> model_;
};

/// The cycle engine's account of a run, with the cycles that the RTL counted.
sim::SimulationResult with_cycles_of(const RtlOutcome& rtl, sim::SimulationResult engine);

}  // namespace edgemoe::host
