// SPDX-License-Identifier: Apache-2.0
#include "rtl/harness/tool_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace edgemoe::rtl {
namespace {

namespace fs = std::filesystem;

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

}  // namespace

std::string read_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string last_part(const fs::path& file, std::size_t bytes) {
  const std::string text = read_text(file);
  return text.size() <= bytes ? text : text.substr(text.size() - bytes);
}

std::string rtl_hash(const fs::path& folder, const std::function<bool(const fs::path&)>& wanted,
                     const std::vector<std::string>& words) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && wanted(entry.path())) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  Hash hash;
  for (const fs::path& file : files) {
    hash.add(file.filename().string());
    hash.add(read_text(file));
  }
  for (const std::string& word : words) hash.add(word);
  return hash.hex();
}

std::string hash_of(const std::vector<std::string>& words) {
  Hash hash;
  for (const std::string& word : words) hash.add(word);
  return hash.hex();
}

FolderLock::FolderLock(const fs::path& folder)
    : descriptor_(::open((folder / ".lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0644)) {
  if (descriptor_ < 0) throw std::runtime_error(folder.string() + ": cannot be written to");
  ::flock(descriptor_, LOCK_EX);
}

FolderLock::~FolderLock() { ::close(descriptor_); }

int run_logged(const std::vector<std::string>& words, const fs::path& log) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error(words.at(0) + ": cannot be started");
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // nobody would take the result
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

}  // namespace edgemoe::rtl
