// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>

#include "host/cli/arguments.hpp"
#include "host/cli/progress.hpp"
#include "host/cli/text_table.hpp"
#include "host/cli/verbs.hpp"
#include "host/run/cell_report.hpp"
#include "host/run/session.hpp"
#include "host/run/synthesis.hpp"
#include "models/schema/published_figures.hpp"

namespace edgemoe::host {
namespace {

namespace po = boost::program_options;

po::options_description synth_options() {
  po::options_description options("options", kHelpWidth);
  add_setup_options(&options);
  auto add = options.add_options();
  add("module", po::value<std::string>()->value_name("NAME"),
      "a module of rtl/ alone, with its default parameters; no design, and a board only if named");
  add("depth", po::value<std::string>()->value_name("N")->default_value("2"),
      "levels of the hierarchy that are listed");
  add("json", po::bool_switch(), "the whole hierarchy as JSON");
  return options;
}

std::string number(double value) {
  const bool whole = value == static_cast<double>(static_cast<long>(value));
  return whole ? fmt::format("{:.0f}", value) : fmt::format("{:.1f}", value);
}

std::vector<std::string> row(const std::string& name, const ModuleCells& m) {
  const CellCounts& c = m.cells;
  return {name,
          std::to_string(m.instances),
          number(c.dsp),
          number(c.luts()),
          number(m.own.luts()),
          number(c.lut_memory),
          number(c.ff),
          number(c.bram36),
          number(c.uram)};
}

/// Largest first: who looks at this wants to know where the LUTs are.
void add_children(const ModuleCells& module, int level, int depth, TextTable* table) {
  if (level > depth) return;
  std::vector<ModuleCells> children = module.children;
  std::sort(
      children.begin(), children.end(),
      [](const ModuleCells& a, const ModuleCells& b) { return a.cells.luts() > b.cells.luts(); });
  for (const ModuleCells& child : children) {
    table->add(row(std::string(static_cast<std::size_t>(2 * level), ' ') + child.module, child));
    add_children(child, level + 1, depth, table);
  }
}

std::string share(double used, int budget) {
  return budget > 0 ? fmt::format("{:.1f} %", 100.0 * used / budget) : "-";
}

void add_budget(const CellCounts& c, const models::BoardConfig& board, TextTable* table) {
  const models::ResourceConfig& r = board.resources;
  table->add({"board " + board.name, "", std::to_string(r.dsp), std::to_string(r.lut), "", "",
              std::to_string(r.ff), std::to_string(r.bram36), std::to_string(r.uram)});
  table->add({"used", "", share(c.dsp, r.dsp), share(c.luts(), r.lut), "", "", share(c.ff, r.ff),
              share(c.bram36, r.bram36), share(c.uram, r.uram)});
}

/// Published accelerators on boards of the same name, with all figures that were printed.
void add_published(const Context& context, const models::BoardConfig& board, TextTable* table) {
  const auto text = [](const auto& value) {
    return value ? number(static_cast<double>(*value)) : std::string("-");
  };
  for (const models::PublishedFigures& f :
       models::read_published_figures(context.locations.published_figures())) {
    std::string platform = f.platform;
    std::transform(platform.begin(), platform.end(), platform.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (board.name.rfind(platform, 0) != 0 || !f.lut) continue;
    table->add({f.name + " (published)", "", text(f.dsp), text(f.lut), "", "", text(f.ff),
                text(f.bram), text(f.uram)});
  }
}

/// What is synthesised, and what it is held against.
struct Request {
  std::string design;  ///< empty: a module by itself
  std::optional<models::BoardConfig> board;
  SynthesisOptions synthesis;
};

Request request_of(const po::variables_map& values, const Context& context) {
  Request request;
  SessionOptions session = session_options(values);
  if (values.count("module") != 0) {
    request.synthesis.top = values["module"].as<std::string>();
    if (session.board)
      request.board =
          models::read_board(context.locations.board(*session.board), session.board_overrides);
  } else {
    session.engine = Engine::kRtl;
    const Setup setup = load_setup(session, context.locations);
    request.design = setup.design.name;
    request.board = setup.board;
    request.synthesis.parameters = synthesis_parameters(setup.design);
  }
  request.synthesis.repository = context.locations.root();
  request.synthesis.folder = context.locations.root() / "build" / "rtl";
  return request;
}

std::string text_of(const Request& request, const ModuleCells& top, int depth,
                    const Context& context) {
  TextTable table;
  table.add({"module", "instances", "DSP48E2", "LUT", "own", "memory", "FF", "BRAM36", "URAM"});
  table.add(row(top.module, top));
  add_children(top, 1, depth, &table);
  if (request.board) add_budget(top.cells, *request.board, &table);
  if (request.board && !request.design.empty()) add_published(context, *request.board, &table);
  std::string text = fmt::format(
      "{}, Yosys synth_xilinx -family xcup: estimates before place and route\n"
      "LUT: with everything below; own: without; memory: shift registers and distributed RAM\n",
      request.design.empty() ? top.module
                             : fmt::format("{} for {}", request.design, request.board->name));
  text += table.text();
  if (request.board && !fits(top.cells, *request.board)) text += "does not fit the board\n";
  return text;
}

}  // namespace

int synth_verb(const std::vector<std::string>& words, const Context& context, std::string* out) {
  const po::options_description options = synth_options();
  if (asks_for_help(words)) {
    *out += verb_help("synth",
                      "Synthesises the RTL of a design for UltraScale+ with Yosys, module by "
                      "module, and holds its cells against the board. Estimates before place and "
                      "route.\n"
                      "  edgemoe synth --design m3-zcu102\n"
                      "  edgemoe synth --module edgemoe_norm_unit --board zcu102",
                      options);
    return kOk;
  }
  const po::variables_map values = parse_words("synth", words, options);
  const int depth = static_cast<int>(
      std::min<std::uint64_t>(parse_number("--depth", values["depth"].as<std::string>()), 16));
  Request request = request_of(values, context);
  ProgressLine line;
  request.synthesis.progress = [&line](std::size_t done, std::size_t total,
                                       const std::string& module) {
    line.show({module, done, total});
    if (!line.terminal()) line.note(fmt::format("{} of {}: {}", done + 1, total, module));
  };
  const ModuleCells top = synthesise(request.synthesis);
  *out += values["json"].as<bool>() ? to_json(top, request.design, request.board)
                                    : text_of(request, top, depth, context);
  return !request.board || fits(top.cells, *request.board) ? kOk : kOutOfBounds;
}

}  // namespace edgemoe::host
