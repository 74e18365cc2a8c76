// SPDX-License-Identifier: Apache-2.0
#include "host/run/synthesis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <stdexcept>

#include "host/run/rtl_parameters.hpp"
#include "host/run/rtlil_modules.hpp"
#include "host/run/work_queue.hpp"
#include "models/schema/error.hpp"
#include "models/schema/nearest_name.hpp"
#include "rtl/harness/tool_process.hpp"

namespace edgemoe::host {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCommand = "synth_xilinx -family xcup -noiopad -noclkbuf";

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

std::string elaboration_script(const SynthesisOptions& options, const std::vector<fs::path>& files,
                               const fs::path& out) {
  const fs::path common = options.repository / "rtl/common";
  const auto read = [&common](const fs::path& file) {
    return fmt::format("read_verilog -sv -DSYNTHESIS -I {} \"{}\"\n", common.string(),
                       file.string());
  };
  std::string script = read(common / "edgemoe_pkg.sv");
  for (const fs::path& file : files) {
    if (file.stem() != "edgemoe_pkg") script += read(file);
  }
  for (const auto& [name, value] : options.parameters)
    script += fmt::format("chparam -set {} {} {}\n", name, value, options.top);
  return script +
         fmt::format(
             "read_verilog -lib -specify +/xilinx/cells_sim.v +/xilinx/cells_xtra.v\n"
             "hierarchy -check -top {}\nproc\nopt_clean\nwrite_ilang \"{}\"\n",
             options.top, out.string());
}

/// Runs a script whose result becomes `kept` when it has ended well.
void run_yosys(const fs::path& kept, const std::string& what, const std::string& script) {
  const fs::path file = fs::path(kept).replace_extension(".ys"),
                 log = fs::path(kept).replace_extension(".log");
  std::ofstream(file) << script;
  const int status = rtl::run_logged({"yosys", "-q", "-s", file.string()}, log);
  constexpr std::size_t kShown = 1500;
  if (status != 0) {
    throw models::ConfigError(
        {status == 127
             ? std::string("synth: error: expected Yosys to be installed (Debian: yosys)")
             : fmt::format("synth: error: Yosys failed on {}:\n{}\n  log: {}", what,
                           rtl::last_part(log, kShown), log.string())});
  }
  fs::rename(kept.string() + ".part", kept);
  fs::remove(file);
  fs::remove(log);
}

std::vector<RtlilModule> elaborate(const SynthesisOptions& options,
                                   const std::vector<fs::path>& files, const fs::path& folder) {
  std::vector<std::string> words{options.top};
  for (const auto& [name, value] : options.parameters)
    words.push_back(fmt::format("{}={}", name, value));
  const std::string hash = rtl::rtl_hash(options.repository / "rtl", is_verilog, words);
  const fs::path kept = folder / ("elaborated-" + hash + ".il");
  if (!fs::exists(kept)) {
    if (options.progress) options.progress(0, 1, "elaboration of " + options.top);
    run_yosys(kept, options.top, elaboration_script(options, files, kept.string() + ".part"));
  }
  return read_rtlil(rtl::read_text(kept), options.top);
}

struct Job {
  const RtlilModule* module;
  fs::path kept;
  std::string text;
};

void synthesise_module(const Job& job) {
  const fs::path in = fs::path(job.kept).replace_extension(".il");
  std::ofstream(in) << job.text;
  run_yosys(job.kept, job.module->name,
            fmt::format("read_ilang \"{}\"\n{} -top {}\ntee -q -o {}.part stat\n", in.string(),
                        kCommand, job.module->name, job.kept.string()));
  fs::remove(in);
}

std::vector<Job> jobs_of(const std::vector<RtlilModule>& modules, const fs::path& folder) {
  std::vector<Job> jobs;
  for (const RtlilModule& module : modules) {
    const std::string text = standalone(module, modules);
    jobs.push_back({&module, folder / (rtl::hash_of({kCommand, text}) + ".stat"), text});
  }
  return jobs;
}

void run_missing(const std::vector<Job>& jobs, const SynthesisOptions& options) {
  std::vector<const Job*> missing;
  for (const Job& job : jobs) {
    if (!fs::exists(job.kept)) missing.push_back(&job);
  }
  std::sort(missing.begin(), missing.end(),
            [](const Job* a, const Job* b) { return a->text.size() > b->text.size(); });
  const auto begin = [&](std::size_t n) {
    if (options.progress) options.progress(n, missing.size(), missing[n]->module->name);
  };
  run_queue(missing.size(), options.processes, begin,
            [&missing](std::size_t n) { synthesise_module(*missing[n]); });
}

}  // namespace

std::vector<std::pair<std::string, int>> synthesis_parameters(const models::DesignConfig& design) {
  std::vector<std::pair<std::string, int>> parameters;
  for (const auto& [name, value] : rtl_parameters(design))
    parameters.emplace_back(name, name == "Structural" ? 1 : value);
  return parameters;
}

ModuleCells synthesise(const SynthesisOptions& options) {
  const std::vector<fs::path> files = sources(options.repository);
  check_top(options.top, files);
  const fs::path folder = options.folder / "synth";
  std::error_code ignored;
  fs::create_directories(folder, ignored);
  const rtl::FolderLock lock(folder);
  const std::vector<RtlilModule> modules = elaborate(options, files, folder);
  const std::vector<Job> jobs = jobs_of(modules, folder);
  run_missing(jobs, options);
  std::string text;
  for (const Job& job : jobs) text += rtl::read_text(job.kept);
  return read_cell_statistics(text, options.top);
}

}  // namespace edgemoe::host
