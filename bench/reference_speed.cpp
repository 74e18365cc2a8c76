// SPDX-License-Identifier: Apache-2.0
// How long does the float reference take for one task?
//
//   reference_speed MODEL             ten rounds, milliseconds of backbone and head
//   reference_speed MODEL --serve DIR writes DIR/weights.safetensors, DIR/image.npy, then answers
//   each line `TASK COUNT` on
//                                     standard input with the median milliseconds of COUNT backbone
//                                     passes and writes DIR/tokens.npy. For
//                                     bench/reference_vs_torch.py.
// OpenBLAS threads: as the environment says (OPENBLAS_NUM_THREADS).
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>

#include "models/io/npy.hpp"
#include "models/io/safetensors.hpp"
#include "models/reference/network.hpp"

namespace {

using edgemoe::models::Image;
using edgemoe::models::ModelConfig;
using edgemoe::models::Reference;
using edgemoe::models::TaskResult;
using edgemoe::models::Tensor;

/// Smooth colours with a texture: the speed depends on the routing, hence on the picture, only a
/// little.
Image make_image(const ModelConfig& model) {
  Image image{model.image.height, model.image.width, {}};
  unsigned state = 1;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      for (int c = 0; c < 3; ++c) {
        state = state * 1664525u + 1013904223u;
        const int level = (x * (c + 1) + 2 * y) % 200 + static_cast<int>(state >> 27);
        image.rgb.push_back(static_cast<std::uint8_t>(level));
      }
    }
  }
  return image;
}

template <class Work>
double median_ms(int count, const Work& work) {
  std::vector<double> times;
  for (int i = 0; i < count; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - begin;
    times.push_back(time.count());
  }
  std::nth_element(times.begin(), times.begin() + count / 2, times.end());
  return times[static_cast<std::size_t>(count / 2)];
}

int serve(const Reference& backbone, const Image& image, const std::filesystem::path& folder) {
  Tensor pixels{{image.height, image.width, 3}, {image.rgb.begin(), image.rgb.end()}};
  write_npy(folder / "image.npy", pixels);
  std::cout << "ready" << std::endl;
  int task = 0, count = 0;
  while (std::cin >> task >> count) {
    TaskResult result;
    std::cout << median_ms(std::max(1, count), [&] { result = backbone.run(image, task); }) << " ";
    write_npy(folder / "tokens.npy", result.tokens);
    std::cout << "ms" << std::endl;
  }
  return 0;
}

int run(int argc, char** argv) {
  const bool serves = argc == 4 && std::string(argv[2]) == "--serve";
  if (argc != 2 && !serves) {
    std::fprintf(stderr, "usage: reference_speed MODEL [--serve DIR]\n");
    return 2;
  }
  const ModelConfig model = edgemoe::models::read_model(argv[1]);
  const auto tensors = edgemoe::models::load_weights(model);
  ModelConfig headless = model;
  auto backbone_tensors = tensors;
  for (auto& task : headless.tasks) {
    task.head.reset();
  }
  for (auto it = backbone_tensors.begin(); it != backbone_tensors.end();) {
    it = it->first.rfind("decoders.", 0) == 0 ? backbone_tensors.erase(it) : std::next(it);
  }
  const Reference backbone(headless, backbone_tensors);
  const Image image = make_image(model);
  if (serves) {
    write_safetensors(std::filesystem::path(argv[3]) / "weights.safetensors", backbone_tensors);
    return serve(backbone, image, argv[3]);
  }
  const Reference whole(model, tensors);
  for (int task = 0; task < static_cast<int>(model.tasks.size()); ++task) {
    TaskResult result = backbone.run(image, task);
    const double body = median_ms(10, [&] { result = backbone.run(image, task); });
    const double head = median_ms(10, [&] { whole.head_forward(result.tokens, task); });
    std::printf("%s: backbone %.2f ms, head %.2f ms\n",
                model.tasks[static_cast<std::size_t>(task)].name.c_str(), body, head);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 4;
  }
}
