// SPDX-License-Identifier: Apache-2.0
#include <boost/program_options/options_description.hpp>

#include "host/cli/arguments.hpp"
#include "host/cli/text_table.hpp"
#include "host/cli/verbs.hpp"
#include "host/run/record.hpp"
#include "models/schema/error.hpp"

namespace edgemoe::host {
namespace {

/// A file that cannot be read is still listed: the list must not depend on one bad file.
template <class F>
std::string facts_or_error(F&& facts) {
  try {
    return facts();
  } catch (const models::ConfigError& error) {
    return "(" + std::to_string(error.messages().size()) + " errors in its file)";
  }
}

std::string model_facts(const Locations& locations, const std::string& name) {
  const models::ModelConfig model = models::read_model(locations.model(name));
  std::string text = std::to_string(model.image.width) + " x " +
                     std::to_string(model.image.height) + " pixels, " +
                     std::to_string(model.tokens()) + " tokens, " + std::to_string(model.depth()) +
                     " blocks of " + std::to_string(model.embed_dim) + ", tasks";
  for (const models::TaskConfig& task : model.tasks) text += " " + task.name;
  return text;
}

std::string design_facts(const Locations& locations, const std::string& name) {
  const models::DesignConfig design = models::read_design(locations.design(name));
  return std::to_string(design.array.macs()) + " MACs per cycle, board " + design.board;
}

std::string published_facts(const Locations& locations, const std::string& name) {
  const models::LoopDesignConfig design = models::read_loop_design(locations.design(name));
  return "board " + design.board + ", " + std::to_string(design.ports.size()) + " port" +
         (design.ports.size() == 1 ? "" : "s") + ", " + name_of(design.precision) + "; from " +
         design.source;
}

std::string board_facts(const Locations& locations, const std::string& name) {
  const models::BoardConfig board = models::read_board(locations.board(name));
  return board.part + ", " + std::to_string(board.resources.dsp) + " DSP, " +
         std::to_string(board.resources.bram36) + " BRAM36";
}

std::string section(const char* title, const Locations& locations,
                    const std::vector<std::string>& names,
                    std::string (*facts)(const Locations&, const std::string&)) {
  TextTable table;
  table.align_left({1});
  for (const std::string& name : names)
    table.add({name, facts_or_error([&] { return facts(locations, name); })});
  return std::string(title) + "\n" + (names.empty() ? "  (none)\n" : table.text(2));
}

}  // namespace

int list_verb(const std::vector<std::string>& words, const Context& context, std::string* out) {
  boost::program_options::options_description options("options", kHelpWidth);
  options.add_options()("help,h", "this text");
  if (asks_for_help(words)) {
    *out += verb_help("list", "Lists models with their tasks, designs and boards.", options);
    return kOk;
  }
  parse_words("list", words, options);
  const Locations& at = context.locations;
  *out += section("models", at, at.models(), model_facts) +
          section("designs", at, at.designs(), design_facts) +
          section("designs of others, as loops and streams", at, at.published_designs(),
                  published_facts) +
          section("boards", at, at.boards(), board_facts);
  return kOk;
}

}  // namespace edgemoe::host
