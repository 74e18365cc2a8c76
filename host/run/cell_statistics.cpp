// SPDX-License-Identifier: Apache-2.0
#include "host/run/cell_statistics.hpp"

#include <algorithm>
#include <map>
#include <sstream>
#include <stdexcept>

namespace edgemoe::host {
namespace {

using Cells = std::map<std::string, int>;       // type or module -> count
using Modules = std::map<std::string, Cells>;   // as Yosys names them

bool starts_with(const std::string& text, const char* prefix) { return text.rfind(prefix, 0) == 0; }

/// `$paramod$1f..\name` and `$paramod\name\P=..` to `name`.
std::string base_name(const std::string& module) {
  if (!starts_with(module, "$paramod")) return module;
  const std::size_t begin = module.find('\\');
  if (begin == std::string::npos) return module;
  const std::size_t end = module.find('\\', begin + 1);
  return module.substr(begin + 1, end == std::string::npos ? end : end - begin - 1);
}

Modules read_modules(const std::string& text) {
  Modules modules;
  Cells* cells = nullptr;
  bool in_cells = false;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (starts_with(line, "=== ") && line.size() > 8) {
      const std::string name = line.substr(4, line.size() - 8);
      cells = name == "design hierarchy" ? nullptr : &modules[name];
      in_cells = false;
    } else if (line.find("Number of cells:") != std::string::npos) {
      in_cells = true;
    } else if (in_cells && cells != nullptr) {
      std::istringstream words(line);
      std::string type;
      int count = 0;
      if (words >> type >> count) (*cells)[type] += count;
    }
  }
  return modules;
}

/// LUTs of a primitive that stores bits in them; 0 when it is none.
double stored_luts(const std::string& type) {
  static const std::map<std::string, double> kLuts = {
      {"SRL16E", 1},   {"SRLC16E", 1},  {"SRLC32E", 1},   {"RAM32X1S", 1}, {"RAM64X1S", 1},
      {"RAM32X1D", 2}, {"RAM64X1D", 2}, {"RAM128X1D", 4}, {"RAM32M", 4},   {"RAM64M", 4},
      {"RAM32M16", 8}, {"RAM64M8", 8},  {"RAM128X1S", 2}, {"RAM256X1S", 4}, {"RAM256X1D", 8},
      {"RAM512X1S", 8}, {"RAM32X16DR8", 8}, {"RAM64X8SW", 8}};
  const auto found = kLuts.find(type);
  return found == kLuts.end() ? 0.0 : found->second;
}

CellCounts primitive(const std::string& type) {
  CellCounts one;
  if (type == "DSP48E2") {
    one.dsp = 1;
  } else if (starts_with(type, "LUT")) {
    one.lut = 1;
  } else if (starts_with(type, "FD")) {
    one.ff = 1;
  } else if (type == "RAMB36E2") {
    one.bram36 = 1;
  } else if (type == "RAMB18E2") {
    one.bram36 = 0.5;
  } else if (type == "URAM288") {
    one.uram = 1;
  } else {
    one.lut_memory = stored_luts(type);
  }
  return one;
}

class Tree {
 public:
  explicit Tree(const Modules& modules) : modules_(modules) {}

  ModuleCells of(const std::string& module) {
    const auto known = done_.find(module);
    if (known != done_.end()) return known->second;
    ModuleCells result;
    result.module = base_name(module);
    result.instances = 1;
    for (const auto& [type, count] : modules_.at(module)) {
      if (modules_.count(type) == 0) {
        result.own += primitive(type).scaled(count);
        continue;
      }
      const ModuleCells one = of(type);
      add(one, count, &result);
      result.cells += one.cells.scaled(count);
    }
    result.cells += result.own;
    return done_[module] = result;
  }

 private:
  /// Children that differ in their parameters only are one line, on every level.
  static void add(const ModuleCells& child, int count, ModuleCells* parent) {
    auto at = std::find_if(parent->children.begin(), parent->children.end(),
                           [&child](const ModuleCells& c) { return c.module == child.module; });
    if (at == parent->children.end()) {
      ModuleCells fresh;
      fresh.module = child.module;
      at = parent->children.insert(at, fresh);
    }
    at->instances += child.instances * count;
    at->own += child.own.scaled(count);
    at->cells += child.cells.scaled(count);
    for (const ModuleCells& below : child.children) add(below, count, &*at);
  }

  const Modules& modules_;
  std::map<std::string, ModuleCells> done_;
};

}  // namespace

CellCounts& CellCounts::operator+=(const CellCounts& o) {
  dsp += o.dsp;
  lut += o.lut;
  lut_memory += o.lut_memory;
  ff += o.ff;
  bram36 += o.bram36;
  uram += o.uram;
  return *this;
}

CellCounts CellCounts::scaled(double f) const {
  return {dsp * f, lut * f, lut_memory * f, ff * f, bram36 * f, uram * f};
}

ModuleCells read_cell_statistics(const std::string& text, const std::string& top) {
  const Modules modules = read_modules(text);
  for (const auto& [name, cells] : modules) {
    if (base_name(name) == top) return Tree(modules).of(name);
  }
  throw std::runtime_error("synthesis: no statistics of module " + top);
}

}  // namespace edgemoe::host
