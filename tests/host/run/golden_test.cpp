// SPDX-License-Identifier: Apache-2.0
#include "host/run/golden.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "host/run/comparison.hpp"

namespace edgemoe::host {
namespace {

models::Tensor row(std::vector<float> values) {
  return {{1, static_cast<std::int64_t>(values.size())}, values};
}

TEST(Golden, TapsStandInNetworkOrder) {
  std::vector<std::string> names{"head.semseg",    "l10.norm1", "l02.x", "l02.moe.out",
                                 "l02.moe.logits", "l02.q",     "embed", "l02.x_attn"};
  std::sort(names.begin(), names.end(), tap_before);
  EXPECT_EQ(names, (std::vector<std::string>{"embed", "l02.q", "l02.x_attn", "l02.moe.logits",
                                             "l02.moe.out", "l02.x", "l10.norm1", "head.semseg"}));
}

TEST(Golden, BoundIsTwiceThePredictedPower) {
  EXPECT_NEAR(*bound_db({0.0005}, 2.0), 30.0, 1e-9);
  EXPECT_FALSE(bound_db({0.0}, 2.0).has_value());
}

TEST(Golden, TapExactlyAtItsBoundIsWithinAndBeyondIsOut) {
  const models::TensorMap reference{{"l00.x", row({4.0F, 0.0F})}};
  const models::TensorMap values{{"l00.x", row({5.0F, 0.0F})}};  // NMSE 1/16
  EXPECT_TRUE(*compare_taps(reference, values, {{"l00.x", {1.0 / 32.0}}}, 2.0)[0].ok);
  const auto out = compare_taps(reference, values, {{"l00.x", {1.0 / 33.0}}}, 2.0);
  EXPECT_FALSE(*out[0].ok);
  EXPECT_EQ(first_out_of_bounds(out), &out[0]);
}

TEST(Golden, IndexTapsAndTapsOfOneSideAreLeftOut) {
  const models::TensorMap reference{
      {"l01.moe.index", row({1})}, {"l01.x", row({1})}, {"l00.x", row({1})}};
  const models::TensorMap values{
      {"l01.moe.index", row({2})}, {"l01.x", row({1})}, {"l02.x", row({1})}};
  const auto taps = compare_taps(reference, values, {}, 2.0);
  ASSERT_EQ(taps.size(), 1u);
  EXPECT_EQ(taps[0].tap, "l01.x");
  EXPECT_FALSE(taps[0].ok.has_value());
  EXPECT_EQ(first_out_of_bounds(taps), nullptr);
}

RunRecord record_with(const std::string& image, double db, double forced_db, bool ok,
                      double agreement) {
  RunRecord run;
  run.image = image;
  run.tasks = {"semseg"};
  GoldenComparison golden;
  golden.tap = "l01.x";
  golden.sqnr_db = db;
  golden.routing_agreement = agreement;
  golden.routing_total = 100;
  golden.forced.emplace();
  golden.forced->sqnr_db = forced_db;
  golden.forced->taps = {{"l00.x", 40.0, 1.0, 2.0, 3.0, 30.0, true},
                         {"l01.x", forced_db, 1.0, 2.0, 5.0, 30.0, ok}};
  run.golden = {{"semseg", golden}};
  return run;
}

TEST(Comparison, AveragesOverImagesAndNamesTheFirstTapOut) {
  Report report;
  report.runs = {record_with("a.png", 28.0, 32.0, true, 1.0),
                 record_with("b.png", 26.0, 29.0, false, 0.9)};
  const Comparison c = summarise(report);
  EXPECT_EQ(c.images, 2u);
  EXPECT_EQ(c.entries, 2u);
  EXPECT_NEAR(*c.sqnr_db, 27.0, 1e-12);
  EXPECT_NEAR(*c.forced_sqnr_db, 30.5, 1e-12);
  EXPECT_NEAR(c.routing_agreement, 0.95, 1e-12);
  EXPECT_EQ(c.routing_total, 200);
  EXPECT_EQ(c.taps_out, 1u);
  EXPECT_EQ(c.first_out, "l01.x");
  EXPECT_EQ(c.first_out_image, "b.png");
  EXPECT_NEAR(*c.taps[1].margin_db, -1.0, 1e-12);
  EXPECT_EQ(c.taps[1].max_abs, 5.0);
}

TEST(Comparison, ValuesBeyondTheirFormatAddUpByCommand) {
  Report report;
  report.runs.resize(3);
  report.runs[0].overflows = {{{"l01.attn", 3}}};
  report.runs[2].overflows = {{{"l01.attn", 4}, {"l07.attn", 1}}};
  const std::map<std::string, std::uint64_t> both{{"l01.attn", 7}, {"l07.attn", 1}};
  EXPECT_EQ(summarise(report).overflows, both);
}

TEST(Comparison, NothingToCompareIsNotAnError) {
  Report report;
  report.runs.emplace_back();
  const Comparison c = summarise(report);
  EXPECT_EQ(c.entries, 0u);
  EXPECT_EQ(c.routing_agreement, 1.0);
  EXPECT_FALSE(c.sqnr_db.has_value());
  EXPECT_TRUE(c.taps.empty());
}

}  // namespace
}  // namespace edgemoe::host
