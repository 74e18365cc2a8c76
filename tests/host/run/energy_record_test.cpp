// SPDX-License-Identifier: Apache-2.0
// Energy per task and per expert load.
#include "host/run/energy_record.hpp"

#include <gtest/gtest.h>

namespace edgemoe::host {
namespace {

/// An array command of `task` over [begin, end).
void add(const std::string& task, std::uint64_t begin, std::uint64_t end, LoweredProgram* program,
         sim::SimulationResult* timing) {
  program::Command command;
  command.opcode = program::Opcode::kLinear;
  CommandInfo info;
  info.task = task;
  sim::CommandTiming at;
  at.id = static_cast<std::uint16_t>(program->commands.size());
  at.begin = begin;
  at.end = end;
  program->commands.push_back(command);
  program->info.push_back(info);
  timing->commands.push_back(at);
}

class TaskEnergy : public testing::Test {
 protected:
  std::map<std::string, double> shares(const std::vector<std::string>& tasks) {
    RunRecord record;
    record.tasks = tasks;
    record.energy_mj = 10.0;
    timing_.cycles = 100;
    record_task_energy(program_, timing_, &record);
    return *record.energy_per_task_mj;
  }

  LoweredProgram program_;
  sim::SimulationResult timing_;
};

TEST_F(TaskEnergy, OneTaskHasItAll) {
  add("semseg", 0, 40, &program_, &timing_);
  EXPECT_DOUBLE_EQ(shares({"semseg"}).at("semseg"), 10.0);
}

TEST_F(TaskEnergy, CommonWorkAndWaitingAreDividedEqually) {
  add("all", 0, 40, &program_, &timing_);
  const auto both = shares({"semseg", "depth"});
  EXPECT_DOUBLE_EQ(both.at("semseg"), 5.0);
  EXPECT_DOUBLE_EQ(both.at("depth"), 5.0);
}

TEST_F(TaskEnergy, OwnWorkIsTheTasksAlone) {
  add("all", 0, 40, &program_, &timing_);
  add("semseg", 40, 60, &program_, &timing_);
  add("depth", 60, 70, &program_, &timing_);
  const auto both = shares({"semseg", "depth"});
  EXPECT_DOUBLE_EQ(both.at("semseg"), 2.0 + 3.5);
  EXPECT_DOUBLE_EQ(both.at("depth"), 1.0 + 3.5);
}

TEST_F(TaskEnergy, OverlapOfCommandsCountsOnce) {
  add("semseg", 0, 60, &program_, &timing_);
  add("depth", 50, 80, &program_, &timing_);  // its first ten cycles belong to the one before
  const auto both = shares({"semseg", "depth"});
  EXPECT_DOUBLE_EQ(both.at("semseg"), 6.0 + 1.0);
  EXPECT_DOUBLE_EQ(both.at("depth"), 2.0 + 1.0);
}

TEST(TaskEnergyOfNothing, StaysEmpty) {
  RunRecord record;
  record.tasks = {"semseg"};
  sim::SimulationResult timing;
  timing.cycles = 100;
  record_task_energy({}, timing, &record);
  EXPECT_FALSE(record.energy_per_task_mj);
  record_expert_load(100, models::Precision::kW8A8, {}, &record);
  EXPECT_FALSE(record.energy_per_expert_load_mj);
}

TEST(ExpertBytes, AreBothMatricesAndBiases) {
  models::ModelConfig model;
  model.embed_dim = 192;
  model.moe.hidden = 384;
  EXPECT_EQ(expert_bytes(model, models::Precision::kW8A8), 2u * 192 * 384 + 192 + 384);
  EXPECT_EQ(expert_bytes(model, models::Precision::kW16A32), 2u * (2 * 192 * 384 + 192 + 384));
}

}  // namespace
}  // namespace edgemoe::host
