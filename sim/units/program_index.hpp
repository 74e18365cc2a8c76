// SPDX-License-Identifier: Apache-2.0
/// ProgramIndex: what the engine needs to know about a program before time starts: who signals a
/// counter, which load fills a tag, which commands belong to one MoE block.
///
/// Errors: models::ConfigError, one line per finding: ids out of order, shapes or lanes that cannot
/// be executed,
///         a tag that is consumed but not loaded before, counters out of range. A program that
///         waits for something that never comes is not an error here: it is a deadlock of the run,
///         explained by the engine.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "hls/program/command.hpp"
#include "hls/program/routing.hpp"
#include "models/schema/design_config.hpp"
#include "sim/units/expert_order.hpp"

namespace edgemoe::sim {

/// The commands of one MoE block, joined by their ring tag.
struct MoeBlock {
  const program::Command* experts = nullptr;
  const program::Command* prefetch = nullptr;  ///< or null
  const program::Command* load = nullptr;
  const program::Command* last_route = nullptr;
  const program::Command* store = nullptr;  ///< kStoreExperts, tiled
  std::vector<const program::Command*> routes;
  int expert_count = 0;
  ExpertPlan plan;
};

/// Short class name of a command, for stall reasons and slices: `linear`, `load weights`, ...
const char* class_name(program::Opcode opcode);

class ProgramIndex {
 public:
  ProgramIndex(const std::vector<program::Command>& commands, const program::RoutingTrace& routing,
               const models::DesignConfig& design);

  const std::vector<program::Command>& commands() const { return commands_; }
  /// Commands of a unit in program order (the sequencer's kEnd and kBarrier are not in any queue).
  const std::vector<int>& of_unit(program::Unit unit) const;
  /// Class of the command whose signal brings `counter` to `value`; "nothing" when none does.
  std::string producer(int counter, std::uint64_t value) const;
  /// Load command of a weight tag; null if there is none.
  const program::Command* load_of(int tag) const;
  const std::map<int, MoeBlock>& blocks() const { return blocks_; }
  const MoeBlock& block(int tag) const { return blocks_.at(tag); }

 private:
  void check_design() const;
  void check(const program::Command& command);
  void check_shape(const program::Command& command);
  void check_keys(const program::Command& command);
  void check_matrix(const program::Command& command);
  void check_consumption(const program::Command& command);
  void index_block(const program::Command& command);
  void finish_blocks(const program::RoutingTrace& routing);
  void fail(const program::Command& command, const std::string& text);

  std::vector<program::Command> commands_;
  models::DesignConfig design_;
  std::array<std::vector<int>, 6> unit_commands_;
  struct Step {
    std::uint64_t reaches;
    program::Opcode opcode;
  };
  std::array<std::vector<Step>, program::kMaxCounters> signals_;
  std::map<int, const program::Command*> loads_;
  std::set<int> consumed_;
  std::map<int, MoeBlock> blocks_;
  std::vector<std::string> findings_;
};

/// The tag whose rows the command reads and frees, or -1.
int consumed_tag(const program::Command& command);

}  // namespace edgemoe::sim
