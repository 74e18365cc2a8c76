// SPDX-License-Identifier: Apache-2.0
/// From names on the command line to files: models in models/zoo, designs and boards in
/// constraints, designs of others in constraints/published.
///
/// A text with a `/` or with the ending `.yaml` is a path, anything else a name. Errors:
/// models::ConfigError for an unknown name (with the nearest one and the list), models::DataError
/// for a path that does not exist.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace edgemoe::host {

class Locations {
 public:
  /// `root`: the folder that holds `models/zoo` and `constraints`.
  explicit Locations(std::filesystem::path root) : root_(std::move(root)) {}

  const std::filesystem::path& root() const { return root_; }

  std::filesystem::path model(const std::string& text) const;
  /// A design of our own or of others: models::is_loop_design tells which.
  std::filesystem::path design(const std::string& text) const;
  std::filesystem::path board(const std::string& text) const;

  /// Names in alphabetical order; empty when the folder does not exist.
  std::vector<std::string> models() const;
  std::vector<std::string> designs() const;
  /// Designs of others: the files of constraints/published that describe loops.
  std::vector<std::string> published_designs() const;
  std::vector<std::string> boards() const;

  /// What publications say (models/schema/published_figures.hpp).
  std::filesystem::path published_figures() const {
    return root_ / "constraints" / "published" / "figures.yaml";
  }

 private:
  std::filesystem::path root_;
};

}  // namespace edgemoe::host
