// SPDX-License-Identifier: Apache-2.0
/// The float32 directory that M3ViT accelerators are published with: `NAME.float32.bin`,
/// little-endian, C order, no header.
///
/// Source: the published files of Edge-MoE (names, shapes) as checked on their values: gates are
/// transposed ([experts, D]), and row 0 of the position table has the class token folded in. Files
/// have no shapes, so a file is checked by its size.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "models/import/checkpoint.hpp"
#include "models/import/hints.hpp"

namespace edgemoe::models {

/// A file of the layout: what it is called, which tensor it holds, in which shape.
struct PublishedFile {
  std::string stem;                 ///< without `.float32.bin`
  std::string tensor;               ///< name in a model folder
  std::vector<std::int64_t> shape;  ///< as stored
  bool transposed = false;          ///< stored [b, a], wanted [a, b]
};

/// Every file that a network needs, in network order. Heads are not part of the layout.
std::vector<PublishedFile> published_files(const ModelConfig& model);

class PublishedDirectory {
 public:
  /// Lists the folder; reads nothing. Throws DataError when it cannot be listed.
  explicit PublishedDirectory(const std::filesystem::path& folder);

  /// Whether there is any `.float32.bin`.
  bool recognised() const { return !sizes_.empty(); }
  /// Dimensions from the files' sizes.
  NetworkHints hints() const;
  /// All tensors, checked against the model: throws DataError that lists every file that is
  /// missing, surplus, of another size, or not finite. `image` and `l<last>_x_post_moe` are
  /// optional.
  Checkpoint read(const ModelConfig& model) const;

 private:
  std::filesystem::path file_of(const std::string& stem) const;
  std::int64_t floats(const std::string& stem) const;
  std::optional<Tensor> load(const std::string& stem, const std::vector<std::int64_t>& shape,
                             std::vector<std::string>* problems) const;
  void report_surplus(const ModelConfig& model, std::vector<std::string>* problems) const;
  void read_samples(const ModelConfig& model, Checkpoint* checkpoint,
                    std::vector<std::string>* problems) const;

  std::filesystem::path folder_;
  std::map<std::string, std::uintmax_t> sizes_;  ///< bytes by stem
};

}  // namespace edgemoe::models
