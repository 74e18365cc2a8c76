// SPDX-License-Identifier: Apache-2.0
#include "host/run/calibration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "host/compiler/calibrate.hpp"
#include "models/io/error.hpp"
#include "models/io/safetensors.hpp"
#include "models/reference/taps.hpp"

namespace edgemoe::host {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRules = "calibration 1";  // counts up when the rules change
constexpr const char* kSuffix = ".safetensors";

/// Two independent sums of multiplied words: not cryptographic, but no accident makes two models
/// equal.
class ContentHash {
 public:
  void add(const void* data, std::size_t bytes) {
    const auto* at = static_cast<const unsigned char*>(data);
    mix(bytes);
    for (; bytes >= 8; bytes -= 8, at += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, at, 8);
      mix(word);
    }
    std::uint64_t tail = 0;
    for (std::size_t i = 0; i < bytes; ++i) tail |= std::uint64_t{at[i]} << (8 * i);
    mix(tail);
  }
  void add(const std::string& text) { add(text.data(), text.size()); }
  std::string hex() const { return fmt::format("{:016x}{:016x}", a_, b_); }

 private:
  void mix(std::uint64_t word) {
    a_ = (a_ ^ word) * 0x9E3779B97F4A7C15ull;
    a_ ^= a_ >> 32;
    b_ = (b_ + word) * 0xD1B54A32D192ED03ull;
    b_ ^= b_ >> 29;
  }
  std::uint64_t a_ = 0x243F6A8885A308D3ull;
  std::uint64_t b_ = 0x13198A2E03707344ull;
};

const char* name_of(program::Precision precision) {
  return precision == program::Precision::kW16A16 ? "w16a16" : "w8a8";
}

std::optional<fs::path> environment_folder(const char* variable, const char* below) {
  const char* value = std::getenv(variable);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return fs::path(value) / below;
}

std::optional<models::TensorMap> read_kept(const fs::path& file) {
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) return std::nullopt;
  try {
    return models::read_safetensors(file, models::NonFinite::kRefuse);
  } catch (const models::DataError&) {
    return std::nullopt;  // damaged: made again
  }
}

/// The oldest go when there are too many. Another process may do the same at the same time.
void prune(const fs::path& folder) {
  std::vector<std::pair<fs::file_time_type, fs::path>> files;
  std::error_code ignored;
  for (fs::directory_iterator at(folder, ignored), end; !ignored && at != end;
       at.increment(ignored)) {
    if (at->path().extension() == kSuffix) {
      files.emplace_back(fs::last_write_time(at->path(), ignored), at->path());
    }
  }
  std::sort(files.begin(), files.end());
  for (std::size_t i = 0; i + kKeptFiles < files.size(); ++i) fs::remove(files[i].second, ignored);
}

bool keep(const fs::path& folder, const std::string& name, const models::TensorMap& parameters) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return false;
  try {
    models::write_safetensors(folder / name, parameters);
  } catch (const models::DataError&) {
    return false;
  }
  prune(folder);
  return true;
}

models::TensorMap compute(const CalibrationInputs& inputs, const models::Reference& reference) {
  Calibrator calibrator(inputs.precision, *inputs.model, *inputs.weights);
  for (const models::Image& image : *inputs.images) {
    const std::size_t tasks = inputs.model->tasks.size();
    std::vector<models::TapRecorder> taps(tasks, models::TapRecorder(calibrator.needed_taps()));
    std::vector<models::TaskRequest> requests;
    for (std::size_t t = 0; t < tasks; ++t) {
      requests.push_back({static_cast<int>(t), &taps[t], nullptr});
    }
    reference.run_tasks(image, requests);
    for (const models::TapRecorder& recorder : taps) calibrator.add(recorder.taps());
  }
  return calibrator.finish();
}

}  // namespace

std::string calibration_key(const CalibrationInputs& inputs) {
  ContentHash hash;
  hash.add(kRules);
  hash.add(name_of(inputs.precision));
  hash.add(models::to_yaml(*inputs.model));
  for (const auto& [name, tensor] : *inputs.weights) {
    if (name.rfind("backbone.", 0) != 0) continue;
    hash.add(name);
    hash.add(tensor.data.data(), tensor.data.size() * sizeof(float));
  }
  for (const models::Image& image : *inputs.images) hash.add(image.rgb.data(), image.rgb.size());
  return hash.hex();
}

std::vector<fs::path> calibration_folders(const models::ModelConfig& model) {
  std::vector<fs::path> folders;
  if (const auto own = environment_folder("EDGEMOE_CACHE_DIR", "")) return {*own};
  if (!model.folder.empty()) folders.push_back(model.folder / ".calibration");
  if (const auto cache = environment_folder("XDG_CACHE_HOME", "edgemoe")) {
    folders.push_back(*cache);
  } else if (const auto home = environment_folder("HOME", ".cache/edgemoe")) {
    folders.push_back(*home);
  }
  return folders;
}

models::TensorMap calibrated(const CalibrationInputs& inputs, const models::Reference& reference) {
  const std::string name =
      std::string(name_of(inputs.precision)) + "-" + calibration_key(inputs) + kSuffix;
  const std::vector<fs::path> folders = calibration_folders(*inputs.model);
  for (const fs::path& folder : folders) {
    std::optional<models::TensorMap> kept = read_kept(folder / name);
    if (kept && has_quantisation(*kept, inputs.precision)) return std::move(*kept);
  }
  models::TensorMap parameters = compute(inputs, reference);
  for (const fs::path& folder : folders) {
    if (keep(folder, name, parameters)) break;
  }
  return parameters;
}

}  // namespace edgemoe::host
