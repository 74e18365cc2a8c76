// SPDX-License-Identifier: Apache-2.0
// The checker of dumped taps itself, on dumps of the naive implementation.
#include "tests/models/reference/dumped_taps.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "models/io/npy.hpp"
#include "tests/models/reference/naive.hpp"
#include "tests/models/reference/test_models.hpp"

namespace edgemoe::models::testing {
namespace {

class DumpedTaps : public ::testing::Test {
 protected:
  DumpedTaps()
      : weights_(synthetic_weights(model_, 51)),
        reference_(model_, weights_),
        taps_(run_naive(model_, weights_, image_, 0)) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~DumpedTaps() override { std::filesystem::remove_all(folder_); }

  DumpVerdict check() {
    for (const auto& [name, values] : taps_) {
      Tensor tensor{{static_cast<std::int64_t>(values.size())}, {values.begin(), values.end()}};
      write_npy(folder_ / (name + ".npy"), tensor);
    }
    return check_dumped_taps(reference_, image_, 0, folder_);
  }

  const ModelConfig model_ = small_model();
  const Image image_ = test_image(32, 48, 51);
  const TensorMap weights_;
  const Reference reference_;
  NaiveTaps taps_;
  const std::filesystem::path folder_ = std::filesystem::temp_directory_path() /
                                        ("edgemoe_dumped_taps_test." + std::to_string(getpid()));
};

TEST_F(DumpedTaps, AnIndependentDumpPasses) {
  const std::size_t count = taps_.size();
  const DumpVerdict verdict = check();
  EXPECT_EQ(verdict.problems, std::vector<std::string>{});
  EXPECT_EQ(static_cast<std::size_t>(verdict.taps), count);
  EXPECT_GT(verdict.worst_nmse, 0.0);
}

TEST_F(DumpedTaps, ASmallErrorInOneTapIsFound) {
  for (double& value : taps_.at("l02.mlp.out")) {
    value *= 1.0 + 1e-4;
  }
  const DumpVerdict verdict = check();
  ASSERT_EQ(verdict.problems.size(), 1u);
  EXPECT_EQ(verdict.problems[0].rfind("l02.mlp.out: NMSE ", 0), 0u) << verdict.problems[0];
  EXPECT_NEAR(verdict.worst_nmse, 1e-8, 1e-10);
  EXPECT_EQ(verdict.worst_tap, "l02.mlp.out");
}

TEST_F(DumpedTaps, AMissingTapIsFoundUnlessItIsExtra) {
  taps_.erase("l00.attn");
  taps_.erase("l01.moe.hidden");
  const DumpVerdict verdict = check();
  EXPECT_EQ(verdict.problems, std::vector<std::string>{"l00.attn: not dumped"});
}

TEST_F(DumpedTaps, AnotherChoiceWithoutANearTieIsFound) {
  std::vector<double>& index = taps_.at("l03.moe.index");
  std::swap(index[2], index[3]);
  const DumpVerdict verdict = check();
  EXPECT_EQ(verdict.near_ties, 1);
  const std::string expected = "l03.moe.index: token 1 went to other experts without a near-tie";
  EXPECT_NE(std::find(verdict.problems.begin(), verdict.problems.end(), expected),
            verdict.problems.end());
}

}  // namespace
}  // namespace edgemoe::models::testing
