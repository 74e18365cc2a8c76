// SPDX-License-Identifier: Apache-2.0
// Small data sets in the published layouts, made here, read back image by image.
#include <algorithm>
#include <cmath>

#include "models/datasets/dataset.hpp"
#include "models/datasets/layouts.hpp"
#include "models/io/error.hpp"
#include "models/io/npy.hpp"
#include "models/io/png.hpp"
#include "models/schema/error.hpp"
#include "tests/models/io/jpeg_writer.hpp"
#include "tests/models/io/mat_writer.hpp"
#include "tests/models/io/temp_folder.hpp"

namespace edgemoe::models {
namespace {

namespace fs = std::filesystem;
namespace mat = tests::mat;
using tests::error_of;

constexpr int kHeight = 4, kWidth = 6;
constexpr std::size_t kPixels = 24;

TaskConfig task(const std::string& name, TaskKind kind, int classes = 0) {
  TaskConfig config;
  config.name = name;
  config.kind = kind;
  for (int c = 0; c < classes; ++c) config.classes.push_back("class_" + std::to_string(c));
  return config;
}

class Datasets : public ::testing::Test {
 protected:
  void SetUp() override {
    model_.image.height = kHeight;
    model_.image.width = kWidth;
  }
  void make(const std::string& name) const { fs::create_directories((root_ / name).parent_path()); }
  void text(const std::string& name, const std::string& bytes) const {
    make(name);
    root_.write(name, bytes);
  }
  void array(const std::string& name, std::vector<std::int64_t> shape,
             std::vector<float> data) const {
    make(name);
    write_npy(root_ / name, {std::move(shape), std::move(data)});
  }
  void gray(const std::string& name, std::vector<std::uint16_t> data, int bits = 8) const {
    make(name);
    write_png_gray(root_ / name, {kHeight, kWidth, bits, std::move(data)});
  }
  void jpeg(const std::string& name, std::uint8_t level) const {
    text(name, tests::jpeg_bytes({kHeight, kWidth, std::vector<std::uint8_t>(3 * kPixels, level)}));
  }
  static std::vector<float> ramp(float first, float step) {
    std::vector<float> values;
    for (std::size_t i = 0; i < kPixels; ++i)
      values.push_back(first + step * static_cast<float>(i));
    return values;
  }
  std::unique_ptr<Dataset> open(const std::string& split = "val") const {
    return open_dataset(root_.path(), split, model_);
  }
  std::string load_failure() const {
    return error_of<DataError>([&] { open()->load(0); });
  }

