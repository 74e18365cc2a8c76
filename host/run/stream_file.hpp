// SPDX-License-Identifier: Apache-2.0
/// The file of `run --stream`: frames and the tasks that each is run for, one frame a line.
///
///   # image            tasks
///   scenes/a.png       semseg
///   "my scene.png"     semseg,depth
///   scenes/a.png       all
///
/// Words are separated by spaces or tabs, a `#` at the beginning of a word begins a comment, and a
/// path with spaces stands between double quotes. Paths are relative to the folder of the file.
/// Errors: models::DataError with all findings, `FILE:LINE:COLUMN: error: ...` each.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "host/run/session.hpp"
#include "models/schema/model_config.hpp"

namespace edgemoe::host {

constexpr std::size_t kMostStreamBytes = std::size_t{16} << 20;
constexpr std::size_t kMostStreamFrames = 100'000;

struct StreamFrame {
  std::filesystem::path image;
  std::string given;       ///< the path as the file has it
  std::vector<int> tasks;  ///< ids of the model's tasks, each once
};

std::vector<StreamFrame> read_stream(const std::filesystem::path& file,
                                     const models::ModelConfig& model);

/// The frames of `options.stream`; none without one. Throws UsageError and ConfigError as well:
/// their time needs the cycle engine and a design that can run them.
std::vector<StreamFrame> frames_of_stream(const SessionOptions& options, const Setup& setup);

/// Every task that some frame wants, in the model's order.
std::vector<int> all_tasks(const std::vector<StreamFrame>& frames);

}  // namespace edgemoe::host
