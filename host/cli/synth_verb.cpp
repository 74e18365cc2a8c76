// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "host/cli/arguments.hpp"
#include "host/cli/progress.hpp"
#include "host/cli/text_table.hpp"
#include "host/cli/verbs.hpp"
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
  add("module", po::value<std::string>()->value_name("NAME")->default_value("edgemoe_accelerator"),
      "a module of rtl/ alone, with its default parameters");
  add("depth", po::value<std::string>()->value_name("N")->default_value("2"),
      "levels of the hierarchy that are listed");
  return options;
}

std::string number(double value) {
  const bool whole = value == static_cast<double>(static_cast<long>(value));
  return whole ? fmt::format("{:.0f}", value) : fmt::format("{:.1f}", value);
}

std::vector<std::string> row(const std::string& name, const std::string& instances,
                             const CellCounts& c) {
  return {name,         instances,         number(c.dsp),    number(c.lut + c.lut_memory),
          number(c.lut_memory), number(c.ff), number(c.bram36), number(c.uram)};
}

/// Largest first: who looks at this wants to know where the LUTs are.
void add_children(const ModuleCells& module, int level, int depth, TextTable* table) {
  if (level > depth) return;
  std::vector<ModuleCells> children = module.children;
  std::sort(children.begin(), children.end(), [](const ModuleCells& a, const ModuleCells& b) {
    return a.cells.lut + a.cells.lut_memory > b.cells.lut + b.cells.lut_memory;
  });
  for (const ModuleCells& child : children) {
    table->add(row(std::string(static_cast<std::size_t>(2 * level), ' ') + child.module,
                   std::to_string(child.instances), child.cells));
    add_children(child, level + 1, depth, table);
  }
}

std::string share(double used, int budget) {
  return budget > 0 ? fmt::format("{:.1f} %", 100.0 * used / budget) : "-";
}

void add_budget(const CellCounts& c, const models::BoardConfig& board, TextTable* table) {
  const models::ResourceConfig& r = board.resources;
  table->add({"board " + board.name, "", std::to_string(r.dsp), std::to_string(r.lut), "",
              std::to_string(r.ff), std::to_string(r.bram36), std::to_string(r.uram)});
  table->add({"used", "", share(c.dsp, r.dsp), share(c.lut + c.lut_memory, r.lut), "",
              share(c.ff, r.ff), share(c.bram36, r.bram36), share(c.uram, r.uram)});
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
    table->add({f.name + " (published)", "", text(f.dsp), text(f.lut), "", text(f.ff), text(f.bram),
                text(f.uram)});
  }
}

bool fits(const CellCounts& c, const models::BoardConfig& board) {
  const models::ResourceConfig& r = board.resources;
  return c.dsp <= r.dsp && c.lut + c.lut_memory <= r.lut && c.ff <= r.ff && c.bram36 <= r.bram36 &&
         c.uram <= r.uram;
}

}  // namespace

int synth_verb(const std::vector<std::string>& words, const Context& context, std::string* out) {
  const po::options_description options = synth_options();
  if (asks_for_help(words)) {
    *out += verb_help("synth",
                      "Synthesises the RTL of a design for UltraScale+ with Yosys and holds its "
                      "cells against the board. Estimates before place and route.\n"
                      "  edgemoe synth --design m3-zcu102\n"
                      "  edgemoe synth --module edgemoe_norm_unit",
                      options);
    return kOk;
  }
  const po::variables_map values = parse_words("synth", words, options);
  SessionOptions session = session_options(values);
  session.engine = Engine::kRtl;
  const Setup setup = load_setup(session, context.locations);
  ProgressLine line;
  SynthesisOptions synthesis;
  synthesis.repository = setup.root;
  synthesis.folder = setup.root / "build" / "rtl";
  synthesis.top = values["module"].as<std::string>();
  synthesis.note = [&line](const std::string& text) { line.note(text); };
  const int depth = static_cast<int>(
      std::min<std::uint64_t>(parse_number("--depth", values["depth"].as<std::string>()), 16));
  const ModuleCells top = synthesise(setup.design, synthesis);
  TextTable table;
  table.add({"module", "instances", "DSP48E2", "LUT", "of them memory", "FF", "BRAM36", "URAM"});
  table.add(row(top.module, "1", top.cells));
  add_children(top, 1, depth, &table);
  add_budget(top.cells, setup.board, &table);
  add_published(context, setup.board, &table);
  *out += fmt::format(
              "{} for {}, Yosys synth_xilinx -family xcup: estimates before place and route\n",
              setup.design.name, setup.board.name) +
          table.text();
  if (!fits(top.cells, setup.board)) *out += "does not fit the board\n";
  return fits(top.cells, setup.board) ? kOk : kOutOfBounds;
}

}  // namespace edgemoe::host
