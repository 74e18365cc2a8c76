// SPDX-License-Identifier: Apache-2.0
// float64_taps_check MODEL IMAGE.png TASK FOLDER: the reference on shipped weights against dumped
// float64 taps.
#include <cstdio>
#include <exception>

#include "models/io/png.hpp"
#include "tests/models/reference/dumped_taps.hpp"

namespace {

int run(char** argv) {
  using namespace edgemoe::models;
  const ModelConfig model = read_model(argv[1]);
  const TensorMap weights = load_weights(model);
  const Reference reference(model, weights);
  const int task = model.task_id(argv[3]);
  const auto verdict = testing::check_dumped_taps(reference, read_png(argv[2]), task, argv[4]);
  for (const std::string& problem : verdict.problems) {
    std::fprintf(stderr, "%s\n", problem.c_str());
  }
  std::printf("%s %s: %d taps, worst NMSE %.3g at %s, %d near-ties\n", argv[2], argv[3],
              verdict.taps, verdict.worst_nmse, verdict.worst_tap.c_str(), verdict.near_ties);
  return verdict.problems.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: float64_taps_check MODEL IMAGE.png TASK FOLDER\n");
    return 2;
  }
  try {
    return run(argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 4;
  }
}
