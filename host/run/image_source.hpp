// SPDX-License-Identifier: Apache-2.0
/// Where a call's images come from: files, a data set's split, or the generator.
#pragma once

#include <memory>
#include <string>

#include "host/run/images.hpp"
#include "host/run/session.hpp"
#include "host/run/stream_file.hpp"

namespace edgemoe::host {

class ImageSource {
 public:
  virtual ~ImageSource() = default;
  virtual std::size_t size() const = 0;
  virtual InputImage load(std::size_t index) const = 0;
  /// Finds the image that cannot be used before the first one has taken its time. Data sets are too
  /// large to be read twice.
  virtual void check() const {}
};

/// `model` must outlive the source. Notes are said once, at the first load.
std::unique_ptr<ImageSource> make_image_source(const SessionOptions& options,
                                               const models::ModelConfig& model,
                                               const NoteSink& note);

/// The images of a stream's frames, in order.
std::unique_ptr<ImageSource> make_stream_source(const std::vector<StreamFrame>& frames,
                                                const models::ModelConfig& model,
                                                const NoteSink& note);

}  // namespace edgemoe::host
