// SPDX-License-Identifier: Apache-2.0
#include "host/run/setup_report.hpp"

#include <optional>

#include "host/compiler/resources.hpp"
#include "host/run/record.hpp"

namespace edgemoe::host {

void describe_setup(const Setup& setup, std::uint64_t parameters, Report* report) {
  report->model = {setup.model.name, models::config_hash(setup.model), setup.model.tokens(),
                   parameters};
  report->design.name = setup.design_name();
  report->design.config_hash = setup.design_hash;
  report->design.board = setup.board.name;
  report->design.board_hash = models::config_hash(setup.board);
  report->design.clock_mhz = setup.clock_mhz();
  report->design.precision = name_of(setup.precision());
  if (setup.loops) return;  // their resources are what their authors say
  const ResourceItem total = estimate_resources(setup.design).total();
  report->resources =
      ResourceInfo{total.dsp, total.bram36, total.uram, "closed form, before synthesis"};
}

void describe_loops(const Setup& setup, bool frame_of_tasks, Report* report) {
  const models::LoopResources& known = setup.loops->resources;
  const auto figure = [](int count) { return count < 0 ? std::nullopt : std::optional(count); };
  if (known.source.empty()) {
    report->notes.push_back("its resources are not known, and so neither is its energy");
  } else {
    report->resources =
        ResourceInfo{figure(known.dsp), figure(known.bram36), figure(known.uram), known.source};
  }
  if (frame_of_tasks)
    report->notes.push_back("computes one task at a time: a frame is a pass per task");
  if (setup.has_kernels()) {
    report->notes.push_back("values come from the kernels of " + setup.design.name +
                            ", which has the same number formats");
  } else {
    report->notes.push_back(
        "no kernels have its number formats: there is no accuracy and no map of it, and its queues "
        "are those of the float reference");
  }
}

}  // namespace edgemoe::host
