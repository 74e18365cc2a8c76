// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

namespace edgemoe::tests {

/// A folder of its own for one test, removed at the end.
class TempFolder {
 public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "edgemoe-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a folder");
    path_ = name;
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

  std::filesystem::path write(const std::string& name, const std::string& bytes) const {
    // A new file each time: some file systems flush one that is truncated and written again.
    std::filesystem::remove(path_ / name);
    std::ofstream(path_ / name, std::ios::binary) << bytes;
    return path_ / name;
  }

  /// Number of entries: shows whether temporary files were left behind.
  long entries() const {
    return std::distance(std::filesystem::directory_iterator(path_),
                         std::filesystem::directory_iterator());
  }

 private:
  std::filesystem::path path_;
};

inline std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream all;
  all << stream.rdbuf();
  return all.str();
}

/// The message with which `call` throws `Error`; a call that does not throw gives "(no error)".
template <typename Error, typename Call>
std::string error_of(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "(no error)";
}

/// Small deterministic generator for damaged inputs.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next(std::uint64_t below) {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return (state_ >> 33) % below;
  }

 private:
  std::uint64_t state_;
};

/// `bytes` with a few bytes changed, removed, repeated or cut off.
inline std::string damaged(std::string bytes, Random* random) {
  for (std::uint64_t n = 1 + random->next(4); n > 0 && !bytes.empty(); --n) {
    const std::size_t at = random->next(bytes.size());
    switch (random->next(4)) {
      case 0:
        bytes[at] = static_cast<char>(random->next(256));
        break;
      case 1:
        bytes.erase(at, 1 + random->next(8));
        break;
      case 2:
        bytes.insert(at, bytes.substr(random->next(bytes.size()), 1 + random->next(16)));
        break;
      default:
        if (random->next(4) == 0) bytes.resize(at);
        break;
    }
  }
  return bytes;
}

}  // namespace edgemoe::tests

/// The message contains the text; prints the message when not.
#define EXPECT_HAS(message, text) EXPECT_NE((message).find(text), std::string::npos) << (message)
