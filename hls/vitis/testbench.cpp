// SPDX-License-Identifier: Apache-2.0
/// Test bench of edgemoe_top for C simulation and co-simulation: runs an image, compares the whole
/// memory.
///
///   testbench IMAGE EXPECTED
/// IMAGE is a DRAM image of at most kMemoryWords words, EXPECTED the same image after the run.
/// Exit code: 0 equal and no error, 1 otherwise, 2 for unusable files.
#include <cstdint>
#include <cstdio>
#include <vector>

#include "hls/top/edgemoe_top.hpp"

namespace {

using edgemoe::hls::Word;

/// `depth` of the memory port in edgemoe_top.cpp: co-simulation copies this many words.
constexpr std::size_t kMemoryWords = 1048576;

/// The file's words; empty when it cannot be read, is no whole number of words, or is too large.
std::vector<Word> read_words(const char* path) {
  std::vector<Word> words;
  std::FILE* file = std::fopen(path, "rb");
  if (file == nullptr) return words;
  std::uint8_t bytes[4];
  std::size_t got = 0;
  while ((got = std::fread(bytes, 1, 4, file)) == 4 && words.size() < kMemoryWords) {
    words.push_back(edgemoe::hls::word_of_bytes(bytes));
  }
  const bool complete = got == 0 && std::feof(file) != 0;
  std::fclose(file);
  if (!complete) words.clear();
  return words;
}

int compare(const std::vector<Word>& memory, const std::vector<Word>& expected) {
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (memory[i] == expected[i]) continue;
    std::printf("word %zu: got %08x, expected %08x\n", i, static_cast<unsigned>(memory[i]),
                static_cast<unsigned>(expected[i]));
    return 1;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: testbench IMAGE EXPECTED\n");
    return 2;
  }
  std::vector<Word> memory = read_words(argv[1]);
  const std::vector<Word> expected = read_words(argv[2]);
  if (memory.empty() || memory.size() != expected.size()) {
    std::fprintf(stderr, "testbench: %s and %s are not two images of one size\n", argv[1], argv[2]);
    return 2;
  }
  const std::uint64_t bytes = memory.size() * 4;
  memory.resize(kMemoryWords);
  edgemoe::hls::StatusRegisters status = {};
  edgemoe_top(memory.data(), bytes, &status);
  std::printf("error %u at command %u, %llu products\n", static_cast<unsigned>(status.error),
              static_cast<unsigned>(status.failed_command),
              static_cast<unsigned long long>(status.macs));
  return status.error == 0 ? compare(memory, expected) : 1;
}
