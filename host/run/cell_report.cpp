// SPDX-License-Identifier: Apache-2.0
#include "host/run/cell_report.hpp"

#include <nlohmann/json.hpp>

namespace edgemoe::host {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const CellCounts& c) {
  return {{"dsp", c.dsp}, {"lut", c.luts()},     {"lut_memory", c.lut_memory},
          {"ff", c.ff},   {"bram36", c.bram36}, {"uram", c.uram}};
}

Json json_of(const ModuleCells& module) {
  Json json = {{"module", module.module},
               {"instances", module.instances},
               {"own", json_of(module.own)},
               {"cells", json_of(module.cells)},
               {"children", Json::array()}};
  for (const ModuleCells& child : module.children) json["children"].push_back(json_of(child));
  return json;
}

}  // namespace

bool fits(const CellCounts& c, const models::BoardConfig& board) {
  const models::ResourceConfig& r = board.resources;
  return c.dsp <= r.dsp && c.luts() <= r.lut && c.ff <= r.ff && c.bram36 <= r.bram36 &&
         c.uram <= r.uram;
}

std::string to_json(const ModuleCells& top, const std::string& design,
                    const std::optional<models::BoardConfig>& board) {
  Json json;
  json["design"] = design.empty() ? Json() : Json(design);
  json["board"] = nullptr;
  if (board) {
    const models::ResourceConfig& r = board->resources;
    json["board"] = {{"name", board->name}, {"dsp", r.dsp},       {"lut", r.lut},
                     {"ff", r.ff},          {"bram36", r.bram36}, {"uram", r.uram},
                     {"fits", fits(top.cells, *board)}};
  }
  json["hierarchy"] = json_of(top);
  return json.dump(2) + "\n";
}

}  // namespace edgemoe::host
