// SPDX-License-Identifier: Apache-2.0
/// One interface for everything that can execute a frame: the float reference, the kernels, the
/// cycle engine (and the RTL, once it is built).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hls/program/routing.hpp"
#include "hls/top/accelerator.hpp"
#include "host/compiler/lowered.hpp"
#include "models/io/tensor.hpp"
#include "models/reference/network.hpp"
#include "models/schema/board_config.hpp"
#include "models/schema/design_config.hpp"
#include "sim/published/run_design.hpp"
#include "sim/units/simulate.hpp"

namespace edgemoe::host {

/// One image and the tasks that are computed together on it.
struct Frame {
  const models::Image* image = nullptr;                  ///< of the model's size
  std::vector<int> tasks;                                ///< segment s works for task tasks[s]
  const std::vector<models::Routing>* forced = nullptr;  ///< per segment; null: as the gates choose
  const program::RoutingTrace* routing =
      nullptr;  ///< what the kernels chose; cycle and rtl need it
};

/// Values of one task.
struct TaskValues {
  int task = 0;
  models::TensorMap taps;  ///< stable names, reference's token order
  models::Tensor tokens;   ///< output of the last block, [N, D]
  models::Routing routing;
  models::Tensor head;  ///< [C, H, W]; empty without a head
};

/// What came out; an executor fills what it knows.
struct Execution {
  std::vector<TaskValues> tasks;
  program::RoutingTrace trace;
  std::optional<hls::RunStatus> status;
  std::map<std::string, std::uint64_t> overflows;  ///< values beyond their format, by command name
  bool results_match_taps = true;  ///< kernels: the result region holds the bits of the last tap
  std::optional<sim::SimulationResult> timing;
  std::vector<sim::DesignRun> loops;  ///< of a design given as loops: one pass per task
  double head_seconds = 0.0;
};

class Executor {
 public:
  virtual ~Executor() = default;
  virtual Execution execute(const Frame& frame) = 0;
};

/// Compiled programs by task list: a run over many images compiles once.
class Programs {
 public:
  /// All arguments must outlive the object. `weights` holds `quant.*`.
  Programs(const models::ModelConfig& model, const models::TensorMap& weights,
           const models::DesignConfig& design)
      : model_(model), weights_(weights), design_(design) {}

  LoweredProgram& get(const std::vector<int>& tasks);
  const models::ModelConfig& model() const { return model_; }
  const models::DesignConfig& design() const { return design_; }

 private:
  const models::ModelConfig& model_;
  const models::TensorMap& weights_;
  const models::DesignConfig& design_;
  std::map<std::vector<int>, LoweredProgram> programs_;
};

/// Float32 network. References must outlive the executor, here and below.
std::unique_ptr<Executor> make_reference_executor(const models::Reference& reference);

/// Exact integers; heads in float on the kernels' tokens. Throws std::logic_error when the kernels
/// refuse the program, which would be a defect of the compiler.
std::unique_ptr<Executor> make_kernels_executor(const models::Reference& reference,
                                                Programs& programs);

/// Time. Throws sim::StuckError (deadlock, or options.max_cycles passed).
std::unique_ptr<Executor> make_cycle_executor(Programs& programs, const models::BoardConfig& board,
                                              sim::SimulationOptions options);

/// Time of a design given as loops, a pass per task: such a design computes one task at a time.
/// `tasks` of the result stay empty. Throws sim::StuckError like the one above.
std::unique_ptr<Executor> make_loops_executor(const models::LoopDesignConfig& loops,
                                              const models::ModelConfig& model,
                                              const models::BoardConfig& board,
                                              std::uint64_t max_cycles);

}  // namespace edgemoe::host
