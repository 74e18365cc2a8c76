// SPDX-License-Identifier: Apache-2.0
// Writes DIR/image.bin and DIR/expected.bin: a small two-task network before and after its run, for
// the test bench in hls/vitis. The expected memory is the naive model's, not the kernels'.
#include <cstdio>
#include <string>

#include "hls/program/weight_layout.hpp"
#include "tests/hls/top/network.hpp"

namespace {

bool write_file(const std::string& path, const std::vector<std::uint8_t>& bytes) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return false;
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  return (std::fclose(file) == 0) && written;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: edgemoe_vitis_vectors DIR\n");
    return 2;
  }
  edgemoe::testing::Network network = edgemoe::testing::make_network({});
  const std::vector<std::uint8_t> image = network.builder.finish();
  std::vector<std::uint8_t> expected = image;
  std::uint8_t* at = expected.data() + network.result_address;
  for (const auto& segment : network.results) {
    for (const auto& row : segment) {
      for (auto value : row) {
        edgemoe::program::put_word(at, static_cast<std::int32_t>(value));
        at += 4;
      }
    }
  }
  const std::string folder = argv[1];
  if (write_file(folder + "/image.bin", image) && write_file(folder + "/expected.bin", expected))
    return 0;
  std::fprintf(stderr, "edgemoe_vitis_vectors: cannot write to %s\n", argv[1]);
  return 1;
}
