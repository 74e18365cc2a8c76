// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace edgemoe::models {

/// A folder that appears as a whole or not at all: filled under a temporary name beside its place,
/// then renamed. Without `commit` it is removed. Throws DataError, also when the place is taken by
/// anything but an empty folder.
class NewFolder {
 public:
  explicit NewFolder(const std::filesystem::path& place);
  ~NewFolder();
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;

  const std::filesystem::path& path() const { return temporary_; }
  void commit();

 private:
  void check_free() const;

  std::filesystem::path place_, temporary_;
  bool committed_ = false;
};

}  // namespace edgemoe::models
