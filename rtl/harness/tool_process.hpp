// SPDX-License-Identifier: Apache-2.0
/// Calling the RTL's tools (Verilator, Yosys), and keeping what they make.
///
/// run_logged:  starts a program with its output in a file, waits, and gives its exit status; 127
///              when it could not be found. The program ends when the calling thread does.
/// rtl_hash:    16 hex digits over names and contents of the files of `folder` that `wanted`
///              accepts, and over `words`: a result with this hash needs no second run.
/// hash_of:     the same over words alone.
/// FolderLock:  one process at a time works in a folder; others wait.
/// Errors:      std::runtime_error for a folder that cannot be written, a process that cannot be
///              started.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace edgemoe::rtl {

int run_logged(const std::vector<std::string>& words, const std::filesystem::path& log);

std::string rtl_hash(const std::filesystem::path& folder,
                     const std::function<bool(const std::filesystem::path&)>& wanted,
                     const std::vector<std::string>& words);

std::string hash_of(const std::vector<std::string>& words);

std::string read_text(const std::filesystem::path& file);
/// The end of a file, at most `bytes` long.
std::string last_part(const std::filesystem::path& file, std::size_t bytes);

class FolderLock {
 public:
  explicit FolderLock(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_;
};

}  // namespace edgemoe::rtl
