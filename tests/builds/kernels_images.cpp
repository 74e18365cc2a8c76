// SPDX-License-Identifier: Apache-2.0
// kernels_images FOLDER: compiles small networks with pixels into DRAM images, FOLDER/NAME.bin, the
// inputs of kernels_digest. They are committed: scales come out of float arithmetic, which may
// differ in a last bit between machines and builds, and the digests speak of the integers alone.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <random>
#include <string>
#include <string_view>

#include "host/compiler/calibrate.hpp"
#include "host/compiler/lowered.hpp"
#include "host/compiler/precision.hpp"
#include "models/io/file.hpp"
#include "models/reference/network.hpp"
#include "tests/host/compiler/sample_model.hpp"

namespace {

using namespace edgemoe;
namespace fs = std::filesystem;

constexpr std::uint64_t kSeed = 20;

/// Nothing here is a multiple of the array's 8 x 16 x 16: 22 tokens, 3 heads of 24 channels, hidden
/// layers of 88 and 40, 7 experts of which 3 serve a token, choices that are dropped, three tasks.
models::ModelConfig odd_model() {
  models::ModelConfig model = host::small_model(5);
  model.name = "odd";
  model.image.height = 48;
  model.image.width = 112;
  model.embed_dim = 72;
  model.heads = 3;
  model.blocks = {models::BlockKind::kMoe, models::BlockKind::kMlp, models::BlockKind::kMoe,
                  models::BlockKind::kMoe, models::BlockKind::kMlp};
  model.mlp_hidden = 88;
  model.moe.experts = 7;
  model.moe.top_k = 3;
  model.moe.hidden = 40;
  model.moe.threshold = 0.14;
  model.tasks.push_back(model.tasks.back());
  model.tasks.back().name = "third";
  return model;
}

models::Image noise_image(const models::ModelConfig& model) {
  models::Image image;
  image.width = model.image.width;
  image.height = model.image.height;
  image.rgb.resize(static_cast<std::size_t>(3) * image.width * image.height);
  std::mt19937_64 random(kSeed);
  for (auto& value : image.rgb) value = static_cast<std::uint8_t>(random());
  return image;
}

/// Two blocks of the same awkward shapes, small enough for an image per precision: 17 tokens.
models::ModelConfig short_model() {
  models::ModelConfig model = odd_model();
  model.name = "short";
  model.image.height = 64;
  model.image.width = 64;
  model.embed_dim = 40;
  model.heads = 2;
  model.blocks = {models::BlockKind::kMlp, models::BlockKind::kMoe};
  model.mlp_hidden = 56;
  model.moe.experts = 5;
  model.moe.top_k = 2;
  model.moe.hidden = 24;
  return model;
}

/// Synthetic weights with the scales that the reference's taps suggest, times `tightness`: below 1,
/// large activations saturate.
models::TensorMap quantised_weights(const models::ModelConfig& model, const models::Image& image,
                                    float tightness,
                                    models::Precision precision = models::Precision::kW8A8) {
  models::TensorMap weights = models::synthetic_weights(model, kSeed);
  const models::Reference reference(model, weights);
  std::vector<models::TensorMap> taps;
  for (int task = 0; task < static_cast<int>(model.tasks.size()); ++task) {
    models::TapRecorder recorder;
    reference.run(image, task, &recorder);
    taps.push_back(recorder.taps());
  }
  models::TensorMap scales = host::calibrate(host::precision_of(precision), model, weights, {taps});
  for (auto& [name, scale] : scales) {
    if (name.find("_act") == std::string::npos) continue;
    for (float& value : scale.data) value *= tightness;
  }
  weights.insert(scales.begin(), scales.end());
  return weights;
}

void write_image(const models::ModelConfig& model, const models::TensorMap& weights,
                 const models::Image& image, const std::vector<int>& tasks, const fs::path& path,
                 const models::DesignConfig& design = host::sample_design()) {
  host::CompileOptions options;
  options.tasks = tasks;
  host::LoweredProgram program = host::compile(model, weights, design, options);
  host::set_pixels(program, image);
  const auto* bytes = reinterpret_cast<const char*>(program.image.data());
  models::write_file_atomically(path, std::string_view(bytes, program.image.size()));
}

/// One image in a precision, with all tokens in the buffers or in tiles of 16 rows.
void write_short(models::Precision precision, bool tiled, const fs::path& path) {
  const models::ModelConfig model = short_model();
  const models::Image image = noise_image(model);
  models::DesignConfig design = host::sample_design();
  design.precision = precision;
  if (tiled) {
    design.buffers.max_tokens = 16;
    design.buffers.max_frame_tokens = 1024;
    design.buffers.max_routed_tokens = 4096;
  }
  write_image(model, quantised_weights(model, image, 0.5F, precision), image, {0, 1}, path, design);
}

void write_images(const fs::path& folder) {
  const models::ModelConfig tiny =
      models::read_model(EDGEMOE_SOURCE_DIR "/models/zoo/test-tiny-synthetic");
  const models::Image tiny_image = noise_image(tiny);
  const models::TensorMap tiny_weights = quantised_weights(tiny, tiny_image, 1.0F);
  write_image(tiny, tiny_weights, tiny_image, {0}, folder / "tiny_first.bin");
  write_image(tiny, tiny_weights, tiny_image, {1}, folder / "tiny_second.bin");
  write_image(tiny, tiny_weights, tiny_image, {0, 1}, folder / "tiny_both.bin");
  const models::ModelConfig odd = odd_model();
  const models::Image odd_image = noise_image(odd);
  write_image(odd, quantised_weights(odd, odd_image, 0.5F), odd_image, {0, 1, 2},
              folder / "odd_all.bin");
  write_short(models::Precision::kW8A8, true, folder / "short_w8a8_tiled.bin");
  write_short(models::Precision::kW16A16, true, folder / "short_w16a16_tiled.bin");
  write_short(models::Precision::kW16A32, false, folder / "short_w16a32.bin");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: kernels_images FOLDER\n");
    return 2;
  }
  try {
    write_images(argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 4;
  }
  return 0;
}
