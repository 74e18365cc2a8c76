// SPDX-License-Identifier: Apache-2.0
// Plots: every value in the CSV, what can be shown in the plot, nothing outside of its frame.
#include "host/report/chart.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <regex>

#include "host/report/roofline_chart.hpp"

namespace edgemoe::host {
namespace {

Chart chart_of(std::vector<std::pair<double, double>> points, bool logarithmic = false) {
  Chart chart;
  chart.name = "test";
  chart.x = {"across", logarithmic, {}, {}, {}};
  chart.y = {"up", logarithmic, {}, {}, {}};
  chart.series = {{"a, \"b\"", std::move(points), ChartSeries::Style::kLineAndPoints, 1}};
  return chart;
}

std::vector<std::pair<double, double>> circles(const std::string& svg) {
  std::vector<std::pair<double, double>> found;
  const std::regex circle("<circle cx=\"([^\"]*)\" cy=\"([^\"]*)\" r=\"4\"");
  for (std::sregex_iterator at(svg.begin(), svg.end(), circle), end; at != end; ++at)
    found.emplace_back(std::stod((*at)[1]), std::stod((*at)[2]));
  return found;
}

TEST(Chart, PointsKeepTheirOrderAndStayInsideThePlot) {
  // The first circle is the legend's.
  const auto at = circles(chart_svg(chart_of({{0, 0}, {1, 10}, {2, 5}})));
  ASSERT_EQ(at.size(), 4u);
  EXPECT_LT(at[1].first, at[2].first);
  EXPECT_LT(at[2].first, at[3].first);
  EXPECT_GT(at[1].second, at[3].second);
  EXPECT_GT(at[3].second, at[2].second);
  for (std::size_t i = 1; i < at.size(); ++i) {
    EXPECT_GE(at[i].first, 60);
    EXPECT_LE(at[i].first, 720);
    EXPECT_GE(at[i].second, 0);
    EXPECT_LE(at[i].second, 330);
  }
}

TEST(Chart, LogarithmicAxesPlaceDecadesEvenly) {
  const auto at = circles(chart_svg(chart_of({{1, 1}, {10, 10}, {100, 100}}, true)));
  ASSERT_EQ(at.size(), 4u);
  EXPECT_NEAR(at[2].first - at[1].first, at[3].first - at[2].first, 0.11);
  EXPECT_NEAR(at[1].second - at[2].second, at[2].second - at[3].second, 0.11);
}

TEST(Chart, WhatCannotBeShownIsLeftOutOfThePlotOnly) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Chart chart = chart_of({{1, nan}, {0, 5}, {-1, 2}, {4, 4}}, true);
  EXPECT_EQ(circles(chart_svg(chart)).size(), 2u);  // of the legend and the last point
  EXPECT_EQ(chart_svg(chart).find("nan"), std::string::npos);
  const std::string csv = chart_csv(chart);
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 5);
}

TEST(Chart, NoPointsOnePointAndEqualPointsAreFine) {
  for (const bool logarithmic : {false, true}) {
    for (const auto& points : std::vector<std::vector<std::pair<double, double>>>{
             {}, {{3, 3}}, {{0, 0}}, {{2, 7}, {2, 7}}}) {
      const std::string svg = standalone_svg(chart_of(points, logarithmic));
      EXPECT_EQ(svg.find("nan"), std::string::npos) << svg;
      EXPECT_EQ(svg.find("inf"), std::string::npos) << svg;
    }
  }
}

TEST(Chart, CsvQuotesNamesAndMarkupEscapesThem) {
  const Chart chart = chart_of({{1, 2.5}});
  EXPECT_EQ(chart_csv(chart), "series,across,up\n\"a, \"\"b\"\"\",1,2.5\n");
  EXPECT_NE(chart_svg(chart).find("a, &quot;b&quot;"), std::string::npos);
  EXPECT_EQ(standalone_svg(chart).rfind("<svg xmlns=", 0), 0u);
}

TEST(Chart, GivenTicksAndEndsAreUsed) {
  Chart chart = chart_of({{2, 1}, {16, 3}}, true);
  chart.x.ticks = {2, 4, 8, 16};
  chart.y.low = 1;
  chart.y.high = 10;
  const std::string svg = chart_svg(chart);
  for (const char* tick : {">2<", ">4<", ">8<", ">16<", ">1<", ">10<"})
    EXPECT_NE(svg.find(tick), std::string::npos) << tick;
}

RooflinePoint point(const char* name, double latency_ms, bool hollow = false) {
  return {name, 1e9, 1e7, latency_ms, 1.0, 0.5, hollow};
}

TEST(Roofline, HasARoofPerModelAndAPointPerFigure) {
  const Chart chart = roofline_chart({point("a", 2.0), point("a published", 2.5, true)});
  ASSERT_EQ(chart.series.size(), 3u);
  const auto& roof = chart.series[0].points;
  ASSERT_EQ(roof.size(), 3u);
  EXPECT_NEAR(roof[1].second, 1000.0, 1e-9);                // 1 GMAC in 1 ms
  EXPECT_NEAR(roof[1].second / roof[1].first, 20.0, 1e-9);  // 10 MB in 0.5 ms
  EXPECT_NEAR(chart.series[1].points[0].second, 500.0, 1e-9);
  EXPECT_EQ(chart.series[1].colour, chart.series[2].colour);
  EXPECT_EQ(chart.series[2].style, ChartSeries::Style::kHollowPoints);
}

TEST(Roofline, PointsWithoutFiguresAreLeftOut) {
  RooflinePoint empty = point("a", 0.0);
  RooflinePoint floorless = point("b", 1.0);
  floorless.compute_ms = 0.0;
  EXPECT_TRUE(roofline_chart({empty, floorless}).series.empty());
  EXPECT_TRUE(roofline_chart({}).series.empty());
}

}  // namespace
}  // namespace edgemoe::host
