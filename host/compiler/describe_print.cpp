// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "host/compiler/describe.hpp"

namespace edgemoe::host {
namespace {

using Json = nlohmann::ordered_json;

std::string command_table(const Description& d) {
  std::string text = fmt::format("{:>5}  {:<28} {:<9} {:<8} {:<34} {:>10} {:>9} {:>10}\n", "id",
                                 "command", "task", "unit", "shape", "kMAC", "cycles", "bytes");
  for (const CommandDescription& c : d.commands) {
    text += fmt::format("{:>5}  {:<28} {:<9} {:<8} {:<34} {:>10} {:>9} {:>10}\n", c.id, c.name,
                        c.task, c.unit, c.shape, c.macs / 1000, c.cycles, c.bytes);
  }
  return text;
}

std::string resource_table(const Description& d) {
  std::string text =
      fmt::format("{:<28} {:>8} {:>8} {:>8}\n", "resource (estimate)", "DSP", "BRAM36", "URAM");
  const auto line = [&](const std::string& name, int dsp, int bram, int uram) {
    text += fmt::format("{:<28} {:>8} {:>8} {:>8}\n", name, dsp, bram, uram);
  };
  for (const ResourceItem& item : d.resources.items) {
    line(item.name, item.dsp, item.bram36, item.uram);
  }
  const ResourceItem total = d.resources.total();
  line("total", total.dsp, total.bram36, total.uram);
  line("board " + d.board, d.available.dsp, d.available.bram36, d.available.uram);
  return text;
}

Json command_json(const CommandDescription& c) {
  return {
      {"id", c.id},         {"name", c.name},   {"task", c.task}, {"unit", c.unit},
      {"op", c.opcode},     {"shape", c.shape}, {"macs", c.macs}, {"macs_padded", c.macs_padded},
      {"cycles", c.cycles}, {"bytes", c.bytes}};
}

Json resource_json(const ResourceItem& item) {
  return {{"name", item.name}, {"dsp", item.dsp}, {"bram36", item.bram36}, {"uram", item.uram}};
}

}  // namespace

std::string to_text(const Description& d) {
  const Roofline& r = d.roofline;
  std::string text =
      fmt::format("model {}: {} tokens, {} task(s) of a frame\n", d.model, d.tokens, d.tasks);
  text += fmt::format("design {} on board {} at {} MHz\n\n", d.design, d.board, d.clock_mhz);
  text += command_table(d);
  text += fmt::format(
      "\nwork: {:.3f} GMAC, {:.3f} GMAC padded; experts as if {:.1f} were active a block, with "
      "even "
      "queues\n",
      d.macs * 1e-9, d.macs_padded * 1e-9, d.active_experts);
  if (d.tile_tokens > 0) {
    text += fmt::format(
        "tiles of {} tokens: {:.3f} MB spilled, {:.3f} MB filled; {:.3f} MB of weights loaded "
        "again\n",
        d.tile_tokens, d.spill_write_bytes * 1e-6, d.spill_read_bytes * 1e-6,
        d.weight_reload_bytes * 1e-6);
  }
  for (const HeadWork& head : d.heads) {
    text += fmt::format("head {}: {:.3f} GMAC on the host\n", head.task, head.macs * 1e-9);
  }
  text += fmt::format("compute floor: {} cycles = {:.3f} ms\n", r.compute_cycles, r.compute_ms);
  text += fmt::format("memory floor:  {} bytes = {:.3f} ms\n", r.memory_bytes, r.memory_ms);
  text += fmt::format("roofline:      {:.3f} ms ({})\n\n", r.bound_ms(),
                      r.compute_ms >= r.memory_ms ? "compute" : "memory");
  text += fmt::format("{:<28} {:>8} {:>8}  {}\n", "buffer", "needed", "has", "unit");
  for (const BufferUse& b : d.buffers) {
    text += fmt::format("{:<28} {:>8} {:>8}  {}\n", b.name, b.needed, b.available, b.unit);
  }
  return text + "\n" + resource_table(d);
}

std::string to_json(const Description& d) {
  Json json = {{"model", d.model},
               {"design", d.design},
               {"board", d.board},
               {"tokens", d.tokens},
               {"tasks", d.tasks},
               {"clock_mhz", d.clock_mhz},
               {"macs", d.macs},
               {"macs_padded", d.macs_padded},
               {"active_experts", d.active_experts}};
  const Roofline& r = d.roofline;
  json["roofline"] = {{"compute_cycles", r.compute_cycles},
                      {"memory_bytes", r.memory_bytes},
                      {"compute_ms", r.compute_ms},
                      {"memory_ms", r.memory_ms},
                      {"bound_ms", r.bound_ms()}};
  json["tiling"] = {{"tile_tokens", d.tile_tokens},
                    {"spill_read_bytes", d.spill_read_bytes},
                    {"spill_write_bytes", d.spill_write_bytes},
                    {"weight_reload_bytes", d.weight_reload_bytes}};
  json["head_macs"] = Json::object();
  for (const HeadWork& head : d.heads) json["head_macs"][head.task] = head.macs;
  json["commands"] = Json::array();
  for (const CommandDescription& c : d.commands) json["commands"].push_back(command_json(c));
  json["buffers"] = Json::array();
  for (const BufferUse& b : d.buffers) {
    json["buffers"].push_back(
        {{"name", b.name}, {"needed", b.needed}, {"available", b.available}, {"unit", b.unit}});
  }
  json["resources"] = Json::array();
  for (const ResourceItem& item : d.resources.items) {
    json["resources"].push_back(resource_json(item));
  }
  json["resources_total"] = resource_json(d.resources.total());
  json["resources_board"] = {
      {"dsp", d.available.dsp}, {"bram36", d.available.bram36}, {"uram", d.available.uram}};
  return json.dump(2) + "\n";
}

}  // namespace edgemoe::host
