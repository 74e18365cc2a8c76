// SPDX-License-Identifier: Apache-2.0
/// One call of `run` or `compare`: model, design and board resolved, images run through executors,
/// results in report form. Prints nothing and writes nothing (outputs.hpp writes).
///
/// Errors: UsageError (unknown task or engine), models::ConfigError, models::DataError,
/// sim::StuckError.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "host/report/page.hpp"
#include "host/run/executor.hpp"
#include "host/run/images.hpp"
#include "host/run/locate.hpp"
#include "models/schema/board_config.hpp"
#include "models/schema/design_config.hpp"
#include "models/schema/loop_design.hpp"
#include "models/schema/model_config.hpp"
#include "models/schema/override.hpp"

namespace edgemoe::host {

/// A request that makes no sense (exit code 2).
class UsageError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

enum class Engine { kReference, kKernels, kCycle, kRtl };
const char* name_of(Engine engine);
/// Throws UsageError with the nearest name, and models::ConfigError for an engine that this build
/// lacks.
Engine engine_by_name(const std::string& name);

struct SessionOptions {
  std::string model;
  std::string design;
  std::optional<std::string> board;  ///< instead of the design's
  models::Overrides model_overrides, design_overrides, board_overrides;
  std::vector<std::string> tasks;  ///< names; empty or "all": every task of the model
  std::vector<std::string>
      images;  ///< files and folders; empty: the model's first sample, or a generated image
  std::string dataset;               ///< folder of a data set instead of images; empty: none
  std::string split = "val";         ///< of the data set
  std::optional<std::size_t> limit;  ///< first images of the split
  std::string baseline;              ///< file of single-task results; empty: no multi-task gain
  std::filesystem::path stream;  ///< file of frames and tasks (stream_file.hpp) instead of images
  Engine engine = Engine::kCycle;
  std::vector<std::string> calibrate;  ///< images for calibration, also of models with parameters
  bool force_routing = false;
  bool golden = true;     ///< compare with the reference (always for force_routing)
  bool separate = false;  ///< one entry per task
  bool costs = false;     ///< what each approximation costs on its own (needs golden)
  std::optional<std::uint64_t> seed;
  std::uint64_t max_cycles = 4'000'000'000;  ///< of a frame; beyond it the run is stuck
  double bound_factor = 2.0;  ///< a tap's error power may be this many times the predicted one
  std::string wave;         ///< rtl: the command (`l03.moe`) whose time becomes a waveform
  bool event_log = false;   ///< per-tile logs of the timed engines as text, one line an event
  std::string file_folder;  ///< where waveforms and logs go
  bool pictures = true;       ///< maps as PNG; without them the entries are empty
  /// Gets every tap of every frame as it is computed (image name, task, taps); may be empty.
  std::function<void(const std::string&, const std::string&, const models::TensorMap&)> tap_sink;
};

/// Model, design and board as files and overrides say.
struct Setup {
  std::filesystem::path root;  ///< of the repository
  models::ModelConfig model;
  /// Of a design given as loops: the one whose kernels compute its values; without one, a default
  /// that nothing may use.
  models::DesignConfig design;
  std::optional<models::LoopDesignConfig> loops;
  std::string design_hash;
  models::BoardConfig board;

  /// Whether kernels of the design's precision exist. Loops need none for their time.
  bool has_kernels() const { return !loops || !loops->kernels.empty(); }
  const std::string& design_name() const { return loops ? loops->name : design.name; }
  models::Precision precision() const { return loops ? loops->precision : design.precision; }
  double clock_mhz() const { return loops ? loops->clock_mhz : design.clock_mhz; }
};
Setup load_setup(const SessionOptions& options, const Locations& locations);
/// Task ids in the order of the names; throws UsageError.
std::vector<int> resolve_tasks(const models::ModelConfig& model,
                               const std::vector<std::string>& names);

/// Called before each step: what happens, and how much of the whole is done.
struct ProgressStep {
  std::string what;
  std::size_t done = 0;
  std::size_t total = 1;
};
using ProgressSink = std::function<void(const ProgressStep&)>;
using NoteSink = std::function<void(const std::string&)>;

/// Pictures of one task of one entry, to be written to files.
struct TaskOutput {
  std::string task;
  std::string map_png;                    ///< colour-coded
  std::optional<models::GrayImage> data;  ///< class ids, 16-bit depth, ...; none for normals
};

struct EntryOutput {
  std::string folder;  ///< unique name of the image
  std::string input_png;
  std::vector<TaskOutput> tasks;
};

struct SessionResult {
  PageContent page;                  ///< report, pictures, timelines
  std::vector<EntryOutput> entries;  ///< per entry of runs
};

SessionResult run_session(const SessionOptions& options, const Locations& locations,
                          const ProgressSink& progress = {}, const NoteSink& note = {});

}  // namespace edgemoe::host
