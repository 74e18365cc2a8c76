// SPDX-License-Identifier: Apache-2.0
// dump_dataset DIR SPLIT HEIGHT WIDTH OUT TASK...: what the reader makes of a split, as
// OUT/NAME.TASK.npy, for the Python reader's test to compare with.
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "models/datasets/dataset.hpp"
#include "models/io/npy.hpp"

namespace {

using namespace edgemoe::models;

ModelConfig model_of(int height, int width, char** tasks, int count) {
  const std::map<std::string, TaskKind> kinds{
      {"semseg", TaskKind::kSemseg},   {"depth", TaskKind::kDepth},
      {"normals", TaskKind::kNormals}, {"human_parts", TaskKind::kHumanParts},
      {"sal", TaskKind::kSaliency},    {"edge", TaskKind::kEdge}};
  ModelConfig model;
  model.image.height = height;
  model.image.width = width;
  for (int i = 0; i < count; ++i) {
    TaskConfig task;
    task.name = tasks[i];
    task.kind = kinds.at(task.name);
    task.classes.resize(7, "class");
    model.tasks.push_back(task);
  }
  return model;
}

Tensor tensor_of(const GrayImage& image) {
  return {{1, image.height, image.width}, {image.data.begin(), image.data.end()}};
}

void dump(const std::string& prefix, const DatasetItem& item) {
  const GroundTruth& truth = item.truth;
  write_npy(prefix + ".image.npy", {{item.image.height, item.image.width, 3},
                                    {item.image.rgb.begin(), item.image.rgb.end()}});
  if (truth.semseg) write_npy(prefix + ".semseg.npy", tensor_of(*truth.semseg));
  if (truth.human_parts) write_npy(prefix + ".human_parts.npy", tensor_of(*truth.human_parts));
  if (truth.saliency) write_npy(prefix + ".sal.npy", tensor_of(*truth.saliency));
  if (truth.edge) write_npy(prefix + ".edge.npy", tensor_of(*truth.edge));
  if (truth.depth) write_npy(prefix + ".depth.npy", *truth.depth);
  if (truth.normals) write_npy(prefix + ".normals.npy", *truth.normals);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 7) return 2;
  try {
    const ModelConfig model = model_of(std::atoi(argv[3]), std::atoi(argv[4]), argv + 6, argc - 6);
    const auto dataset = open_dataset(argv[1], argv[2], model);
    for (std::size_t i = 0; i < dataset->size(); ++i)
      dump(std::string(argv[5]) + "/" + dataset->name(i), dataset->load(i));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 4;
  }
  return 0;
}
