// SPDX-License-Identifier: Apache-2.0
#include "models/import/new_folder.hpp"

#include <unistd.h>

#include <system_error>

#include "models/io/error.hpp"

namespace edgemoe::models {

namespace fs = std::filesystem;

NewFolder::NewFolder(const fs::path& place) : place_(fs::absolute(place).lexically_normal()) {
  if (!place_.has_filename()) place_ = place_.parent_path();
  check_free();
  std::error_code error;
  fs::create_directories(place_.parent_path(), error);
  temporary_ = place_.parent_path() /
               ("." + place_.filename().string() + "." + std::to_string(::getpid()) + ".tmp");
  if (!error) fs::create_directory(temporary_, error);
  if (error)
    throw DataError(place_.string() + ": error: cannot make the folder: " + error.message());
}

NewFolder::~NewFolder() {
  std::error_code ignored;
  if (!committed_) fs::remove_all(temporary_, ignored);
}

void NewFolder::check_free() const {
  std::error_code error;
  const fs::file_status status = fs::symlink_status(place_, error);
  if (!fs::exists(status)) return;
  if (fs::is_directory(status) && fs::is_empty(place_, error) && !error) return;
  throw DataError(
      place_.string() +
      ": error: folder: expected a new or an empty folder, got something that is there");
}

void NewFolder::commit() {
  check_free();
  std::error_code error;
  fs::rename(temporary_, place_, error);
  if (error)
    throw DataError(place_.string() + ": error: cannot make the folder: " + error.message());
  committed_ = true;
}

}  // namespace edgemoe::models
