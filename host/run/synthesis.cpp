// SPDX-License-Identifier: Apache-2.0
#include "host/run/synthesis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <vector>

#include "host/run/rtl_parameters.hpp"
#include "models/schema/error.hpp"
#include "models/schema/nearest_name.hpp"
#include "rtl/harness/tool_process.hpp"

namespace edgemoe::host {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAccelerator = "edgemoe_accelerator";

bool is_verilog(const fs::path& path) {
  return path.extension() == ".sv" || path.extension() == ".svh";
}

std::vector<fs::path> sources(const fs::path& repository) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(repository / "rtl")) {
    if (entry.is_regular_file() && entry.path().extension() == ".sv")
      files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

void check_top(const std::string& top, const std::vector<fs::path>& files) {
  std::vector<std::string> names;
  for (const fs::path& file : files) names.push_back(file.stem().string());
  if (std::find(names.begin(), names.end(), top) != names.end()) return;
  throw models::ConfigError({fmt::format(
      "--module: error: expected a module of rtl/, got \"{}\"\n  hint: did you mean \"{}\"?", top,
      models::nearest_name(top, names))});
}

/// Parameters of the design, with the array as DSP primitives; other modules keep their own.
std::vector<std::string> parameters_of(const models::DesignConfig& design, const std::string& top) {
  std::vector<std::string> words;
  if (top != kAccelerator) return words;
  for (const auto& [name, value] : rtl_parameters(design)) {
    words.push_back(fmt::format("{} {}", name, name == "Structural" ? 1 : value));
  }
  return words;
}

std::string script_of(const SynthesisOptions& options, const std::vector<fs::path>& files,
                      const std::vector<std::string>& parameters, const fs::path& statistics) {
  const fs::path common = options.repository / "rtl/common";
  std::string script = fmt::format("read_verilog -sv -DSYNTHESIS -I {} {}\n", common.string(),
                                   (common / "edgemoe_pkg.sv").string());
  for (const fs::path& file : files) {
    if (file.stem() != "edgemoe_pkg")
      script += fmt::format("read_verilog -sv -DSYNTHESIS -I {} {}\n", common.string(),
                            file.string());
  }
  for (const std::string& parameter : parameters)
    script += fmt::format("chparam -set {} {}\n", parameter, options.top);
  script += fmt::format("synth_xilinx -family xcup -noiopad -noclkbuf -top {}\n", options.top);
  return script + fmt::format("tee -q -o {} stat\n", statistics.string());
}

void run_yosys(const SynthesisOptions& options, const std::string& script, const fs::path& done) {
  const fs::path file = options.folder / "synth.ys", log = options.folder / "synth.log";
  std::ofstream(file) << script;
  if (options.note) {
    options.note("synthesising " + options.top +
                 " (many minutes, once for these parameters); log: " + log.string());
  }
  const int status = rtl::run_logged({"yosys", "-q", "-s", file.string()}, log);
  if (status == 0) return;
  std::error_code ignored;
  fs::remove(done, ignored);
  constexpr std::size_t kShown = 1500;
  throw models::ConfigError(
      {status == 127 ? std::string("synth: error: expected Yosys to be installed (Debian: yosys)")
                     : "synth: error: Yosys failed:\n" + rtl::last_part(log, kShown) +
                           "\n  log: " + log.string()});
}

}  // namespace

ModuleCells synthesise(const models::DesignConfig& design, const SynthesisOptions& options) {
  const std::vector<fs::path> files = sources(options.repository);
  check_top(options.top, files);
  const std::vector<std::string> parameters = parameters_of(design, options.top);
  std::vector<std::string> words = parameters;
  words.push_back(options.top);
  std::error_code ignored;
  fs::create_directories(options.folder, ignored);
  const std::string hash = rtl::rtl_hash(options.repository / "rtl", is_verilog, words);
  const fs::path kept = options.folder / ("synth-" + hash + ".stat");
  const rtl::FolderLock lock(options.folder);
  if (!fs::exists(kept)) {
    const fs::path fresh = kept.string() + ".part";
    run_yosys(options, script_of(options, files, parameters, fresh), fresh);
    fs::rename(fresh, kept);
  }
  return read_cell_statistics(rtl::read_text(kept), options.top);
}

}  // namespace edgemoe::host
