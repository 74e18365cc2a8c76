// SPDX-License-Identifier: Apache-2.0
#include "models/schema/baseline.hpp"

#include "models/schema/config_file.hpp"

namespace edgemoe::models {

const char* primary_metric(TaskKind kind) {
  switch (kind) {
    case TaskKind::kSemseg:
    case TaskKind::kHumanParts:
    case TaskKind::kSaliency:
      return "miou";
    case TaskKind::kDepth:
      return "rmse";
    case TaskKind::kNormals:
      return "mean_angle";
    case TaskKind::kEdge:
      return "ods_f";
  }
  return "";
}

bool higher_is_better(TaskKind kind) {
  return kind != TaskKind::kDepth && kind != TaskKind::kNormals;
}

std::map<std::string, double> read_baseline(const std::filesystem::path& file,
                                            const ModelConfig& model) {
  Findings findings;
  const YamlNode root = load_config(file, "baseline", {}, &findings);
  std::map<std::string, double> values;
  if (root.kind == YamlNode::Kind::kMap) {
    ReadVisitor reader(root, &findings);
    if (reader.open_map(Key{}, true)) {
      visit_file_keys(&reader);
      for (const TaskConfig& task : model.tasks) {
        visit_map(&reader, optional(task.name, "a task of the model"), false, [&] {
          reader.real(required(primary_metric(task.kind), "its single-task result"),
                      {0.0, 1e6, true}, &values[task.name]);
        });
      }
      reader.close_map();
    }
  }
  findings.throw_if_any();
  return values;
}

}  // namespace edgemoe::models
