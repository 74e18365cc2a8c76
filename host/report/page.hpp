// SPDX-License-Identifier: Apache-2.0
/// report.html: one self-contained page (inline style, script and pictures; no request leaves it),
/// readable without JavaScript apart from the zoomable timeline, in light and dark.
///
/// Everything that comes from outside (names, file names) is escaped.
#pragma once

#include <string>
#include <vector>

#include "host/report/report.hpp"
#include "host/report/timeline.hpp"

namespace edgemoe::host {

/// PNG bytes; empty where a picture does not exist.
struct TaskPictures {
  std::string task;
  std::string map_png;        ///< what the executor under test produced
  std::string reference_png;  ///< the float reference's
  std::string label_png;      ///< ground truth in the same colours
};

struct RunPictures {
  std::string input_png;
  std::vector<TaskPictures> tasks;
};

struct PageContent {
  Report report;
  std::vector<RunPictures> pictures;  ///< per entry of report.runs; may be shorter
  std::vector<Timeline> timelines;    ///< per entry of report.runs; may be shorter
};

/// Entries beyond this number are left out of the page (they are all in report.json), with a note.
constexpr int kMaxPageRuns = 24;

std::string report_html(const PageContent& content);

}  // namespace edgemoe::host
