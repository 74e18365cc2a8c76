// SPDX-License-Identifier: Apache-2.0
/// Files as bytes: mapping one for reading, and replacing one as a whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace edgemoe::models {

/// Writes `bytes` under a temporary name beside `path`, syncs it and renames it to `path`, so that
/// a reader sees the old file or the new one and an interrupted run leaves nothing half-written.
/// The folder must exist. A `path` that is something else than a file (`/dev/full`, `/dev/stdout`,
/// a pipe) is written directly. Errors: DataError `PATH: error: ...` with the reason of the
/// operating system.
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

/// Reads a whole regular file. Errors: DataError when it is missing, no regular file, or larger
/// than `max_bytes` (found out before anything is allocated).
std::string read_file(const std::filesystem::path& path, std::size_t max_bytes);

/// A regular file mapped read-only; the bytes live as long as the object. An empty file has size 0.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  const std::uint8_t* data() const { return data_; }
  std::size_t size() const { return size_; }

 private:
  const std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace edgemoe::models
