// SPDX-License-Identifier: Apache-2.0
// Every file of the corpus, and some thousand damaged ones, through its reader: none does more than
// refuse. This is what continuous integration runs; the search itself is libFuzzer's (README.md).
#include <algorithm>
#include <map>
#include <vector>

#include "tests/fuzz/targets.hpp"
#include "tests/models/io/temp_folder.hpp"

namespace edgemoe::fuzz {
namespace {

namespace fs = std::filesystem;

struct Target {
  const char* name;
  int (*run)(const std::uint8_t*, std::size_t);
  int damaged;  ///< variants of each file
};

class Replay : public ::testing::TestWithParam<Target> {
 protected:
  static std::vector<fs::path> corpus() {
    std::vector<fs::path> files;
    const fs::path folder = fs::path(EDGEMOE_SOURCE_DIR) / "tests/fuzz/corpus" / GetParam().name;
    for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
  }
  static void run(const std::string& bytes) {
    GetParam().run(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  }
};

TEST_P(Replay, FilesOfTheCorpusAreReadOrRefused) {
  const std::vector<fs::path> files = corpus();
  EXPECT_FALSE(files.empty());
  for (const fs::path& file : files) {
    SCOPED_TRACE(file);
    EXPECT_NO_THROW(run(tests::bytes_of(file)));
  }
  EXPECT_NO_THROW(run(""));
}

TEST_P(Replay, DamagedFilesToo) {
  tests::Random random(11);
  for (const fs::path& file : corpus()) {
    const std::string whole = tests::bytes_of(file);
    for (int i = 0; i < GetParam().damaged; ++i)
      ASSERT_NO_THROW(run(tests::damaged(whole, &random))) << file;
  }
}

INSTANTIATE_TEST_SUITE_P(Readers, Replay,
                         ::testing::Values(Target{"safetensors", safetensors, 300},
                                           Target{"npy", npy, 300}, Target{"png", png, 200},
                                           Target{"jpeg", jpeg, 200}, Target{"mat", mat, 300},
                                           Target{"yaml", yaml, 60},
                                           Target{"program", program, 40}),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace edgemoe::fuzz
