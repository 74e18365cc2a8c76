// SPDX-License-Identifier: Apache-2.0
// The fit itself, and that the board's coefficients are what it gives on the published points.
#include "host/energy/calibration.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "models/schema/model_config.hpp"
#include "models/schema/published_figures.hpp"

namespace edgemoe::host {
namespace {

std::string repository(const std::string& path) {
  return std::string(EDGEMOE_SOURCE_DIR) + "/" + path;
}

PowerPoint point(double published_w, double logic_w, double other_w) {
  PowerPoint result;
  result.published_w = published_w;
  result.logic_w = logic_w;
  result.other_w = other_w;
  return result;
}

TEST(LogicFit, OnePointIsMetExactly) {
  const PowerPoint one = point(10.0, 4.0, 4.0);
  EXPECT_DOUBLE_EQ(fit_logic({one}), 1.5);
  EXPECT_NEAR(one.error(fit_logic({one})), 0.0, 1e-15);
}

TEST(LogicFit, RecoversAFactorThatAllPointsShare) {
  const std::vector<PowerPoint> points{point(7.0, 2.0, 4.0), point(10.0, 4.0, 4.0),
                                       point(2.5, 1.0, 1.0)};
  EXPECT_NEAR(fit_logic(points), 1.5, 1e-12);
}

TEST(LogicFit, NoOtherFactorHasASmallerSumOfSquares) {
  const std::vector<PowerPoint> points{point(14.0, 6.0, 4.0), point(9.0, 7.0, 4.0)};
  const auto squares = [&](double factor) {
    double sum = 0.0;
    for (const PowerPoint& p : points) sum += p.error(factor) * p.error(factor);
    return sum;
  };
  const double best = fit_logic(points);
  EXPECT_GT(squares(best * 1.01), squares(best));
  EXPECT_GT(squares(best * 0.99), squares(best));
}

TEST(LogicFit, RefusesPointsThatSayNothing) {
  EXPECT_THROW(fit_logic({}), std::invalid_argument);
  EXPECT_THROW(fit_logic({point(5.0, 0.0, 4.0)}), std::invalid_argument);
  EXPECT_THROW(mean_power({}), std::invalid_argument);
}

TEST(LogicFit, RefusesTimesAndPowersThatAreNotPositive) {
  const EnergyEstimate nothing;
  EXPECT_THROW(power_point("p", 5.0, nothing, 0.0), std::invalid_argument);
  EXPECT_THROW(power_point("p", 5.0, nothing, -1.0), std::invalid_argument);
  EXPECT_THROW(power_point("p", 0.0, nothing, 1.0), std::invalid_argument);
  EXPECT_EQ(power_point("p", 5.0, nothing, 1.0).modelled_w(), 0.0);
}

/// The presets of which a power on the ZCU102 is published, at 129 tokens.
class Calibration : public testing::Test {
 protected:
  void SetUp() override {
    const models::ModelConfig network =
        models::read_model(repository("models/zoo/m3vit-tiny-scenes"));
    const sim::Queues queues =
        models::read_expert_queues(repository("constraints/published/routing-semseg.yaml"), 6, 16)
            .queues;
    for (const models::PublishedFigures& f :
         models::read_published_figures(repository("constraints/published/figures.yaml"))) {
      if (f.design.empty() || f.platform != "ZCU102" || !f.power_w) continue;
      const models::LoopDesignConfig design =
          models::read_loop_design(repository("constraints/published/" + f.design + ".yaml"));
      const sim::DesignRun run = sim::run_design(design, network, queues, board_.dram);
      const EnergyCounts counts = counts_of(run, design, board_.dram);
      estimates_.push_back(estimate_energy(counts, board_));
      points_.push_back(power_point(f.name, *f.power_w, estimates_.back(), counts.seconds()));
      if (calibrates(f.name)) calibration_.push_back(points_.back());
    }
  }
  static bool calibrates(const std::string& name) {
    const std::vector<std::string>& names = calibration_names();
    return std::find(names.begin(), names.end(), name) != names.end();
  }

  models::BoardConfig board_ = models::read_board(repository("constraints/boards/zcu102.yaml"));
  std::vector<EnergyEstimate> estimates_;
  std::vector<PowerPoint> points_, calibration_;
};

TEST_F(Calibration, BoardHasTheFittedCoefficient) {
  ASSERT_EQ(calibration_.size(), 2u);
  EXPECT_NEAR(fit_logic(calibration_), 1.0, 0.005) << "bench/energy_calibration has the new value";
}

TEST_F(Calibration, LogicOfADspSliceIsThatOfTheTablesThatPublishedDesignsHaveForOne) {
  double sum = 0.0;
  int designs = 0;
  for (const models::PublishedFigures& f :
       models::read_published_figures(repository("constraints/published/figures.yaml"))) {
    if (!f.lut || !f.dsp) continue;
    sum += static_cast<double>(*f.lut) / *f.dsp;
    ++designs;
  }
  EXPECT_EQ(designs, 6);
  const double tables = sum / designs;
  EXPECT_NEAR(board_.energy.at("logic_dsp").value, tables * board_.energy.at("logic_lut").value,
              0.05);
}

TEST_F(Calibration, BandsContainThePublishedPowers) {
  for (const PowerPoint& p : points_) {
    EXPECT_TRUE(p.band_contains_published())
        << p.name << ": " << p.low_w << " to " << p.high_w << " W, " << p.published_w;
  }
}

TEST_F(Calibration, PointThatTookNoPartIsMetWithin20Percent) {
  std::size_t judged = 0;
  for (const PowerPoint& p : points_) {
    if (calibrates(p.name)) continue;
    ++judged;
    EXPECT_LT(std::abs(p.error()), 0.20) << p.name;
  }
  EXPECT_EQ(judged, 1u);
}

TEST_F(Calibration, ComponentsAddUpToTheTotal) {
  for (const EnergyEstimate& estimate : estimates_) {
    double sum = 0.0;
    for (const auto& [component, mj] : estimate.components_mj()) sum += mj;
    EXPECT_NEAR(sum, estimate.total_mj, 1e-9 * estimate.total_mj);
  }
}

TEST(Coefficients, AllSayWhetherTheyAreDerivedFittedOrAssumed) {
  for (const char* name : {"zcu102", "zcu102-measured", "zcu104"}) {
    const models::BoardConfig board =
        models::read_board(repository(std::string("constraints/boards/") + name + ".yaml"));
    for (const auto& [key, coefficient] : board.energy) {
      const std::string& source = coefficient.source;
      EXPECT_TRUE(source.rfind("derived: ", 0) == 0 || source.rfind("fitted on ", 0) == 0 ||
                  source.rfind("no source; assumed ", 0) == 0)
          << name << " " << key << ": " << source;
      EXPECT_GT(coefficient.uncertainty, 0.0) << name << " " << key;
    }
  }
}

}  // namespace
}  // namespace edgemoe::host
