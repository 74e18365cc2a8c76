// SPDX-License-Identifier: Apache-2.0
#include "host/run/rtlil_modules.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace edgemoe::host {
namespace {

std::string plain(const std::string& name) {
  return !name.empty() && name[0] == '\\' ? name.substr(1) : name;
}

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

/// One module while it is read.
struct Body {
  std::string name;
  bool black_box = false;
  std::vector<std::string> lines;  ///< with `module` and `end`
};

bool is_source(const std::vector<std::string>& words) {
  return words.size() > 1 && words[0] == "attribute" && words[1] == "\\src";
}

bool is_box(const std::vector<std::string>& words) {
  return words.size() > 1 && words[0] == "attribute" &&
         (words[1] == "\\blackbox" || words[1] == "\\whitebox");
}

std::map<std::string, Body> split(const std::string& text) {
  std::map<std::string, Body> bodies;
  Body body;
  bool inside = false;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::vector<std::string> words = words_of(line);
    if (words.empty() || words[0] == "#" || is_source(words)) continue;
    if (!inside && words[0] == "module") {
      if (words.size() < 2) throw std::runtime_error("synthesis: a module without a name");
      body.name = plain(words[1]);
      inside = true;
    }
    if (inside) {
      body.lines.push_back(line);
    } else {
      body.black_box = body.black_box || is_box(words);
      continue;
    }
    if (line == "end") {
      bodies[body.name] = body;
      body = Body();
      inside = false;
    }
  }
  if (inside) throw std::runtime_error("synthesis: module " + body.name + " does not end");
  return bodies;
}

/// New names of what a line declares under a generated name; `wire` and `cell` end with the name.
/// Memories keep theirs: parameters of their ports quote them.
void number_names(const std::string& line, std::map<std::string, std::string>* names) {
  const std::vector<std::string> words = words_of(line);
  const bool declares = words[0] == "wire" || words[0] == "cell";
  if (!declares || words.back()[0] != '$') return;
  names->emplace(words.back(), "$" + std::to_string(names->size() + 1));
}

/// `line` with the new names; a type of a cell (`$add`) is no name.
std::string renamed(const std::string& line, const std::map<std::string, std::string>& names) {
  const bool cell = words_of(line)[0] == "cell";
  std::string out;
  int word = 0;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t end = std::min(line.find(' ', at), line.size());
    const std::string piece = line.substr(at, end - at);
    if (!piece.empty()) ++word;
    const auto found = names.find(piece);
    out += found == names.end() || (cell && word == 2) ? piece : found->second;
    if (end < line.size()) out += ' ';
    at = end + 1;
  }
  return out;
}

/// Of the module itself: cells have parameters too, further to the right.
bool is_interface(const std::string& line, const std::vector<std::string>& words) {
  if (line.rfind("    ", 0) == 0) return false;
  if (words[0] == "parameter") return true;
  if (words[0] != "wire") return false;
  return std::any_of(words.begin(), words.end(), [](const std::string& word) {
    return word == "input" || word == "output" || word == "inout";
  });
}

RtlilModule module_of(const Body& body, const std::map<std::string, Body>& bodies) {
  RtlilModule module;
  module.name = body.name;
  module.ports = "attribute \\blackbox 1\n";
  std::map<std::string, std::string> names;
  for (const std::string& line : body.lines) number_names(line, &names);
  for (const std::string& line : body.lines) {
    const std::vector<std::string> words = words_of(line);
    module.text += renamed(line, names) + "\n";
    const bool frame = words[0] == "module" || line == "end";
    if (frame || is_interface(line, words)) module.ports += line + "\n";
    if (words[0] != "cell" || words.size() < 3) continue;
    const auto child = bodies.find(plain(words[1]));
    if (child != bodies.end() && !child->second.black_box) ++module.children[child->first];
  }
  return module;
}

void reach(const std::string& name, const std::map<std::string, Body>& bodies,
           std::map<std::string, RtlilModule>* reached) {
  if (reached->count(name) != 0) return;
  const RtlilModule module = module_of(bodies.at(name), bodies);
  reached->emplace(name, module);
  for (const auto& [child, count] : module.children) reach(child, bodies, reached);
}

}  // namespace

std::size_t RtlilModule::lines() const {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

std::vector<RtlilModule> read_rtlil(const std::string& text, const std::string& top) {
  const std::map<std::string, Body> bodies = split(text);
  if (bodies.count(top) == 0) throw std::runtime_error("synthesis: no module " + top);
  std::map<std::string, RtlilModule> reached;
  reach(top, bodies, &reached);
  std::vector<RtlilModule> modules;
  for (auto& [name, module] : reached) modules.push_back(std::move(module));
  return modules;
}

std::string standalone(const RtlilModule& module, const std::vector<RtlilModule>& all) {
  std::string text;
  for (const RtlilModule& other : all) {
    if (module.children.count(other.name) != 0) text += other.ports;
  }
  return text + module.text;
}

}  // namespace edgemoe::host
