// SPDX-License-Identifier: Apache-2.0
/// Streams of M3ViT-tiny with drawn routing on the cycle engine: what a frame takes where the task
/// changes at every frame, beside the same frame where it stays.
///
/// A frame takes the cycles from its first issue on the array to that of the next frame. Its
/// routing depends on its task, its place in the stream and the seed alone: so it is the same frame
/// in every stream, only its neighbours differ. The tasks have prefetch lists of their own.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "hls/program/routing.hpp"
#include "host/compiler/lowered.hpp"
#include "models/schema/board_config.hpp"
#include "sim/units/simulate.hpp"

namespace edgemoe::host {

/// Every token chooses two of `active` experts; which experts are active differs per block.
program::RoutingTrace draw_routing(const models::ModelConfig& model, int tasks, int active,
                                   std::uint64_t seed);

struct StreamSetting {
  models::DesignConfig design;
  models::BoardConfig board;
  int active = 12;
  std::uint64_t seed = 1;
  int refresh_phase = 0;
  /// Changes the program before it runs; may be empty.
  std::function<void(LoweredProgram*)> plant;
};

struct StreamTimes {
  LoweredProgram lowered;
  sim::SimulationResult result;
  std::vector<std::uint64_t> frames;  ///< cycles of each; the last one has no next
};

/// A frame for each task id.
StreamTimes time_stream(const StreamSetting& setting, const std::vector<int>& tasks);

/// Every frame of the streams in which tasks 0 and 1 take turns, beside the same frame in the
/// stream of its task: as many frames as the program memory holds. The memory's refresh runs by
/// itself, and how many of them a frame meets is chance: every stream is run with `phases`
/// positions of the refresh timer, and the longest counts.
struct SwitchStudy {
  std::uint64_t longest_alone[2] = {};  ///< of all frames of a task
  std::uint64_t longest_in_turn = 0;
  std::int64_t more = 0;     ///< most that a frame takes longer in turn, both at their longest
  std::uint64_t spread = 0;  ///< most that a frame differs from itself where the task stays
};
SwitchStudy study_switches(const StreamSetting& setting, int phases);

}  // namespace edgemoe::host
