// SPDX-License-Identifier: Apache-2.0
// From names and overrides to checked configurations.
#include <algorithm>

#include "host/compiler/resources.hpp"
#include "host/run/record.hpp"
#include "host/run/session.hpp"
#include "models/schema/error.hpp"
#include "models/schema/nearest_name.hpp"

namespace edgemoe::host {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

[[noreturn]] void fail_name(const std::string& option, const std::string& got,
                            const std::vector<std::string>& names) {
  const std::string near = models::nearest_name(got, names);
  throw UsageError(option + ": error: expected one of " + joined(names) + ", got \"" + got + "\"" +
                   (near.empty() ? "" : "\n  hint: did you mean \"" + near + "\"?"));
}

void load_accelerator(const std::filesystem::path& file, const SessionOptions& options,
                      const Locations& locations, Setup* setup) {
  setup->design = models::read_design(file, options.design_overrides);
  if (options.board) setup->design.board = *options.board;
  setup->design_hash = models::config_hash(setup->design);
  setup->board = models::read_board(locations.board(setup->design.board), options.board_overrides);
  check_board(setup->design, setup->board);
}

void load_loops(const std::filesystem::path& file, const SessionOptions& options,
                const Locations& locations, Setup* setup) {
  setup->loops = models::read_loop_design(file, options.design_overrides);
  models::LoopDesignConfig& loops = *setup->loops;
  if (options.board) loops.board = *options.board;
  setup->design_hash = models::loop_design_hash(file, options.design_overrides);
  setup->board = models::read_board(locations.board(loops.board), options.board_overrides);
  if (options.engine == Engine::kRtl) {
    throw models::ConfigError({"--engine: error: expected cycle for \"" + loops.name +
                               "\", a design given as loops, got \"rtl\""});
  }
  if (options.engine == Engine::kKernels && loops.kernels.empty()) {
    throw models::ConfigError({"--engine: error: expected cycle for \"" + loops.name +
                               "\", a design given as loops and without kernels, got \"kernels\""});
  }
  if (loops.kernels.empty()) return;
  setup->design = models::read_design(locations.design(loops.kernels));
  if (setup->design.precision == loops.precision) return;
  throw models::ConfigError({file.string() + ": error: kernels: expected a design of precision " +
                             name_of(loops.precision) + ", got \"" + loops.kernels + "\" (" +
                             name_of(setup->design.precision) + ")"});
}

}  // namespace

const char* name_of(Engine engine) {
  switch (engine) {
    case Engine::kReference:
      return "reference";
    case Engine::kKernels:
      return "kernels";
    case Engine::kCycle:
      return "cycle";
    case Engine::kRtl:
      return "rtl";
  }
  return "?";
}

Engine engine_by_name(const std::string& name) {
  for (const Engine engine : {Engine::kReference, Engine::kKernels, Engine::kCycle, Engine::kRtl}) {
    if (name == name_of(engine)) return engine;
  }
  fail_name("--engine", name, {"cycle", "rtl", "kernels", "reference"});
}

Setup load_setup(const SessionOptions& options, const Locations& locations) {
  Setup setup;
  setup.root = locations.root();
  models::Overrides model_overrides = options.model_overrides;
  setup.model = models::read_model(locations.model(options.model), model_overrides);
  if (options.seed && setup.model.synthetic_seed) setup.model.synthetic_seed = options.seed;
  const std::filesystem::path design = locations.design(options.design);
  if (models::is_loop_design(design))
    load_loops(design, options, locations, &setup);
  else
    load_accelerator(design, options, locations, &setup);
  return setup;
}

std::vector<int> resolve_tasks(const models::ModelConfig& model,
                               const std::vector<std::string>& names) {
  std::vector<std::string> known;
  for (const models::TaskConfig& task : model.tasks) known.push_back(task.name);
  const bool all = names.empty() || (names.size() == 1 && names[0] == "all");
  std::vector<int> tasks;
  for (const std::string& name : all ? known : names) {
    const int task = model.task_id(name);
    if (task < 0) fail_name("--task", name, known);
    if (std::find(tasks.begin(), tasks.end(), task) != tasks.end()) {
      throw UsageError("--task: error: expected each task once, got \"" + name + "\" twice");
    }
    tasks.push_back(task);
  }
  return tasks;
}

}  // namespace edgemoe::host
