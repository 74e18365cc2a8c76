// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <unordered_map>
#include <utility>

#include "models/schema/findings.hpp"
#include "models/schema/yaml_node.hpp"

namespace edgemoe::models {

namespace {

constexpr std::size_t kMaxFileBytes = 1'000'000;
constexpr std::size_t kMaxNodes = 100'000;
constexpr std::size_t kMaxDepth = 32;

/// Leaves the parser at once when the file is not worth reading on.
struct GiveUp : std::runtime_error {
  GiveUp(const Location& at, const std::string& expected, const std::string& got)
      : std::runtime_error(got), where(at), wanted(expected) {}
  Location where;
  std::string wanted;
};

/// Builds the tree from yaml-cpp's events, which, unlike its nodes, still show duplicates and
/// positions.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(std::string source, Findings* findings)
      : source_(std::move(source)), findings_(findings) {}

  YamlNode take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add_leaf(mark, "", anchor, YamlNode::Kind::kNull, "");
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw GiveUp(at(mark), "a value written out", "an alias");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    add_leaf(mark, tag, anchor, YamlNode::Kind::kScalar, value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlNode::Kind::kSequence);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlNode::Kind::kMap);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Level {
    YamlNode node;
    std::unordered_map<std::string, int> lines;  ///< key -> line, for duplicates
    bool key_next = true;                        ///< in a map: keys and values alternate
    std::string key;
    Location key_where;
  };

  Location at(const YAML::Mark& mark) const { return {source_, mark.line + 1, mark.column + 1}; }

  YamlNode make(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                YamlNode::Kind kind) {
    if (anchor != 0) throw GiveUp(at(mark), "a value written out", "an anchor");
    if (!tag.empty() && tag != "?" && tag != "!") {
      throw GiveUp(at(mark), "a value without a tag", "tag " + quote(tag));
    }
    if (++nodes_ > kMaxNodes) {
      throw GiveUp(at(mark), fmt::format("at most {} values", kMaxNodes), "more");
    }
    YamlNode node;
    node.kind = kind;
    node.where = at(mark);
    node.quoted = tag == "!";
    return node;
  }

  void add_leaf(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                YamlNode::Kind kind, const std::string& value) {
    YamlNode node = make(mark, tag, anchor, kind);
    node.text = value;
    if (kind == YamlNode::Kind::kScalar && !node.quoted && (value == "~" || value == "null")) {
      node.kind = YamlNode::Kind::kNull;
    }
    attach(std::move(node));
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            YamlNode::Kind kind) {
    if (levels_.size() == kMaxDepth) {
      throw GiveUp(at(mark), fmt::format("at most {} levels", kMaxDepth), "more");
    }
    if (expects_key()) throw GiveUp(at(mark), "a name as key", "a list or map");
    levels_.push_back({});
    levels_.back().node = make(mark, tag, anchor, kind);
  }

  void close() {
    YamlNode node = std::move(levels_.back().node);
    levels_.pop_back();
    attach(std::move(node));
  }

  bool expects_key() const {
    return !levels_.empty() && levels_.back().node.kind == YamlNode::Kind::kMap &&
           levels_.back().key_next;
  }

  void attach(YamlNode node) {
    if (levels_.empty()) {
      root_ = std::move(node);
      return;
    }
    Level& level = levels_.back();
    if (expects_key()) {
      if (node.kind != YamlNode::Kind::kScalar)
        throw GiveUp(node.where, "a name as key", "nothing");
      level.key = node.text;
      level.key_where = node.where;
      level.key_next = false;
      return;
    }
    if (level.node.kind == YamlNode::Kind::kMap) {
      level.key_next = true;
      if (!accept_key(&level)) return;
      node.key = level.key;
      node.key_where = level.key_where;
      if (node.kind == YamlNode::Kind::kNull) node.where = level.key_where;
    }
    level.node.items.push_back(std::move(node));
  }

  bool accept_key(Level* level) {
    const auto [first, fresh] = level->lines.emplace(level->key, level->key_where.line);
    if (!fresh) {
      findings_->add(level->key_where, path_to(level->key), "each key once",
                     fmt::format("it again (first in line {})", first->second));
    }
    return fresh;
  }

  std::string path_to(const std::string& key) const {
    std::string path;
    for (std::size_t i = 0; i + 1 < levels_.size(); ++i) {
      const Level& level = levels_[i];
      if (level.node.kind == YamlNode::Kind::kMap) {
        path += (path.empty() ? "" : ".") + level.key;
      } else {
        path += fmt::format("[{}]", level.node.items.size());
      }
    }
    return path + (path.empty() ? "" : ".") + key;
  }

  std::string source_;
  Findings* findings_;
  YamlNode root_;
  std::vector<Level> levels_;
  std::size_t nodes_ = 0;
};

/// The line of the first byte that a text file cannot hold; 0 when there is none.
int first_binary_line(std::string_view text) {
  int line = 1;
  for (const char c : text) {
    if (c == '\n') ++line;
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7f) return line;
  }
  return 0;
}

}  // namespace

YamlNode parse_yaml(std::string_view text, const std::string& source, Findings* findings) {
  YamlNode nothing;
  nothing.where.source = source;
  if (const int line = first_binary_line(text)) {
    findings->add({source, line, 1}, "", "YAML text", "a control character");
    return nothing;
  }
  TreeBuilder builder(source, findings);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) return nothing;
    TreeBuilder second(source, findings);
    if (parser.HandleNextDocument(second)) {
      throw GiveUp({source, 0, 0}, "one YAML document", "several");
    }
    return builder.take();
  } catch (const GiveUp& reason) {
    findings->add(reason.where, "", reason.wanted, reason.what());
  } catch (const YAML::Exception& error) {
    Location where{source, 0, 0};
    if (!error.mark.is_null()) where = {source, error.mark.line + 1, error.mark.column + 1};
    findings->add(where, "", "YAML", error.msg);
  }
  return nothing;
}

YamlNode load_yaml(const std::filesystem::path& path, Findings* findings) {
  const Location whole{path.string(), 0, 0};
  YamlNode nothing;
  nothing.where = whole;
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) {
    findings->add(whole, "", "a YAML file", error ? error.message() : "no such file");
    return nothing;
  }
  if (!std::filesystem::is_regular_file(status)) {
    const bool folder = std::filesystem::is_directory(status);
    findings->add(whole, "", "a YAML file", folder ? "a folder" : "no regular file");
    return nothing;
  }
  std::ifstream stream(path, std::ios::binary);
  if (!stream) {
    const std::string reason = std::generic_category().message(errno);
    findings->add(whole, "", "a readable file", reason);
    return nothing;
  }
  std::string text;
  std::array<char, 16384> part{};
  while (text.size() <= kMaxFileBytes &&
         (stream.read(part.data(), part.size()) || stream.gcount() > 0)) {
    text.append(part.data(), static_cast<std::size_t>(stream.gcount()));
  }
  if (text.size() > kMaxFileBytes) {
    findings->add(whole, "", fmt::format("at most {} bytes", kMaxFileBytes), "a larger file");
    return nothing;
  }
  return parse_yaml(text, path.string(), findings);
}

}  // namespace edgemoe::models
