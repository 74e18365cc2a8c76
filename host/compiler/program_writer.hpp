// SPDX-License-Identifier: Apache-2.0
/// Appends commands with their names, counters, ring tags and taps. Not for use outside this
/// folder.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "host/compiler/image_builder.hpp"
#include "host/compiler/lowered.hpp"

namespace edgemoe::host {

/// One counter per kind of progress; all commands that signal one run on the same unit, so it rises
/// in order.
enum class Counter : std::uint8_t {
  kInputs,     ///< loader: pixels and position table are there
  kResidual,   ///< array: groups of x that are final, or 1 for a whole mixture of experts
  kNormed,     ///< norm unit: groups of z
  kQkv,        ///< array
  kAttention,  ///< array
  kHidden,     ///< array
  kLogits,     ///< array
  kRouted,     ///< router: segments
  kCopied,     ///< norm unit
  kStored,     ///< writer: groups whose results have left the residual
  kFilled,     ///< loader: groups of a tile
  kSpilled,    ///< writer: groups of a tile that have left their buffer
  kFenced,     ///< writer: all that was spilled before is in DRAM
};

/// What a command's signal amounts to: the counter goes from `before` to `after`.
struct Progress {
  Counter counter = Counter::kInputs;
  bool grouped = false;
  std::uint16_t before = 0;
  std::uint16_t after = 0;
  int segments = 0;
};

class ProgramWriter {
 public:
  ProgramWriter(const models::DesignConfig& design, int tokens, std::string task_of_all)
      : design_(design), tokens_(tokens), task_of_all_(std::move(task_of_all)) {}

  /// From here on names of commands and taps begin with this, and loads name layers from `base`.
  void begin_frame(std::string prefix, int base, std::string task_of_all) {
    prefix_ = std::move(prefix);
    layer_base_ = base;
    task_of_all_ = std::move(task_of_all);
  }

  /// From here on names of commands end with this, and they are of this task: those of a tile.
  void begin_tile(std::string suffix, std::string task) {
    suffix_ = std::move(suffix);
    task_of_tile_ = std::move(task);
  }

  /// Appends a command; its name must be new. `task` empty: of every task.
  void emit(program::Command command, const std::string& name, const std::string& task = "");
  /// The same, signalling `counter` per group of `segments` segments, or once at its end.
  Progress emit_grouped(program::Command command, Counter counter, int segments,
                        const std::string& name, const std::string& task = "");
  Progress emit_signalling(program::Command command, Counter counter, const std::string& name,
                           const std::string& task = "");

  /// Loads a matrix or parameters; returns the tag that its consumer carries.
  std::uint16_t load(const Placement& placement, int layer, const std::string& name,
                     const std::string& task = "");
  std::uint16_t next_tag() { return tag_++; }

  /// Adds a tap of the command emitted last.
  void tap(hls::TapPoint point, const std::string& name, double scale, int column_begin,
           int columns);
  TapInfo& last_tap() { return result_.taps.back(); }

  LoweredProgram& result() { return result_; }

 private:
  Progress advance(Counter counter, int amount);

  const models::DesignConfig& design_;
  int tokens_;
  std::string task_of_all_;
  std::string prefix_;
  std::string suffix_;
  std::string task_of_tile_;
  int layer_base_ = 0;
  LoweredProgram result_;
  std::set<std::uint64_t> loaded_;
  std::uint16_t tag_ = 1;  ///< 0 stays for commands without a tag
  std::uint32_t counters_[program::kMaxCounters] = {};
};

/// Waits before the command starts until all of `progress` has happened.
void wait_all(program::Command* command, const Progress& progress);
/// Nothing to wait for when `progress` is none (its counter does not move).
/// Waits before each group g of the command until group `offset + g` of `progress` has happened.
void wait_groups(program::Command* command, const Progress& progress, int offset = 0);

}  // namespace edgemoe::host
