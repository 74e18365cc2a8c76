// SPDX-License-Identifier: Apache-2.0
#include "rtl/harness/model_library.hpp"

#include <dlfcn.h>

#include "rtl/harness/tool_process.hpp"

namespace edgemoe::rtl {
namespace {

namespace fs = std::filesystem;

bool makes_a_model(const fs::path& path) {
  const std::string extension = path.extension().string();
  if (extension == ".sv" || extension == ".svh") return true;
  const std::string name = path.filename().string();
  return name == "build_model.sh" || name == "model_wrapper.cpp" || name == "model_ports.hpp" ||
         name == "bits.hpp";
}

std::vector<std::string> words_of(const ModelBuild& build) {
  std::vector<std::string> words;
  if (build.waveforms) words.emplace_back("trace");
  if (build.coverage) words.emplace_back("coverage");
  for (const auto& [name, value] : build.parameters) {
    words.push_back(name + "=" + std::to_string(value));
  }
  return words;
}

fs::path build_library(const ModelBuild& build) {
  std::error_code ignored;
  fs::create_directories(build.folder, ignored);
  const std::vector<std::string> words = words_of(build);
  const std::string hash = rtl_hash(build.repository / "rtl", makes_a_model, words);
  const fs::path file = build.folder / ("edgemoe-rtl-" + hash + ".so");
  if (fs::exists(file)) return file;  // without waiting for a build of other parameters
  const FolderLock lock(build.folder);
  if (fs::exists(file)) return file;
  if (build.note) build.note("building the RTL model (minutes, once for this design)");
  std::vector<std::string> call{"bash",
                                (build.repository / "rtl/harness/build_model.sh").string(),
                                build.repository.string(), file.string()};
  call.insert(call.end(), words.begin(), words.end());
  const fs::path log = build.folder / "build.log";
  if (run_logged(call, log) != 0) {
    constexpr std::size_t kShown = 2000;
    throw ModelError("the RTL model cannot be built (verilator and g++ are needed):\n" +
                     last_part(log, kShown) + "\n  log: " + log.string());
  }
  return file;
}

template <typename Function>
void find(void* library, const char* name, Function* function) {
  *function = reinterpret_cast<Function>(::dlsym(library, name));
  if (*function == nullptr) throw ModelError(std::string("RTL model without ") + name);
}

}  // namespace

Model::Model(const ModelBuild& build) {
  try {
    load(build_library(build));
  } catch (const ModelError&) {
    throw;
  } catch (const std::runtime_error& error) {
    throw ModelError(error.what());
  }
}

void Model::load(const fs::path& file) {
  library_ = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library_ == nullptr) throw ModelError(std::string("RTL model: ") + ::dlerror());
  void (*shape)(ModelShape*) = nullptr;
  void* (*open)() = nullptr;
  find(library_, "edgemoe_rtl_shape", &shape);
  find(library_, "edgemoe_rtl_open", &open);
  find(library_, "edgemoe_rtl_close", &close_);
  find(library_, "edgemoe_rtl_settle", &settle_);
  find(library_, "edgemoe_rtl_edge", &edge_);
  find(library_, "edgemoe_rtl_wave", &wave_);
  find(library_, "edgemoe_rtl_failure", &failure_);
  shape(&shape_);
  if (shape_.version != kModelVersion) throw ModelError("RTL model of another version");
  model_ = open();
}

Model::~Model() {
  if (model_ != nullptr) close_(model_);
  if (library_ != nullptr) ::dlclose(library_);
}

void Model::wave(const std::string& file) {
  if (!wave_(model_, file.empty() ? nullptr : file.c_str())) {
    throw ModelError("RTL model without waveforms");
  }
}

std::string Model::failure() const {
  const char* text = failure_(model_);
  return text == nullptr ? "" : text;
}

}  // namespace edgemoe::rtl
