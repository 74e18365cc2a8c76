// SPDX-License-Identifier: Apache-2.0
/// Pictures of one frame: the input, and for each task its map, the reference's and the label's.
#pragma once

#include <string>
#include <vector>

#include "host/report/page.hpp"
#include "host/run/frame_runner.hpp"
#include "host/run/images.hpp"
#include "host/run/session.hpp"

namespace edgemoe::host {

struct FramePictures {
  RunPictures page;                ///< for report.html
  EntryOutput entry;               ///< for files
  std::vector<std::string> files;  ///< their names, relative to the report
};

/// `has_values`: what the frame shows was computed by the engine that was asked for; without it
/// only the input is drawn.
FramePictures draw_pictures(const models::ModelConfig& model, const FrameRun& run,
                            const InputImage& image, bool has_values);

}  // namespace edgemoe::host
