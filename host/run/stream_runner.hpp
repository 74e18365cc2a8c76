// SPDX-License-Identifier: Apache-2.0
/// Frames back to back: as many in one program as the program memory holds, and a program after the
/// other for longer streams.
///
/// Values:  frames come here as the kernels computed each alone. The kernels execute the stream's
///          program as well, and its results and routing must be those, bit for bit (a check).
/// Time:    the cycle engine executes the program. A frame begins when its pixels are asked for,
///          issues with its first command on the array, and ends when its results are in DRAM.
///          Programs follow one another without a gap: what a host needs to ring the next doorbell
///          is not counted.
///          With an RTL it does so too, and must take the same cycles and compute the same.
/// Switch:  what a frame beside another task takes longer than where the task stays: cycles from
///          its first issue to that of the next frame, minus the most that it takes in a stream of
///          nothing but this frame. How much those differ among themselves is the refresh's doing.
/// Errors:  models::ConfigError for a design that cannot run streams, sim::StuckError.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "host/report/report.hpp"
#include "host/report/timeline.hpp"
#include "host/run/frame_runner.hpp"
#include "host/run/session.hpp"

namespace edgemoe::host {

/// A frame and what the kernels made of it alone.
struct StreamItem {
  std::string image;
  models::Image pixels;
  std::vector<int> tasks;
  program::RoutingTrace trace;
  std::vector<models::Tensor> tokens;  ///< per task: output of the last block
  std::uint64_t macs = 0;
};

/// What a stream needs of a frame that the kernels computed alone.
StreamItem stream_item(const InputImage& image, const std::vector<int>& tasks,
                       const Execution& kernels);

class StreamRunner {
 public:
  /// All arguments must outlive the object. `weights` holds `quant.*`.
  StreamRunner(const Setup& setup, const models::TensorMap& weights, std::uint64_t max_cycles,
               PhaseClock* clock);

  /// Executes a program whose pixels are set, beside the cycle engine's account of it.
  using RtlRun = std::function<RtlOutcome(LoweredProgram&, const sim::SimulationResult&)>;
  void set_rtl(RtlRun rtl) { rtl_ = std::move(rtl); }
  /// Runs a program first when this frame no longer fits into it.
  void add(StreamItem item);
  /// Runs what is left. Call once, after the last frame.
  void finish();

  /// After finish().
  StreamInfo take_info() { return std::move(info_); }
  /// Per program: the number of its first frame, and its timeline.
  std::vector<std::pair<int, Timeline>> take_timelines() { return std::move(timelines_); }
  std::vector<std::pair<std::string, std::vector<Check>>> take_checks() {
    return std::move(checks_);
  }

 private:
  using Frames = std::vector<const StreamItem*>;

  /// What the cycle engine needs of a program; images are large, and equal sequences of tasks have
  /// equal commands.
  struct Compiled {
    std::vector<program::Command> commands;
    std::vector<FrameInfo> frames;
  };
  LoweredProgram compile_frames(const Frames& frames) const;
  bool has_room(const StreamItem& item);
  std::size_t commands_of(const std::vector<int>& tasks);
  void run_program();
  void check_values(LoweredProgram* program, const Frames& frames,
                    std::vector<Check>* checks) const;
  sim::SimulationResult simulate(const Compiled& program, const program::RoutingTrace& routing,
                                 bool whole) const;
  /// Cycles from first issue to first issue in a stream of this frame alone; longest 0: no room
  /// for two.
  struct Alone {
    std::uint64_t least = 0, longest = 0;
  };
  Alone alone(const StreamItem& frame);
  void add_frames(const Frames& frames, const LoweredProgram& program,
                  const sim::SimulationResult& timing);
  static bool beside_a_switch(const Frames& frames, std::size_t at);

  const Setup& setup_;
  const models::TensorMap& weights_;
  std::uint64_t max_cycles_;
  PhaseClock* clock_;
  RtlRun rtl_;
  std::vector<StreamItem> items_;  ///< of the next program
  std::size_t commands_ = 0;       ///< that they take
  std::map<std::vector<int>, std::size_t> sizes_;
  std::map<std::vector<int>, Compiled> alone_;  ///< streams of one frame, to compare with
  int first_frame_ = 0;
  std::uint64_t cycle_ = 0;     ///< end of the last program
  std::uint64_t last_end_ = 0;  ///< of the last frame
  StreamInfo info_;
  std::vector<std::pair<int, Timeline>> timelines_;
  std::vector<std::pair<std::string, std::vector<Check>>> checks_;
};

}  // namespace edgemoe::host
