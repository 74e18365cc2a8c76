// SPDX-License-Identifier: Apache-2.0
// Changing the task at every frame of a stream: no frame takes longer than where the task stays,
// for 9 to 16 active experts on the design for streams and the board with its measured bandwidth.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "models/schema/board_config.hpp"
#include "models/schema/design_config.hpp"
#include "tests/host/compiler/sample_stream.hpp"

namespace edgemoe::host {
namespace {

StreamSetting setting(int active) {
  const std::string constraints = std::string(EDGEMOE_SOURCE_DIR) + "/constraints/";
  StreamSetting s;
  s.design = models::read_design(constraints + "designs/m3-zcu102-stream.yaml");
  s.board = models::read_board(constraints + "boards/zcu102-measured.yaml");
  s.active = active;
  return s;
}

/// Without refresh: how many of them a frame meets is chance and hides differences.
StreamSetting steady(int active) {
  StreamSetting s = setting(active);
  s.board.dram.trefi = 0;
  return s;
}

/// Where memory is the bound, a cycle's place between the two clocks counts: they meet every 9.
constexpr std::int64_t kClockPhases = 9;

std::uint64_t longest_alone(const SwitchStudy& s) {
  return std::max(s.longest_alone[0], s.longest_alone[1]);
}

class TaskSwitch : public testing::TestWithParam<int> {};

TEST_P(TaskSwitch, NoFrameTakesLongerThanWhereTheTaskStays) {
  const SwitchStudy s = study_switches(steady(GetParam()), 1);
  EXPECT_LE(s.longest_in_turn, longest_alone(s));
  EXPECT_LE(s.more, kClockPhases);
}

INSTANTIATE_TEST_SUITE_P(ActiveExperts, TaskSwitch, testing::Range(9, 17));

/// A frame of another task begins when the one before it has been stored, not group by group.
void drain_at_switches(LoweredProgram* p) {
  int groups = 0;
  for (std::size_t f = 0; f + 1 < p->frames.size(); ++f) {
    const program::Command& store = p->commands[p->frames[f].store];
    groups += 17 * store.segments;  // 129 tokens, 8 lanes
    if (p->frames[f].tasks == p->frames[f + 1].tasks) continue;
    program::Command& embed = p->commands[p->frames[f + 1].embed];
    for (program::Wait& wait : embed.wait) {
      if (wait.mode != program::WaitMode::kNone) continue;
      wait = {program::WaitMode::kStart, store.signal, static_cast<std::uint16_t>(groups)};
      break;
    }
  }
}

TEST(TaskSwitchPlanted, APipelineThatDrainsAtASwitchIsSeen) {
  StreamSetting s = steady(12);
  s.plant = drain_at_switches;
  const SwitchStudy study = study_switches(s, 1);
  EXPECT_GT(study.more, kClockPhases);
  EXPECT_GT(study.longest_in_turn, longest_alone(study));
}

}  // namespace
}  // namespace edgemoe::host
