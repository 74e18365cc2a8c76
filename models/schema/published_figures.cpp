// SPDX-License-Identifier: Apache-2.0
#include "models/schema/published_figures.hpp"

#include <fmt/format.h>

#include <set>

#include "models/schema/config_file.hpp"

namespace edgemoe::models {

namespace {

/// A key that may be absent. Zero says nothing that a publication could mean, so it is out of
/// range and stands for "absent" while reading.
void figure(Visitor* visitor, const char* name, const char* what, const char* unit,
            std::optional<double>* value) {
  double number = 0.0;
  visitor->real(optional(name, what, unit), {0.0, 1e9, true}, &number);
  if (number > 0.0) *value = number;
}

void count(Visitor* visitor, const char* name, const char* what, std::optional<int>* value) {
  std::int64_t number = -1;
  visitor->integer(optional(name, what), {0, 100'000'000}, &number);
  if (number >= 0) *value = static_cast<int>(number);
}

void visit_figures(PublishedFigures* entry, Visitor* visitor) {
  visitor->text(required("name", "work and platform"), TextRule::kName, &entry->name);
  visitor->text(optional("design", "design of this repository that describes it"), TextRule::kName,
                &entry->design);
  visitor->text(required("title", "work, venue, year"), TextRule::kLine, &entry->title);
  visitor->text(required("platform", "board or device"), TextRule::kLine, &entry->platform);
  visitor->text(required("network", "network and image"), TextRule::kLine, &entry->network);
  visit_integer(visitor, required("tokens", "0: not said"), {0, 1'000'000}, &entry->tokens);
  visitor->text(required("precision", "number formats"), TextRule::kLine, &entry->precision);
  figure(visitor, "clock_mhz", "clock of the logic", "MHz", &entry->clock_mhz);
  figure(visitor, "latency_ms", "of one frame, batch 1", "ms", &entry->latency_ms);
  figure(visitor, "power_w", "as published", "W", &entry->power_w);
  figure(visitor, "energy_mj", "of one frame", "mJ", &entry->energy_mj);
  count(visitor, "dsp", "DSP slices", &entry->dsp);
  figure(visitor, "bram", "block RAMs as printed", "", &entry->bram);
  count(visitor, "uram", "UltraRAMs", &entry->uram);
  count(visitor, "lut", "LUTs", &entry->lut);
  count(visitor, "ff", "flip-flops", &entry->ff);
  visitor->text(optional("accuracy", "in words"), TextRule::kLine, &entry->accuracy);
  visitor->text(required("source", "where the figures stand"), TextRule::kLine, &entry->source);
  visitor->text(optional("note", "what a reader must know"), TextRule::kLine, &entry->note);
}

}  // namespace

std::vector<PublishedFigures> read_published_figures(const std::filesystem::path& file) {
  Findings findings;
  const YamlNode root = load_config(file, "figures", {}, &findings);
  std::vector<PublishedFigures> entries;
  ReadVisitor visitor(root, &findings);
  if (root.kind == YamlNode::Kind::kMap && visitor.open_map(Key{}, true)) {
    visit_file_keys(&visitor);
    visit_list(&visitor, required("figures", "one entry per design and platform"), {1, 1000},
               &entries, [&](PublishedFigures* entry) {
                 visit_map(&visitor, Key{}, true, [&] { visit_figures(entry, &visitor); });
               });
    visitor.close_map();
    Rules rules(visitor, &findings);
    std::set<std::string> names;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      rules.require(names.insert(entries[i].name).second, {fmt::format("figures[{}].name", i)},
                    "each name once", "\"" + entries[i].name + "\" again");
    }
  }
  findings.throw_if_any();
  return entries;
}

}  // namespace edgemoe::models
