// SPDX-License-Identifier: Apache-2.0
// How long do the kernels take for M3ViT-tiny (exact values, one core)? Median of N runs after one
// warm-up, with and without an observer that reads every tap.
//
//   kernels_speed [TASKS=1] [RUNS=9] [SEED=1] [MODEL=tiny | nyud-small] [PRECISION=w8a8]
// nyud-small: M3ViT-small on 480 x 640 pixels (1,201 tokens). Prints: macs, seconds without and
// with taps, GMAC/s, an FNV-1a hash of the result region (its bits), processor seconds, memory, and
// what saturated.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "hls/program/encoding.hpp"
#include "hls/top/accelerator.hpp"
#include "host/compiler/lowered.hpp"
#include "tests/host/compiler/sample_model.hpp"

namespace {

using namespace edgemoe;

/// Touches every value, as a host that collects taps does.
class Reader : public hls::Observer {
 public:
  void on_row(const program::Command&, hls::TapPoint, int, int, const std::int32_t* values,
              int count, std::uint32_t) override {
    for (int i = 0; i < count; ++i) sum += values[i];
  }
  std::int64_t sum = 0;
};

double seconds_of_run(std::vector<std::uint8_t> image, hls::Observer* observer,
                      hls::RunStatus* status, std::vector<std::uint8_t>* after) {
  hls::SimulationHooks hooks;
  hooks.observer = observer;
  const auto start = std::chrono::steady_clock::now();
  *status = hls::run_program(image.data(), image.size(), hooks);
  const double wall =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  *after = std::move(image);
  return wall;
}

double median_of(const std::vector<std::uint8_t>& image, int runs, hls::Observer* observer,
                 hls::RunStatus* status, std::vector<std::uint8_t>* after) {
  std::vector<double> walls;
  for (int i = 0; i <= runs; ++i) walls.push_back(seconds_of_run(image, observer, status, after));
  walls.erase(walls.begin());
  std::sort(walls.begin(), walls.end());
  return walls[walls.size() / 2];
}

std::uint64_t hash_results(const std::vector<std::uint8_t>& image) {
  program::ImageHeader header;
  program::decode_header(image.data(), header);
  std::uint64_t hash = 14695981039346656037ull;
  for (std::uint64_t i = 0; i < header.result_bytes; ++i) {
    hash = (hash ^ image[header.result_address + i]) * 1099511628211ull;
  }
  return hash;
}

models::Image noise_image(const models::ModelConfig& model, std::uint64_t seed) {
  models::Image image;
  image.width = model.image.width;
  image.height = model.image.height;
  image.rgb.resize(static_cast<std::size_t>(3) * image.width * image.height);
  std::mt19937_64 random(seed);
  for (auto& value : image.rgb) value = static_cast<std::uint8_t>(random());
  return image;
}

/// The published small model in the shape of NYUD-v2: 39 GMAC a task.
models::ModelConfig nyud_small() {
  models::ModelConfig model = host::tiny_model();
  model.image.height = 480;
  model.image.width = 640;
  model.embed_dim = 384;
  model.heads = 12;
  model.mlp_hidden = 1536;
  model.moe.hidden = 768;
  return model;
}

models::DesignConfig roomy_design() {
  models::DesignConfig design = host::sample_design();
  design.buffers.max_tokens = 2432;
  design.buffers.max_embed_dim = 384;
  design.buffers.max_hidden = 1536;
  design.buffers.weight_ring_rows = 16384;
  return design;
}

}  // namespace

int main(int argc, char** argv) {
  const int tasks = argc > 1 ? std::atoi(argv[1]) : 1;
  const int runs = argc > 2 ? std::atoi(argv[2]) : 9;
  const std::uint64_t seed = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1;
  const bool large = argc > 4 && std::string(argv[4]) == "nyud-small";
  const models::ModelConfig model = large ? nyud_small() : host::tiny_model();
  models::DesignConfig design = large ? roomy_design() : host::sample_design();
  if (argc > 5 && std::string(argv[5]) == "w16a32") design.precision = models::Precision::kW16A32;
  host::CompileOptions options;
  for (int t = 0; t < tasks; ++t) options.tasks.push_back(t);
  host::LoweredProgram lowered =
      host::compile(model, host::sample_weights(model, seed), design, options);
  host::set_pixels(lowered, noise_image(model, seed));
  hls::RunStatus status;
  std::vector<std::uint8_t> after;
  Reader reader;
  const double plain = median_of(lowered.image, runs, nullptr, &status, &after);
  const double tapped = median_of(lowered.image, runs, &reader, &status, &after);
  if (status.error != hls::RunError::kNone) {
    fmt::print(stderr, "command {}: error {}\n", status.failed_command,
               static_cast<int>(status.error));
    return 1;
  }
  fmt::print(
      "{}, {} task(s), seed {}: {} macs, {:.3f} s, {:.3f} s with taps, {:.1f} GMAC/s, results "
      "{:016x}\n",
      large ? "nyud-small" : "tiny", tasks, seed, status.macs, plain, tapped,
      static_cast<double>(status.macs) * 1e-9 / plain, hash_results(after));
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print("processor {:.2f} s for {} runs, {:.0f} MB\n",
             static_cast<double>(usage.ru_utime.tv_sec) +
                 1e-6 * static_cast<double>(usage.ru_utime.tv_usec),
             2 * (runs + 1), static_cast<double>(usage.ru_maxrss) / 1024.0);
  fmt::print("saturations: residual {}, requantiser {}, int8 {}\n", status.residual_saturations,
             status.accumulator_saturations, status.int8_saturations);
  return 0;
}
