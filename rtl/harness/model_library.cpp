// SPDX-License-Identifier: Apache-2.0
#include "rtl/harness/model_library.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>

namespace edgemoe::rtl {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// FNV-1a: tells contents apart; nobody attacks it.
class Hash {
 public:
  void add(const std::string& text) {
    for (const char c : text) value_ = (value_ ^ static_cast<unsigned char>(c)) * 0x100000001B3ull;
    value_ = (value_ ^ 0xFFu) * 0x100000001B3ull;  // ends a piece
  }
  std::string hex() const {
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(value_));
    return text;
  }

 private:
  std::uint64_t value_ = 0xCBF29CE484222325ull;
};

bool makes_a_model(const fs::path& path) {
  const std::string extension = path.extension().string();
  if (extension == ".sv" || extension == ".svh") return true;
  const std::string name = path.filename().string();
  return name == "build_model.sh" || name == "model_wrapper.cpp" || name == "model_ports.hpp" ||
         name == "bits.hpp";
}

std::string hash_of(const ModelBuild& build) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry :
       fs::recursive_directory_iterator(build.repository / "rtl")) {
    if (entry.is_regular_file() && makes_a_model(entry.path())) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  Hash hash;
  for (const fs::path& file : files) {
    hash.add(file.filename().string());
    hash.add(read_file(file));
  }
  for (const auto& [name, value] : build.parameters) hash.add(name + "=" + std::to_string(value));
  hash.add(build.waveforms ? "waveforms" : "");
  return hash.hex();
}

/// One builder at a time in a folder; the lock ends with the object.
class FolderLock {
 public:
  explicit FolderLock(const fs::path& folder)
      : descriptor_(::open((folder / ".lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0644)) {
    if (descriptor_ < 0) throw ModelError(folder.string() + ": cannot be written to");
    ::flock(descriptor_, LOCK_EX);
  }
  ~FolderLock() { ::close(descriptor_); }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_;
};

/// Runs a program with its output in a file; its exit status.
int run_logged(const std::vector<std::string>& words, const fs::path& log) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t child = ::fork();
  if (child < 0) throw ModelError("the RTL model cannot be built: no process could be started");
  if (child == 0) {
    const int out = ::open(log.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0644);
    if (out >= 0) {
      ::dup2(out, STDOUT_FILENO);
      ::dup2(out, STDERR_FILENO);
    }
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

std::string last_lines(const fs::path& file, std::size_t bytes) {
  const std::string text = read_file(file);
  return text.size() <= bytes ? text : text.substr(text.size() - bytes);
}

fs::path build_library(const ModelBuild& build) {
  std::error_code ignored;
  fs::create_directories(build.folder, ignored);
  const fs::path file = build.folder / ("edgemoe-rtl-" + hash_of(build) + ".so");
  const FolderLock lock(build.folder);
  if (fs::exists(file)) return file;
  if (build.note) build.note("building the RTL model (minutes, once for this design)");
  std::vector<std::string> words{"bash",
                                 (build.repository / "rtl/harness/build_model.sh").string(),
                                 build.repository.string(), file.string()};
  if (build.waveforms) words.emplace_back("trace");
  for (const auto& [name, value] : build.parameters) {
    words.push_back(name + "=" + std::to_string(value));
  }
  const fs::path log = build.folder / "build.log";
  if (run_logged(words, log) != 0) {
    constexpr std::size_t kShown = 2000;
    throw ModelError("the RTL model cannot be built (verilator and g++ are needed):\n" +
                     last_lines(log, kShown) + "\n  log: " + log.string());
  }
  return file;
}

template <typename Function>
void find(void* library, const char* name, Function* function) {
  *function = reinterpret_cast<Function>(::dlsym(library, name));
  if (*function == nullptr) throw ModelError(std::string("RTL model without ") + name);
}

}  // namespace

Model::Model(const ModelBuild& build) { load(build_library(build)); }

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
