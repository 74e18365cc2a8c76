// SPDX-License-Identifier: Apache-2.0
#include "models/schema/board_config.hpp"
#include "models/schema/board_keys.hpp"
#include "models/schema/config_file.hpp"
#include "models/schema/doc_visitor.hpp"
#include "models/schema/key_doc.hpp"
#include "models/schema/write_visitor.hpp"

namespace edgemoe::models {

BoardConfig read_board(const std::filesystem::path& file, const Overrides& overrides) {
  Findings findings;
  const YamlNode root = load_config(file, "board", overrides, &findings);
  BoardConfig board;
  if (root.kind == YamlNode::Kind::kMap) {
    ReadVisitor reader(root, &findings);
    visit(&board, &reader);
    Rules rules(reader, &findings);
    check(board, &rules);
  }
  findings.throw_if_any();
  return board;
}

std::string to_yaml(const BoardConfig& board) {
  BoardConfig copy = board;
  WriteVisitor writer;
  visit(&copy, &writer);
  return writer.yaml();
}

std::string config_hash(const BoardConfig& board) { return hash_text(to_yaml(board)); }

std::vector<KeyDoc> board_keys() {
  BoardConfig defaults;
  DocVisitor docs;
  visit(&defaults, &docs);
  return docs.docs();
}

}  // namespace edgemoe::models
