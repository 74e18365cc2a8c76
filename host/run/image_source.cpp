// SPDX-License-Identifier: Apache-2.0
#include "host/run/image_source.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/datasets/dataset.hpp"

namespace edgemoe::host {
namespace {

class FileSource : public ImageSource {
 public:
  FileSource(std::vector<ImageFile> files, const models::ImageConfig& size, const NoteSink& note)
      : files_(std::move(files)), size_(size), note_(note) {}

  std::size_t size() const override { return files_.size(); }
  InputImage load(std::size_t index) const override {
    InputImage image = load_image(files_.at(index), size_);
    if (!image.note.empty() && note_) note_(image.note);
    return image;
  }
  void check() const override {
    for (std::size_t i = 1; i < files_.size(); ++i) load_image(files_[i], size_);
  }

 private:
  std::vector<ImageFile> files_;
  const models::ImageConfig& size_;
  const NoteSink& note_;
};

class GeneratedSource : public ImageSource {
 public:
  GeneratedSource(const models::ImageConfig& size, std::uint64_t seed) : size_(size), seed_(seed) {}
  std::size_t size() const override { return 1; }
  InputImage load(std::size_t) const override { return generated_image(size_, seed_); }

 private:
  const models::ImageConfig& size_;
  std::uint64_t seed_;
};

class DatasetSource : public ImageSource {
 public:
  DatasetSource(const SessionOptions& options, const models::ModelConfig& model)
      : dataset_(models::open_dataset(options.dataset, options.split, model)),
        split_(options.split),
        size_(std::min<std::size_t>(dataset_->size(), options.limit.value_or(dataset_->size()))) {}

  std::size_t size() const override { return size_; }
  InputImage load(std::size_t index) const override {
    models::DatasetItem item = dataset_->load(index);
    InputImage image;
    image.name = dataset_->name(index);
    image.given = fmt::format("{}/{}/{}", dataset_->layout(), split_, image.name);
    image.pixels = std::move(item.image);
    image.truth = std::move(item.truth);
    return image;
  }

 private:
  std::unique_ptr<models::Dataset> dataset_;
  std::string split_;
  std::size_t size_;
};

/// A bundled file's place on this machine is nobody's business: reports name it by model and file.
std::vector<ImageFile> first_sample(const models::ModelConfig& model) {
  std::vector<ImageFile> files = list_images({model.samples.string()});
  files.resize(1);
  files[0].given = model.name + "/" + files[0].path.filename().string();
  return files;
}

}  // namespace

std::unique_ptr<ImageSource> make_image_source(const SessionOptions& options,
                                               const models::ModelConfig& model,
                                               const NoteSink& note) {
  if (!options.dataset.empty()) return std::make_unique<DatasetSource>(options, model);
  if (!options.images.empty())
    return std::make_unique<FileSource>(list_images(options.images), model.image, note);
  if (model.samples.empty())
    return std::make_unique<GeneratedSource>(model.image, options.seed.value_or(1));
  return std::make_unique<FileSource>(first_sample(model), model.image, note);
}

std::unique_ptr<ImageSource> make_stream_source(const std::vector<StreamFrame>& frames,
                                                const models::ModelConfig& model,
                                                const NoteSink& note) {
  std::vector<std::string> paths;
  for (const StreamFrame& frame : frames) paths.push_back(frame.image.string());
  std::vector<ImageFile> files = list_images(paths);
  for (std::size_t i = 0; i < files.size(); ++i) files[i].given = frames[i].given;
  return std::make_unique<FileSource>(std::move(files), model.image, note);
}

}  // namespace edgemoe::host
