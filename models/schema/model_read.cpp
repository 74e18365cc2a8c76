// SPDX-License-Identifier: Apache-2.0
#include <system_error>
#include <utility>

#include "models/schema/config_file.hpp"
#include "models/schema/doc_visitor.hpp"
#include "models/schema/key_doc.hpp"
#include "models/schema/model_config.hpp"
#include "models/schema/model_keys.hpp"
#include "models/schema/write_visitor.hpp"

namespace edgemoe::models {

namespace {

using Path = std::filesystem::path;

constexpr const char* kPopularityFile = "popularity.yaml";

Path absolute_folder(const Path& file) {
  std::error_code error;
  Path folder = std::filesystem::weakly_canonical(
      file.parent_path().empty() ? "." : file.parent_path(), error);
  return error ? file.parent_path() : folder;
}

/// Its keys follow from tasks, blocks and experts, so it is read only when those are right.
void read_popularity(const Path& file, ModelConfig* model, Findings* findings) {
  const YamlNode root = load_config(file, "popularity", {}, findings);
  if (root.kind != YamlNode::Kind::kMap) return;
  ReadVisitor reader(root, findings);
  visit_popularity(model, &reader);
}

ModelConfig resolve(ModelFile file, const Path& folder, Findings* findings) {
  ModelConfig model = std::move(file.config);
  model.folder = folder;
  for (TaskConfig& task : model.tasks) {
    if (!task.head) task.head = file.head;
  }
  for (const std::string& name : file.weight_files) model.weight_files.push_back(folder / name);
  if (!file.samples.empty()) model.samples = folder / file.samples;
  if (!file.popularity.empty() && findings->empty()) {
    read_popularity(folder / file.popularity, &model, findings);
  }
  return model;
}

}  // namespace

int TaskConfig::output_channels() const {
  switch (kind) {
    case TaskKind::kSemseg:
    case TaskKind::kHumanParts:
      return static_cast<int>(classes.size());
    case TaskKind::kNormals:
      return 3;
    case TaskKind::kDepth:
    case TaskKind::kSaliency:
    case TaskKind::kEdge:
      return 1;
  }
  return 1;
}

int ModelConfig::task_id(const std::string& task) const {
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (tasks[i].name == task) return static_cast<int>(i);
  }
  return -1;
}

ModelConfig read_model(const Path& file_or_folder, const Overrides& overrides) {
  std::error_code ignored;
  const bool folder = std::filesystem::is_directory(file_or_folder, ignored);
  const Path path = folder ? file_or_folder / "model.yaml" : file_or_folder;
  Findings findings;
  const YamlNode root = load_config(path, "model", overrides, &findings);
  ModelFile file;
  if (root.kind == YamlNode::Kind::kMap) {
    ReadVisitor reader(root, &findings);
    visit(&file, &reader);
    Rules rules(reader, &findings);
    check(file, &rules);
  }
  ModelConfig model = resolve(std::move(file), absolute_folder(path), &findings);
  findings.throw_if_any();
  return model;
}

std::string to_yaml(const ModelConfig& model) {
  ModelFile file;
  file.config = model;
  for (const Path& weights : model.weight_files) {
    file.weight_files.push_back(weights.lexically_relative(model.folder).generic_string());
  }
  if (!model.popularity.empty()) file.popularity = kPopularityFile;
  if (!model.samples.empty()) {
    file.samples = model.samples.lexically_relative(model.folder).generic_string();
  }
  WriteVisitor writer;
  visit(&file, &writer);
  return writer.yaml();
}

std::string popularity_to_yaml(const ModelConfig& model) {
  if (model.popularity.empty()) return "";
  ModelConfig copy = model;
  WriteVisitor writer;
  visit_popularity(&copy, &writer);
  return writer.yaml();
}

std::string config_hash(const ModelConfig& model) {
  return hash_text(to_yaml(model) + popularity_to_yaml(model));
}

std::vector<KeyDoc> model_keys() {
  ModelFile defaults;
  DocVisitor docs;
  visit(&defaults, &docs);
  return docs.docs();
}

}  // namespace edgemoe::models
