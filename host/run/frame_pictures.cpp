// SPDX-License-Identifier: Apache-2.0
#include "host/run/frame_pictures.hpp"

#include <cstddef>
#include <utility>

#include "host/run/task_metrics.hpp"
#include "models/io/png.hpp"
#include "models/reference/postprocess.hpp"

namespace edgemoe::host {
namespace {

std::string png_of(const models::Image& image) {
  return image.rgb.empty() ? "" : models::encode_png(image);
}

}  // namespace

FramePictures draw_pictures(const models::ModelConfig& model, const FrameRun& run,
                            const InputImage& image, bool has_values) {
  FramePictures drawn;
  drawn.entry.folder = image.name;
  drawn.entry.input_png = drawn.page.input_png = png_of(image.pixels);
  drawn.files.push_back(image.name + "/input.png");
  for (std::size_t s = 0; s < run.shown().tasks.size(); ++s) {
    const TaskValues& values = run.shown().tasks[s];
    const models::TaskConfig& task = model.tasks[static_cast<std::size_t>(values.task)];
    TaskOutput output;
    output.task = task.name;
    if (values.head.size() != 0 && has_values) {
      models::TaskPicture picture = models::render_task(task, values.head);
      output.map_png = png_of(picture.colour);
      output.data = std::move(picture.data);
      drawn.files.push_back(image.name + "/" + task.name + ".png");
      if (output.data) drawn.files.push_back(image.name + "/" + task.name + ".data.png");
      const bool other = run.reference && run.kernels;
      drawn.page.tasks.push_back(
          {task.name, output.map_png,
           other ? png_of(models::render_task(task, run.reference->tasks[s].head).colour) : "",
           png_of(paint_labels(task, image))});
    }
    drawn.entry.tasks.push_back(std::move(output));
  }
  return drawn;
}

}  // namespace edgemoe::host
