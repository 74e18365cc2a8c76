// SPDX-License-Identifier: Apache-2.0
#include "host/run/outputs.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "host/report/json_writer.hpp"
#include "host/report/layers_csv.hpp"
#include "models/io/error.hpp"
#include "models/io/file.hpp"
#include "models/io/npy.hpp"
#include "models/io/png.hpp"

namespace edgemoe::host {
namespace {

namespace fs = std::filesystem;

bool is_index(const std::string& tap) {
  const std::string ending = ".moe.index";
  return tap.size() > ending.size() &&
         tap.compare(tap.size() - ending.size(), ending.size(), ending) == 0;
}

}  // namespace

void prepare_folder(const fs::path& folder) {
  if (folder.empty()) {
    throw models::DataError("output folder: error: expected a path, got \"\"");
  }
  std::error_code error;
  if (fs::exists(folder, error) && !fs::is_directory(folder, error)) {
    throw models::DataError(folder.string() +
                            ": error: output folder: expected a folder, got a file");
  }
  fs::create_directories(folder, error);
  if (error)
    throw models::DataError(folder.string() +
                            ": error: output folder: cannot create: " + error.message());
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    throw models::DataError(folder.string() +
                            ": error: output folder: cannot write: " + std::strerror(errno));
  }
}

OutputFolder::OutputFolder(fs::path folder) : path_(std::move(folder)) {
  std::error_code error;
  for (fs::path at = path_; !at.empty() && !fs::exists(at, error); at = at.parent_path())
    made_.push_back(at);
  prepare_folder(path_);
}

OutputFolder::~OutputFolder() {
  std::error_code ignored;  // a folder that holds something is not removed
  for (const fs::path& folder : made_) {
    if (!fs::is_empty(folder, ignored) || ignored || !fs::remove(folder, ignored)) return;
  }
}

void write_outputs(const SessionResult& result, const fs::path& folder) {
  prepare_folder(folder);
  for (const EntryOutput& entry : result.entries) {
    prepare_folder(folder / entry.folder);
    models::write_file_atomically(folder / entry.folder / "input.png", entry.input_png);
    for (const TaskOutput& task : entry.tasks) {
      if (task.map_png.empty()) continue;
      models::write_file_atomically(folder / entry.folder / (task.task + ".png"), task.map_png);
      if (task.data)
        models::write_png_gray(folder / entry.folder / (task.task + ".data.png"), *task.data);
    }
  }
  models::write_file_atomically(folder / "layers.csv", layers_csv(result.page.report));
  models::write_file_atomically(folder / "trace.json", trace_json(result.page.timelines));
  models::write_file_atomically(folder / "report.html", report_html(result.page));
  models::write_file_atomically(folder / "report.json", report_json(result.page.report));
}

void write_taps(const fs::path& folder, const std::string& image, const std::string& task,
                const models::TensorMap& taps) {
  const fs::path place = folder / image / task;
  prepare_folder(place);
  for (const auto& [name, tensor] : taps) {
    const fs::path file = place / (name + ".npy");
    if (is_index(name)) {
      models::write_npy_int32(file, tensor.shape, {tensor.data.begin(), tensor.data.end()});
    } else {
      models::write_npy(file, tensor);
    }
  }
}

}  // namespace edgemoe::host
