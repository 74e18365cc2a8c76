// SPDX-License-Identifier: Apache-2.0
/// What a multi-task MoE vision transformer looks like: dimensions, blocks, tasks, where its
/// weights are.
///
/// Units: pixels, channels, counts. A configuration returned by `read_model` is already
/// cross-checked: patch divides the image, heads divide embed_dim, 1 <= top_k <= experts, task
/// names are unique.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/schema/override.hpp"

namespace edgemoe::models {

struct ImageConfig {
  int height = 0;
  int width = 0;
  std::array<double, 3> mean{};  ///< real pixel = (k / 255 - mean) / std, k = 0..255
  std::array<double, 3> std{1, 1, 1};
};

enum class BlockKind { kMlp, kMoe };
enum class GateKind { kPerTask, kShared };
enum class TaskKind { kSemseg, kDepth, kNormals, kHumanParts, kSaliency, kEdge };

struct MoeConfig {
  int experts = 0;
  int top_k = 0;
  int hidden = 0;
  GateKind gate = GateKind::kPerTask;
  bool gate_bias = false;  ///< gates add a bias to their logits
  double threshold = 0.0;  ///< choices whose score is below are dropped; 0 keeps all
};

struct HeadConfig {
  std::vector<int>
      channels;  ///< output channels of conv_0..conv_{n-1}, 3x3; then a 1x1 to the task's channels
};

struct TaskConfig {
  std::string name;
  TaskKind kind = TaskKind::kSemseg;
  std::vector<std::string> classes;                  ///< semseg and human_parts
  std::vector<std::array<std::uint8_t, 3>> colours;  ///< one per class, RGB
  std::optional<HeadConfig> head;

  /// Channels of the head's output: classes for semseg and human_parts, 3 for normals, else 1.
  int output_channels() const;
};

struct ModelConfig {
  std::string name;
  std::filesystem::path folder;  ///< where model.yaml lies; relative paths resolve against it
  ImageConfig image;
  int patch = 16;
  int embed_dim = 0;
  int heads = 0;
  double norm_eps = 1e-6;
  std::vector<BlockKind> blocks;
  int mlp_hidden = 0;  ///< 0 when no block is an MLP
  MoeConfig moe;
  std::vector<TaskConfig> tasks;                    ///< position = task id
  std::vector<std::filesystem::path> weight_files;  ///< absolute; empty for synthetic weights
  std::optional<std::uint64_t> synthetic_seed;
  std::filesystem::path samples;  ///< absolute; empty when absent
  /// popularity[task][block][expert]: fraction of images in which the expert is active; empty when
  /// absent.
  std::map<std::string, std::map<int, std::vector<double>>> popularity;

  int grid_height() const { return image.height / patch; }
  int grid_width() const { return image.width / patch; }
  int patches() const { return grid_height() * grid_width(); }
  int tokens() const { return patches() + 1; }
  int head_dim() const { return embed_dim / heads; }
  int depth() const { return static_cast<int>(blocks.size()); }
  /// Task id by name; -1 when the model has no such task.
  int task_id(const std::string& task) const;
};

/// Reads and checks FOLDER/model.yaml (or the file itself) and the popularity file that it names,
/// after applying `overrides` (`--set model.KEY=VALUE`). Weights and samples are not opened. Throws
/// ConfigError with all errors found.
ModelConfig read_model(const std::filesystem::path& file_or_folder,
                       const Overrides& overrides = {});

/// The model as YAML with every key; files relative to `model.folder`. A model with popularity
/// names `popularity.yaml`, whose text is `popularity_to_yaml`.
std::string to_yaml(const ModelConfig& model);
std::string popularity_to_yaml(const ModelConfig& model);

/// Hash (16 hex digits) of both texts: what `model.config_hash` in report.json shows. It does not
/// depend on the folder, and not on the weights.
std::string config_hash(const ModelConfig& model);

}  // namespace edgemoe::models
