// SPDX-License-Identifier: Apache-2.0
// make_corpus DIR: the seeds in tests/fuzz/corpus, one small sound file of every kind that a reader
// knows; libFuzzer's finds are added to them by hand.
#include <filesystem>
#include <fstream>
#include <string>

#include "host/compiler/lowered.hpp"
#include "models/io/npy.hpp"
#include "models/io/png.hpp"
#include "models/io/safetensors.hpp"
#include "tests/host/compiler/sample_model.hpp"
#include "tests/models/io/jpeg_writer.hpp"
#include "tests/models/io/mat_writer.hpp"

namespace {

using namespace edgemoe;
namespace fs = std::filesystem;
namespace mat = tests::mat;

void write(const fs::path& file, const std::string& bytes) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << bytes;
}

std::string bytes_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

models::Image picture(int height, int width) {
  models::Image image{height, width, {}};
  for (int i = 0; i < 3 * height * width; ++i)
    image.rgb.push_back(static_cast<std::uint8_t>(i * 7));
  return image;
}

void make_files(const fs::path& out) {
  fs::create_directories(out / "safetensors");
  fs::create_directories(out / "npy");
  fs::create_directories(out / "png");
  models::write_safetensors(out / "safetensors/f32.bin",
                            {{"a.b", {{2, 2}, {1, 2, 3, 4}}}, {"c", {{0}, {}}}});
  models::write_safetensors(out / "safetensors/f16.bin", {{"a", {{3}, {1, 2, 3}}}},
                            models::StoredType::kF16);
  models::write_npy(out / "npy/f4.bin", {{2, 3}, {1, 2, 3, 4, 5, 6}});
  models::write_npy_int32(out / "npy/i4.bin", {2}, {-1, 7});
  models::write_png(out / "png/rgb.bin", picture(3, 5));
  models::write_png_gray(out / "png/gray.bin", {2, 2, 8, {0, 1, 2, 255}});
  models::write_png_gray(out / "png/gray16.bin", {2, 2, 16, {0, 1, 2, 65535}});
  write(out / "jpeg/rgb.bin", tests::jpeg_bytes(picture(9, 10)));
  write(out / "jpeg/gray.bin", tests::jpeg_bytes(picture(4, 4), 1));
  const std::string parts =
      mat::structure({"part_name", "mask"}, 1, {mat::text("head"), mat::bytes(2, 2, {0, 1, 1, 0})});
  write(out / "mat/plain.bin",
        mat::file(mat::bytes(2, 3, {1, 2, 3, 4, 5, 6}, "LabelMap") + mat::number(2.5, "x")));
  write(out / "mat/nested.bin", mat::file(mat::compressed(mat::structure(
                                    {"class_ind", "parts"}, 1, {mat::number(15), parts}, "anno"))));
}

void make_yaml(const fs::path& out) {
  const fs::path root = EDGEMOE_SOURCE_DIR;
  write(out / "yaml/model.bin",
        std::string(1, '\0') + bytes_of(root / "models/zoo/test-tiny-synthetic/model.yaml"));
  write(out / "yaml/design.bin", "\1" + bytes_of(root / "constraints/designs/m3-test.yaml"));
  write(out / "yaml/board.bin", "\2" + bytes_of(root / "constraints/boards/zcu102.yaml"));
  write(out / "yaml/loops.bin", "\3" + bytes_of(root / "constraints/published/example.yaml"));
}

/// The whole program of a network of two blocks and three tokens, for one task and for two.
void make_program(const fs::path& out) {
  models::ModelConfig model = host::small_model(2);
  model.image.height = 16;
  model.image.width = 32;
  model.embed_dim = model.mlp_hidden = model.moe.hidden = 16;
  model.moe.experts = 3;
  const models::TensorMap weights = host::sample_weights(model, 1);
  for (const bool both : {false, true}) {
    const host::LoweredProgram program =
        host::compile(model, weights, host::sample_design(),
                      {both ? std::vector<int>{0, 1} : std::vector<int>{1}});
    write(out / (both ? "program/two_tasks.bin" : "program/one_task.bin"),
          std::string(program.image.begin(), program.image.end()));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  make_files(argv[1]);
  make_yaml(argv[1]);
  make_program(argv[1]);
  return 0;
}
