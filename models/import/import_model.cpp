// SPDX-License-Identifier: Apache-2.0
#include "models/import/import_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <system_error>

#include "models/import/new_folder.hpp"
#include "models/import/published_directory.hpp"
#include "models/import/sample_image.hpp"
#include "models/import/state_dict.hpp"
#include "models/io/error.hpp"
#include "models/io/file.hpp"
#include "models/io/png.hpp"
#include "models/io/safetensors.hpp"
#include "models/reference/error_metrics.hpp"
#include "models/reference/network.hpp"
#include "models/schema/error.hpp"

namespace edgemoe::models {
namespace {

namespace fs = std::filesystem;

constexpr const char* kConfigFile = "model.yaml";
constexpr std::size_t kShardValues = std::size_t{64} << 20;  // 256 MB

/// One import, step by step.
class Import {
 public:
  explicit Import(const ImportRequest& request) : request_(request), folder_(request.out) {}

  ImportResult run() {
    read();
    throw_problems(checkpoint_.tensors.empty()
                       ? std::vector<std::string>{request_.source.string() + ": error: no tensors"}
                       : checkpoint_problems(result_.model, checkpoint_, request_.source));
    check_golden();
    write_weights();
    write_samples();
    write_config();
    result_.model = read_model(folder_.path());
    folder_.commit();
    result_.model = read_model(request_.out);
    result_.notes.insert(result_.notes.end(), checkpoint_.notes.begin(), checkpoint_.notes.end());
    return std::move(result_);
  }

 private:
  void read();
  void choose_model(const NetworkHints& hints);
  void drop_absent_heads();
  void check_golden();
  void write_weights();
  void write_samples();
  void write_config() const {
    write_file_atomically(folder_.path() / kConfigFile, to_yaml(result_.model));
  }

