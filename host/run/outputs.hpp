// SPDX-License-Identifier: Apache-2.0
/// Files of a run. Errors: models::DataError.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "host/run/session.hpp"

namespace edgemoe::host {

/// Makes sure that `folder` is a folder that can be written, before the long work begins.
void prepare_folder(const std::filesystem::path& folder);

/// The same for as long as it lives. What it made and nobody filled it removes again, so that a run
/// that is refused leaves nothing behind.
class OutputFolder {
 public:
  explicit OutputFolder(std::filesystem::path folder);
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

 private:
  std::filesystem::path path_;
  std::vector<std::filesystem::path> made_;  ///< deepest first
};

/// Writes report.json, report.html, layers.csv, trace.json and, per image, NAME/input.png,
/// NAME/TASK.png and NAME/TASK.data.png. Each file appears as a whole or not at all.
void write_outputs(const SessionResult& result, const std::filesystem::path& folder);

/// Writes IMAGE/TASK/TAP.npy below `folder`: float32, indices int32.
void write_taps(const std::filesystem::path& folder, const std::string& image,
                const std::string& task, const models::TensorMap& taps);

}  // namespace edgemoe::host
