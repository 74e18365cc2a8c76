// SPDX-License-Identifier: Apache-2.0
#include "host/run/locate.hpp"

#include <algorithm>

#include "models/io/error.hpp"
#include "models/schema/error.hpp"
#include "models/schema/loop_design.hpp"
#include "models/schema/nearest_name.hpp"

namespace edgemoe::host {
namespace {

namespace fs = std::filesystem;

bool is_path(const std::string& text) {
  return text.find('/') != std::string::npos ||
         (text.size() > 5 && text.compare(text.size() - 5, 5, ".yaml") == 0);
}

fs::path existing(const std::string& text, const char* what) {
  std::error_code error;
  if (!fs::exists(text, error)) {
    throw models::DataError(text + ": error: " + what +
                            ": expected a file or folder, got nothing there");
  }
  return text;
}

fs::path known(const std::string& text, const char* what, const std::vector<std::string>& names,
               const fs::path& file) {
  if (std::find(names.begin(), names.end(), text) != names.end()) return file;
  std::string message = std::string("--") + what + ": error: expected the name of a " + what +
                        " or a path, got \"" + text + "\"";
  const std::string near = models::nearest_name(text, names);
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  message +=
      near.empty() ? "\n  hint: known names: " + list : "\n  hint: did you mean \"" + near + "\"?";
  throw models::ConfigError({message});
}

/// Names of `folder`/NAME/model.yaml (suffix empty) or of `folder`/NAME.yaml.
std::vector<std::string> names_in(const fs::path& folder, bool folders) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code ignored;
    if (folders ? fs::exists(at->path() / "model.yaml", ignored)
                : at->path().extension() == ".yaml") {
      names.push_back(folders ? at->path().filename().string() : at->path().stem().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

fs::path Locations::model(const std::string& text) const {
  if (is_path(text)) return existing(text, "--model");
  const fs::path zoo = root_ / "models" / "zoo";
  std::error_code ignored;
  const fs::path published = zoo / "published" / (text + ".yaml");
  return known(text, "model", models(), fs::exists(published, ignored) ? published : zoo / text);
}

fs::path Locations::design(const std::string& text) const {
  if (is_path(text)) return existing(text, "--design");
  std::vector<std::string> names = designs();
  const bool ours = std::find(names.begin(), names.end(), text) != names.end();
  for (const std::string& name : published_designs()) names.push_back(name);
  return known(text, "design", names,
               root_ / "constraints" / (ours ? "designs" : "published") / (text + ".yaml"));
}

fs::path Locations::board(const std::string& text) const {
  if (is_path(text)) return existing(text, "--board");
  return known(text, "board", boards(), root_ / "constraints" / "boards" / (text + ".yaml"));
}

std::vector<std::string> Locations::models() const {
  const fs::path zoo = root_ / "models" / "zoo";
  std::vector<std::string> names = names_in(zoo, true);
  for (const std::string& name : names_in(zoo / "published", false)) names.push_back(name);
  return names;
}
std::vector<std::string> Locations::designs() const {
  return names_in(root_ / "constraints" / "designs", false);
}
std::vector<std::string> Locations::published_designs() const {
  const fs::path folder = root_ / "constraints" / "published";
  std::vector<std::string> names = names_in(folder, false);
  const auto other = [&](const std::string& name) {
    return !models::is_loop_design(folder / (name + ".yaml"));
  };
  names.erase(std::remove_if(names.begin(), names.end(), other), names.end());
  return names;
}
std::vector<std::string> Locations::boards() const {
  return names_in(root_ / "constraints" / "boards", false);
}

}  // namespace edgemoe::host
