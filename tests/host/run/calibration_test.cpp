// SPDX-License-Identifier: Apache-2.0
// Kept calibration: made once per set of inputs, never trusted when damaged.
#include "host/run/calibration.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "models/reference/weights.hpp"
#include "tests/host/compiler/sample_model.hpp"

namespace edgemoe::host {
namespace {

namespace fs = std::filesystem;

class Calibration : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() /
              ("edgemoe_calibration_" +
               std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    unsetenv("EDGEMOE_CACHE_DIR");
    model_ = small_model(2);
    model_.folder = folder_ / "model";
    fs::create_directories(model_.folder);
    weights_ = models::synthetic_weights(model_, 3);
    images_.push_back(picture(1));
  }
  void TearDown() override {
    unsetenv("EDGEMOE_CACHE_DIR");
    fs::remove_all(folder_);
  }

  models::Image picture(int seed) const {
    models::Image image{model_.image.height, model_.image.width, {}};
    for (int i = 0; i < 3 * image.height * image.width; ++i) {
      image.rgb.push_back(static_cast<std::uint8_t>(i * seed));
    }
    return image;
  }
  CalibrationInputs inputs(program::Precision precision = program::Precision::kW8A8) const {
    return {precision, &model_, &weights_, &images_};
  }
  models::TensorMap run(program::Precision precision = program::Precision::kW8A8) const {
    const models::Reference reference(model_, weights_);
    return calibrated(inputs(precision), reference);
  }
  std::vector<fs::path> files(const fs::path& folder) const {
    std::vector<fs::path> found;
    if (!fs::exists(folder)) return found;
    for (const auto& entry : fs::directory_iterator(folder)) found.push_back(entry.path());
    return found;
  }

  fs::path folder_;
  models::ModelConfig model_;
  models::TensorMap weights_;
  std::vector<models::Image> images_;
};

bool equal(const models::TensorMap& a, const models::TensorMap& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](auto& x, auto& y) {
           return x.first == y.first && x.second.data == y.second.data;
         });
}

TEST_F(Calibration, IsKeptBesideTheModelOnePerPrecision) {
  const models::TensorMap first = run();
  ASSERT_EQ(files(model_.folder / ".calibration").size(), 1u);
  EXPECT_TRUE(equal(run(), first));
  run(program::Precision::kW16A16);
  EXPECT_EQ(files(model_.folder / ".calibration").size(), 2u);
}

TEST_F(Calibration, WhatIsKeptIsUsed) {
  run();
  const fs::path file = files(model_.folder / ".calibration").at(0);
  const fs::file_time_type made = fs::last_write_time(file);
  run();
  EXPECT_EQ(fs::last_write_time(file), made);
}

TEST_F(Calibration, ADamagedFileIsMadeAgain) {
  const models::TensorMap first = run();
  const fs::path file = files(model_.folder / ".calibration").at(0);
  const auto size = fs::file_size(file);
  fs::resize_file(file, size / 2);
  EXPECT_TRUE(equal(run(), first));
  EXPECT_EQ(fs::file_size(file), size);
  std::ofstream(file, std::ios::trunc) << "no tensors";
  EXPECT_TRUE(equal(run(), first));
}

TEST_F(Calibration, GoesToTheCacheFolderWhenTheModelsCannotBeWritten) {
  std::ofstream(model_.folder / ".calibration") << "a file where the folder would be";
  setenv("XDG_CACHE_HOME", (folder_ / "cache").c_str(), 1);
  run();
  EXPECT_EQ(files(folder_ / "cache" / "edgemoe").size(), 1u);
  unsetenv("XDG_CACHE_HOME");
  setenv("EDGEMOE_CACHE_DIR", (folder_ / "own").c_str(), 1);
  run();
  EXPECT_EQ(files(folder_ / "own").size(), 1u);
}

TEST_F(Calibration, KeyFollowsEveryInput) {
  const std::string key = calibration_key(inputs());
  EXPECT_EQ(key.size(), 32u);
  EXPECT_EQ(calibration_key(inputs()), key);
  EXPECT_NE(calibration_key(inputs(program::Precision::kW16A16)), key);
  images_.push_back(picture(7));
  EXPECT_NE(calibration_key(inputs()), key);
  images_.pop_back();
  images_[0].rgb[5] ^= 1;
  EXPECT_NE(calibration_key(inputs()), key);
  images_[0].rgb[5] ^= 1;
  weights_.at("backbone.blocks.0.attn.proj.weight").data[3] += 1e-6F;
  EXPECT_NE(calibration_key(inputs()), key);
  weights_ = models::synthetic_weights(model_, 3);
  EXPECT_EQ(calibration_key(inputs()), key);
  model_.moe.top_k = 1;
  EXPECT_NE(calibration_key(inputs()), key);
}

TEST_F(Calibration, OldFilesGo) {
  for (int i = 0; i < static_cast<int>(kKeptFiles) + 3; ++i) {
    images_[0] = picture(i + 1);
    run();
  }
  EXPECT_EQ(files(model_.folder / ".calibration").size(), kKeptFiles);
}

TEST_F(Calibration, ImagesOfTheWrongSizeKeepNothing) {
  images_.push_back(models::Image{8, 8, std::vector<std::uint8_t>(192)});
  EXPECT_ANY_THROW(run());
  EXPECT_TRUE(files(model_.folder / ".calibration").empty());
}

}  // namespace
}  // namespace edgemoe::host