  tests::TempFolder root_;
  ModelConfig model_;
};

// ---- Cityscapes as arrays

class CityArrays : public Datasets {
 protected:
  void SetUp() override {
    Datasets::SetUp();
    model_.tasks = {task("semseg", TaskKind::kSemseg, 7), task("depth", TaskKind::kDepth)};
    for (const char* i : {"0", "2", "10"}) add(i);
  }
  void add(const std::string& i) const {
    std::vector<float> image;
    for (std::size_t p = 0; p < kPixels; ++p) {
      for (int c = 0; c < 3; ++c)
        image.push_back(static_cast<float>(p * 3 + static_cast<std::size_t>(c)) / 255.0F);
    }
    array("val/image/" + i + ".npy", {kHeight, kWidth, 3}, image);
    std::vector<float> labels = ramp(0, 1);
    for (float& v : labels) v = std::fmod(v, 8.0F) - 1.0F;
    array("val/label_7/" + i + ".npy", {kHeight, kWidth}, labels);
    array("val/depth/" + i + ".npy", {kHeight, kWidth, 1}, ramp(0, 0.01F));
  }
};

TEST_F(CityArrays, ImagesAreInNumericalOrderWithLabelsAndDepth) {
  const auto dataset = open();
  ASSERT_EQ(dataset->size(), 3u);
  EXPECT_EQ(dataset->name(1), "2");
  EXPECT_EQ(dataset->name(2), "10");
  const DatasetItem item = dataset->load(0);
  for (std::size_t i = 0; i < 3 * kPixels; ++i) EXPECT_EQ(item.image.rgb[i], i);
  EXPECT_EQ(item.truth.semseg->data[0], 255);  // -1
  EXPECT_EQ(item.truth.semseg->data[7], 6);
  EXPECT_EQ(item.truth.depth->data[0], 0.0F);
  EXPECT_FLOAT_EQ(item.truth.depth->data[23], 0.23F);
  EXPECT_FALSE(item.truth.normals.has_value());
}

TEST_F(CityArrays, AreBroughtToTheModelsSize) {
  model_.image.height = 2;
  model_.image.width = 3;
  const DatasetItem item = open()->load(0);
  EXPECT_EQ(item.image.rgb.size(), 18u);
  EXPECT_EQ(item.truth.semseg->data, (std::vector<std::uint16_t>{6, 0, 2, 2, 4, 6}));
  EXPECT_EQ(item.truth.depth->shape, (std::vector<std::int64_t>{1, 2, 3}));
}

TEST_F(CityArrays, ArraysOfOtherShapesAndValuesAreRefused) {
  array("val/image/0.npy", {kHeight, kWidth}, ramp(0, 0));
  EXPECT_HAS(load_failure(),
             "image/0.npy: error: array: expected shape [height, width, 3], got [4, 6]");
  array("val/image/0.npy", {kHeight, kWidth, 3}, std::vector<float>(72, 200.0F));
  EXPECT_HAS(load_failure(), "expected pixels in [0, 1], got 200");
  add("0");
  array("val/label_7/0.npy", {kHeight, kWidth}, ramp(0, 1));
  EXPECT_HAS(load_failure(), "expected classes 0..6, -1 or 255, got 7");
  array("val/label_7/0.npy", {1, 2}, {0, 0});
  EXPECT_HAS(load_failure(),
             "label_7/0.npy: error: labels: expected the size of its image, 6 x 4, got 2 x 1");
}

TEST_F(CityArrays, AnAbsentSplitNamesWhatWasLookedFor) {
  EXPECT_HAS(error_of<ConfigError>([&] { open("test"); }), "for split \"test\"");
  EXPECT_HAS(error_of<ConfigError>([&] { open("../val"); }), "expected the name of a split");
  EXPECT_HAS(error_of<DataError>([&] { open_dataset(root_ / "none", "val", model_); }),
             "expected a folder");
}

// ---- Cityscapes as pictures

class CityPictures : public Datasets {
 protected:
  void SetUp() override {
    Datasets::SetUp();
    model_.tasks = {task("semseg", TaskKind::kSemseg, 7), task("depth", TaskKind::kDepth)};
    make("leftImg8bit/val/bonn/x");
    write_png(root_ / "leftImg8bit/val/bonn/bonn_0_leftImg8bit.png",
              {kHeight, kWidth, std::vector<std::uint8_t>(72, 9)});
    std::vector<std::uint16_t> ids{0, 7, 8, 11, 17, 21, 23, 24, 33, 34};
    ids.resize(kPixels, 26);
    gray("gtFine/val/bonn/bonn_0_gtFine_labelIds.png", ids);
    std::vector<std::uint16_t> disparity(kPixels, 0);
    disparity[1] = 1;
    disparity[2] = 1 + 256 * 64;
    gray("disparity/val/bonn/bonn_0_disparity.png", disparity, 16);
  }
};

TEST_F(CityPictures, LabelNumbersBecomeSevenCategories) {
  const DatasetItem item = open()->load(0);
  const std::vector<std::uint16_t> first(item.truth.semseg->data.begin(),
                                         item.truth.semseg->data.begin() + 11);
  EXPECT_EQ(first, (std::vector<std::uint16_t>{255, 0, 0, 1, 2, 3, 4, 5, 6, 255, 6}));
  EXPECT_EQ(open()->name(0), "bonn_0");
}

TEST_F(CityPictures, OrTheNineteenClassesOfTheBenchmark) {
  model_.tasks[0] = task("semseg", TaskKind::kSemseg, 19);
  const DatasetItem item = open()->load(0);
  const std::vector<std::uint16_t> first(item.truth.semseg->data.begin(),
                                         item.truth.semseg->data.begin() + 11);
  EXPECT_EQ(first, (std::vector<std::uint16_t>{255, 0, 1, 2, 5, 8, 10, 11, 18, 255, 13}));
  model_.tasks[0] = task("semseg", TaskKind::kSemseg, 5);
  EXPECT_HAS(error_of<ConfigError>([&] { open(); }), "expected 7 or 19 classes");
}

TEST_F(CityPictures, DisparityIsInverseDepthAndZeroIsNone) {
  const Tensor depth = *open()->load(0).truth.depth;
  EXPECT_EQ(depth.data[0], 0.0F);
  EXPECT_EQ(depth.data[1], 0.0F);
  EXPECT_FLOAT_EQ(depth.data[2], 0.5F);
  gray("disparity/val/bonn/bonn_0_disparity.png", std::vector<std::uint16_t>(kPixels, 1));
  EXPECT_HAS(load_failure(), "expected 16 bits of disparity");
}

// ---- NYUD-v2

class NyudLayout : public Datasets {
 protected:
  void SetUp() override {
    Datasets::SetUp();
    model_.tasks = {task("semseg", TaskKind::kSemseg, 40), task("normals", TaskKind::kNormals),
                    task("edge", TaskKind::kEdge), task("depth", TaskKind::kDepth)};
    text("gt_sets/val.txt", "0001\r\n0007\n\n");
    for (const char* name : {"0001", "0007"}) {
      const std::string n = name;
      jpeg("images/" + n + ".jpg", 100);
      std::vector<std::uint16_t> labels(kPixels, 40);
      labels[0] = 0;
      labels[1] = 1;
      gray("segmentation/" + n + ".png", labels);
      array("depth/" + n + ".npy", {kHeight, kWidth}, ramp(0, 0.4F));
      std::vector<float> normals(3 * kPixels, 0.0F);
      normals[3 * 5 + 2] = 1.0F;
      array("normals/" + n + ".npy", {kHeight, kWidth, 3}, normals);
      std::vector<float> edges(kPixels, 0.0F);
      edges[9] = 1.0F;
      array("edge/" + n + ".npy", {kHeight, kWidth}, edges);
    }
  }
};

TEST_F(NyudLayout, EveryTaskIsReadAndLabelsCountFromZero) {
  const auto dataset = open();
  EXPECT_EQ(dataset->layout(), "NYUD-v2");
  ASSERT_EQ(dataset->size(), 2u);
  EXPECT_EQ(dataset->name(1), "0007");
  const GroundTruth truth = dataset->load(1).truth;
  EXPECT_EQ(truth.semseg->data[0], 255);
  EXPECT_EQ(truth.semseg->data[1], 0);
  EXPECT_EQ(truth.semseg->data[2], 39);
  EXPECT_FLOAT_EQ(truth.depth->data[23], 9.2F);
  EXPECT_EQ(truth.normals->data[2 * kPixels + 5], 1.0F);
  EXPECT_EQ(truth.edge->data[9], 1);
  EXPECT_EQ(truth.edge->data[8], 0);
}

TEST_F(NyudLayout, OnlyWhatTheTasksNeedIsRead) {
  fs::remove_all(root_ / "normals");
  EXPECT_HAS(load_failure(), "normals/0001.npy");
  model_.tasks = {task("depth", TaskKind::kDepth)};
  const GroundTruth truth = open()->load(0).truth;
  EXPECT_TRUE(truth.depth && !truth.semseg && !truth.normals && !truth.edge);
}

TEST_F(NyudLayout, ListsWithoutPlainNamesAreRefused) {
  text("gt_sets/val.txt", "../../etc/passwd\n");
  EXPECT_HAS(error_of<DataError>([&] { open(); }),
             "val.txt:1: error: split: expected a plain name");
  text("gt_sets/val.txt", "\n\n");
  EXPECT_HAS(error_of<DataError>([&] { open(); }), "expected names, got none");
  EXPECT_HAS(error_of<ConfigError>([&] { open("train"); }), "train.txt: error: --split");
}

TEST_F(NyudLayout, ADamagedPictureIsNamed) {
  text("images/0001.jpg", "\x89PNG");
  EXPECT_HAS(load_failure(), "images/0001.jpg: error: image: expected a JPEG file");
}

// ---- PASCAL-Context

class Pascal : public Datasets {
 protected:
  void SetUp() override {
    Datasets::SetUp();
    model_.tasks = {task("semseg", TaskKind::kSemseg, 21),
                    task("human_parts", TaskKind::kHumanParts, 7), task("sal", TaskKind::kSaliency),
                    task("normals", TaskKind::kNormals), task("edge", TaskKind::kEdge)};
    text("ImageSets/Context/val.txt", "2008_000008\n");
    jpeg("JPEGImages/2008_000008.jpg", 50);
    gray("semseg/VOC12/2008_000008.png", std::vector<std::uint16_t>(kPixels, 15));
    std::vector<std::uint16_t> salient(kPixels, 127);
    salient[3] = 128;
    gray("sal_distill/2008_000008.png", salient);
    make("normals_distill/x");
    write_png(root_ / "normals_distill/2008_000008.png",
              {kHeight, kWidth, std::vector<std::uint8_t>(72, 255)});
    // Left half floor (158, has normals), right half fence (144, none).
    std::vector<std::uint8_t> regions(kPixels, 158);
    for (std::size_t i = 12; i < kPixels; ++i) regions[i] = 144;
    text("pascal-context/trainval/2008_000008.mat",
         mat::file(mat::compressed(mat::bytes(kHeight, kWidth, regions, "LabelMap"))));
    write_parts(15, "lfoot");
  }
  void write_parts(double kind, const std::string& part) const {
    std::vector<std::uint8_t> mask(kPixels, 0);
    mask[4] = 1;  // by columns: row 0, column 1
    const std::string parts = mat::structure(
        {"part_name", "mask"}, 2,
        {mat::text("head"), mat::bytes(kHeight, kWidth, std::vector<std::uint8_t>(kPixels, 0)),
         mat::text(part), mat::bytes(kHeight, kWidth, mask)});
    const std::string whole = mat::bytes(kHeight, kWidth, std::vector<std::uint8_t>(kPixels, 1));
    const std::string objects =
        mat::structure({"class", "class_ind", "mask", "parts"}, 2,
                       {mat::text("dog"), mat::number(12), whole, mat::element(14, ""),
                        mat::text("person"), mat::number(kind), whole, parts});
    text("human_parts/2008_000008.mat",
         mat::file(mat::compressed(mat::structure({"imname", "objects"}, 1,
                                                  {mat::text("2008_000008"), objects}, "anno"))));
  }
};

std::ptrdiff_t without_part(const GroundTruth& truth) {
  const std::vector<std::uint16_t>& parts = truth.human_parts.value().data;
  return std::count(parts.begin(), parts.end(), 0);
}

TEST_F(Pascal, EveryTaskIsRead) {
  const auto dataset = open();
  EXPECT_EQ(dataset->layout(), "PASCAL-Context");
  const GroundTruth truth = dataset->load(0).truth;
  EXPECT_EQ(truth.semseg->data[0], 15);
  EXPECT_EQ(truth.saliency->data[2], 0);
  EXPECT_EQ(truth.saliency->data[3], 1);
  EXPECT_EQ(truth.human_parts.value().data[1], 6);
  EXPECT_EQ(without_part(truth), 23);
  EXPECT_FLOAT_EQ(truth.normals->data[0], 1.0F);
  EXPECT_EQ(truth.normals->data[4], 0.0F) << "this region has no normals";
}

TEST_F(Pascal, EdgesAreThinLinesBetweenRegions) {
  const GrayImage edge = *open()->load(0).truth.edge;
  for (std::size_t y = 0; y < 4; ++y) {
    const auto row = edge.data.begin() + static_cast<std::ptrdiff_t>(y * kWidth);
    EXPECT_EQ(row[0] + row[1] + row[4] + row[5], 0) << y;
    EXPECT_LE(row[2] + row[3], 1) << y;
  }
  EXPECT_GT(std::count(edge.data.begin(), edge.data.end(), 1), 0);
}

TEST_F(Pascal, SegmentationFallsBackToTheOtherFolder) {
  fs::remove(root_ / "semseg/VOC12/2008_000008.png");
  EXPECT_HAS(load_failure(), "semseg/pascal-context/2008_000008.png");
  gray("semseg/pascal-context/2008_000008.png", std::vector<std::uint16_t>(kPixels, 3));
  EXPECT_EQ(open()->load(0).truth.semseg->data[0], 3);
}

TEST_F(Pascal, AnImageWithoutPeopleHasNoParts) {
  write_parts(13, "lfoot");
  const GroundTruth truth = open()->load(0).truth;
  EXPECT_EQ(without_part(truth), 24);
}

TEST_F(Pascal, UnknownPartsAndOtherFilesAreRefused) {
  write_parts(15, "tail");
  EXPECT_HAS(load_failure(), "expected a known part of a person, got \"tail\"");
  text("human_parts/2008_000008.mat", mat::file(mat::number(1, "other")));
  EXPECT_HAS(load_failure(), "expected a variable anno, got none");
  text("human_parts/2008_000008.mat", mat::file(mat::number(1, "anno")));
  EXPECT_HAS(load_failure(), "expected anno.objects, got none");
}

// ---- Edges

TEST(Thinning, ABarBecomesALineAndALineStays) {
  std::vector<std::uint16_t> bar(5 * 9, 0);
  for (std::size_t y = 1; y < 4; ++y) {
    for (std::size_t x = 1; x < 8; ++x) bar[y * 9 + x] = 1;
  }
  thin(5, 9, &bar);
  for (std::size_t x = 0; x < 9; ++x) EXPECT_LE(bar[9 + x] + bar[18 + x] + bar[27 + x], 1) << x;
  EXPECT_GE(std::count(bar.begin(), bar.end(), 1), 4);
  std::vector<std::uint16_t> again = bar;
  thin(5, 9, &again);
  EXPECT_EQ(again, bar);
}

TEST(Thinning, NothingAndSinglePixelsStay) {
  std::vector<std::uint16_t> none(6, 0), one(6, 0);
  one[2] = 1;
  const std::vector<std::uint16_t> before = one;
  thin(2, 3, &none);
  thin(2, 3, &one);
  EXPECT_EQ(std::count(none.begin(), none.end(), 0), 6);
  EXPECT_EQ(one, before);
}

TEST(RegionEdges, OneRegionHasNone) {
  const GrayImage edges = region_edges({1, 3, {7, 7, 7}});
  EXPECT_EQ(std::count(edges.data.begin(), edges.data.end(), 0), 3);
}

TEST(Pictures, GrayNormalsAreNone) {
  const Tensor normals = normals_of_picture({1, 2, {127, 128, 127, 255, 0, 128}});
  EXPECT_EQ(normals.data[0], 0.0F);
  EXPECT_FLOAT_EQ(normals.data[1], 1.0F);
  EXPECT_FLOAT_EQ(normals.data[3], -1.0F);
}

}  // namespace
}  // namespace edgemoe::models