  const ImportRequest& request_;
  NewFolder folder_;
  Checkpoint checkpoint_;
  ImportResult result_;
};

[[noreturn]] void fail_source(const fs::path& source) {
  std::string got = fs::is_directory(source) ? "a folder with neither" : "another file";
  std::error_code error;
  if (!fs::exists(source, error)) got = "nothing there";
  throw DataError(
      source.string() +
      ": error: source: expected a folder of .float32.bin files, a .safetensors file or a folder "
      "of "
      "them, got " +
      got +
      "\n  hint: .pth files are converted by `python3 -m models.training.convert_checkpoint`");
}

void Import::read() {
  const std::vector<fs::path> files = state_dict_files(request_.source);
  if (!files.empty()) {
    result_.kind = fmt::format("state dict in {} safetensors file{}", files.size(),
                               files.size() == 1 ? "" : "s");
    checkpoint_ = read_state_dict(files, request_.skip);
    choose_model(state_dict_hints(checkpoint_));
    drop_absent_heads();
    return;
  }
  std::error_code error;
  if (!fs::is_directory(request_.source, error)) fail_source(request_.source);
  const PublishedDirectory directory(request_.source);
  if (!directory.recognised()) fail_source(request_.source);
  result_.kind = "published float32 directory";
  choose_model(directory.hints());
  drop_absent_heads();
  checkpoint_ = directory.read(result_.model);
}

/// The inferred configuration takes the way through a file, so that overrides and all rules apply.
void Import::choose_model(const NetworkHints& hints) {
  ModelConfig& model = result_.model;
  const bool given = request_.model.has_value();
  model = given ? *request_.model : infer_model(hints, &result_.assumed);
  model.name = request_.name;
  model.moe.gate_bias = hints.gate_bias || (given && model.moe.gate_bias);
  if (hints.gate_bias) model.moe.gate = GateKind::kPerTask;  // what a conditioned gate became
  model.folder = folder_.path();
  model.weight_files = {folder_.path() / "weights.safetensors"};
  model.synthetic_seed.reset();
  model.popularity.clear();
  model.samples.clear();
  write_config();
  const std::string path = (folder_.path() / kConfigFile).string();
  try {
    model = read_model(path, given ? Overrides{} : request_.overrides);
  } catch (const ConfigError& wrong) {
    std::vector<std::string> messages = wrong.messages();
    for (std::string& message : messages) {
      const std::size_t at = message.find(path);
      if (at != std::string::npos)
        message.replace(at, path.size(),
                        given ? "model.yaml" : "model.yaml inferred from the source");
    }
    if (!given)
      messages.emplace_back(
          "  hint: give the configuration by --model NAME|PATH, or a key by --set model.KEY=VALUE");
    throw ConfigError(messages);
  }
}

/// A task whose head is wholly absent keeps its features; a part of a head is an error later.
void Import::drop_absent_heads() {
  std::string dropped;
  for (TaskConfig& task : result_.model.tasks) {
    const std::string prefix = "decoders." + task.name + ".";
    const auto first = checkpoint_.tensors.lower_bound(prefix);
    const bool present = first != checkpoint_.tensors.end() && first->first.rfind(prefix, 0) == 0;
    if (present || !task.head) continue;
    task.head.reset();
    dropped += (dropped.empty() ? "" : ", ") + task.name;
  }
  if (!dropped.empty()) result_.notes.push_back("no head for " + dropped + ": features only");
}

void Import::check_golden() {
  if (!checkpoint_.image || !checkpoint_.golden) return;
  const SampleImage sample = quantise_image(*checkpoint_.image, result_.model.image);
  const Reference reference(result_.model, checkpoint_.tensors);
  const TaskResult computed = reference.run(sample.image, 0);
  result_.golden_sqnr_db = compare_tensors(*checkpoint_.golden, computed.tokens).sqnr_db;
}

void Import::write_weights() {
  std::vector<TensorMap> shards(1);
  std::size_t values = 0;
  for (auto& [name, tensor] : checkpoint_.tensors) {
    ++result_.tensors;
    result_.parameters += tensor.size();
    if (values > 0 && values + tensor.size() > kShardValues) {
      shards.emplace_back();
      values = 0;
    }
    values += tensor.size();
    shards.back()[name] = std::move(tensor);
  }
  result_.model.weight_files.clear();
  for (std::size_t i = 0; i < shards.size(); ++i) {
    const fs::path file =
        folder_.path() / fmt::format("weights-{:05}-of-{:05}.safetensors", i + 1, shards.size());
    write_safetensors(file, shards[i]);
    shards[i].clear();
    result_.model.weight_files.push_back(file);
  }
}

void Import::write_samples() {
  if (!checkpoint_.image && request_.samples.empty()) return;
  const fs::path samples = folder_.path() / "samples";
  std::error_code error;
  fs::create_directory(samples, error);
  if (error)
    throw DataError(samples.string() + ": error: cannot make the folder: " + error.message());
  if (checkpoint_.image) {
    const SampleImage sample = quantise_image(*checkpoint_.image, result_.model.image);
    if (sample.largest_error > 1e-6)
      result_.notes.push_back(fmt::format(
          "sample image rounded to 8 bits, at most {:.4f} of a step", sample.largest_error));
    write_png(samples / "image.png", sample.image);
  }
  for (const fs::path& file : request_.samples) copy_sample(file, samples);
  result_.model.samples = samples;
}

/// A folder's name made fit for a model's: other characters become `_`.
std::string name_of_folder(const fs::path& folder) {
  const fs::path path = fs::absolute(folder).lexically_normal();
  std::string name = (path.has_filename() ? path : path.parent_path()).filename().string();
  for (char& c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '_' || c == '-' || c == '.';
    if (!plain) c = '_';
  }
  if (!name.empty() && name[0] == '.') name[0] = '_';
  return name.empty() ? "model" : name.substr(0, 64);
}

}  // namespace

ImportResult import_model(const ImportRequest& request) {
  ImportRequest named = request;
  if (named.name.empty()) named.name = name_of_folder(request.out);
  return Import(named).run();
}

}  // namespace edgemoe::models
