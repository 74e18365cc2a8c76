// SPDX-License-Identifier: Apache-2.0
#include "sim/units/program_index.hpp"

#include <algorithm>

#include "models/schema/error.hpp"
#include "sim/units/shapes.hpp"
#include "sim/units/timing.hpp"

namespace edgemoe::sim {

using program::Command;
using program::Opcode;
using program::Unit;

const char* class_name(Opcode opcode) {
  switch (opcode) {
    case Opcode::kEnd:
      return "end";
    case Opcode::kBarrier:
      return "barrier";
    case Opcode::kLoadWeights:
      return "load weights";
    case Opcode::kPrefetchExperts:
      return "prefetch experts";
    case Opcode::kLoadExperts:
      return "load experts";
    case Opcode::kLoadPixels:
      return "load pixels";
    case Opcode::kLoadTokens:
      return "load tokens";
    case Opcode::kStoreTokens:
      return "store tokens";
    case Opcode::kEmbed:
      return "embed";
    case Opcode::kLinear:
      return "linear";
    case Opcode::kAttention:
      return "attention";
    case Opcode::kGate:
      return "gate";
    case Opcode::kNorm:
      return "norm";
    case Opcode::kCopy:
      return "copy";
    case Opcode::kRoute:
      return "route";
    case Opcode::kExperts:
      return "experts";
    case Opcode::kSpill:
      return "spill";
    case Opcode::kFill:
      return "fill";
    case Opcode::kFence:
      return "fence";
    case Opcode::kStoreExperts:
      return "store experts";
  }
  return "unknown";
}

int consumed_tag(const Command& c) {
  switch (c.opcode) {
    case Opcode::kEmbed:
    case Opcode::kLinear:
    case Opcode::kGate:
    case Opcode::kNorm:
      return c.tag;
    case Opcode::kAttention:
      return c.tiled ? c.tag : -1;
    default:
      return -1;
  }
}

ProgramIndex::ProgramIndex(const std::vector<Command>& commands,
                           const program::RoutingTrace& routing, const models::DesignConfig& design)
    : commands_(commands), design_(design) {
  check_design();
  if (commands_.empty() || commands_.back().opcode != Opcode::kEnd) {
    throw models::ConfigError({"program: expected END as the last command"});
  }
  const bool tiled =
      std::any_of(commands_.begin(), commands_.end(), [](const Command& c) { return c.tiled; });
  // Tiled programs pass through the program memory, half by half.
  if (!tiled && commands_.size() > timing::kProgramCommands) {
    throw models::ConfigError({"program memory: needs " + std::to_string(commands_.size()) +
                               " commands, available " + std::to_string(timing::kProgramCommands)});
  }
  std::array<std::uint64_t, program::kMaxCounters> reached{};
  for (std::size_t i = 0; i < commands_.size(); ++i) {
    const Command& c = commands_[i];
    if (c.id != i) fail(c, "expected id " + std::to_string(i));
    check(c);
    if (!findings_.empty()) continue;
    const Unit unit = program::unit_of(c.opcode);
    if (unit != Unit::kSequencer)
      unit_commands_[static_cast<std::size_t>(unit)].push_back(static_cast<int>(i));
    if (c.signal_mode != program::SignalMode::kNone) {
      const bool per_group = c.signal_mode == program::SignalMode::kGroup;
      reached[c.signal] += per_group ? groups_of(c, design_.array.token_lanes) : 1;
      signals_[c.signal].push_back({reached[c.signal], c.opcode});
    }
    if (c.opcode == Opcode::kLoadWeights && !loads_.emplace(c.tag, &c).second) {
      fail(c, "tag " + std::to_string(c.tag) + " is loaded twice");
    }
    check_consumption(c);
    index_block(c);
  }
  if (findings_.empty()) finish_blocks(routing);
  if (!findings_.empty()) throw models::ConfigError(findings_);
}

const std::vector<int>& ProgramIndex::of_unit(Unit unit) const {
  return unit_commands_[static_cast<std::size_t>(unit)];
}

std::string ProgramIndex::producer(int counter, std::uint64_t value) const {
  for (const Step& step : signals_[static_cast<std::size_t>(counter)]) {
    if (step.reaches >= value) return class_name(step.opcode);
  }
  return "nothing";
}

const Command* ProgramIndex::load_of(int tag) const {
  const auto found = loads_.find(tag);
  return found == loads_.end() ? nullptr : found->second;
}

void ProgramIndex::fail(const Command& c, const std::string& text) {
  findings_.push_back("program: command " + std::to_string(c.id) + " (" + class_name(c.opcode) +
                      "): " + text);
}

void ProgramIndex::index_block(const Command& c) {
  const auto put = [&](const Command*& place) {
    if (place != nullptr) fail(c, "expert tag " + std::to_string(c.tag) + " has one already");
    place = &c;
  };
  switch (c.opcode) {
    case Opcode::kPrefetchExperts:
      put(blocks_[c.tag].prefetch);
      break;
    case Opcode::kLoadExperts:
      put(blocks_[c.tag].load);
      break;
    case Opcode::kExperts:
      put(blocks_[c.tag].experts);
      break;
    case Opcode::kStoreExperts:
      put(blocks_[c.tag].store);
      break;
    case Opcode::kRoute:
      blocks_[c.tag].expert_count = c.experts;
      blocks_[c.tag].routes.push_back(&c);
      if (c.last_route) put(blocks_[c.tag].last_route);
      break;
    default:
      break;
  }
}

void ProgramIndex::finish_blocks(const program::RoutingTrace& routing) {
  for (auto& [tag, block] : blocks_) {
    if (block.experts == nullptr || block.load == nullptr || block.last_route == nullptr) {
      findings_.push_back("program: expert tag " + std::to_string(tag) +
                          ": expected a last ROUTE, LOAD_EXPERTS and EXPERTS");
      continue;
    }
    const Command& e = *block.experts;
    if (e.tiled != (block.store != nullptr) || (e.tiled && e.tokens == 0)) {
      fail(e, "expected a kStoreExperts and chunks of one token or more, where tiled");
      continue;
    }
    const std::uint64_t tiles = MatrixShape(design_, e.in_dim, e.hidden_dim).tile_rows +
                                MatrixShape(design_, e.hidden_dim, e.in_dim).tile_rows;
    const std::uint64_t parameters =
        ceil_div(e.hidden_dim, program::kParamsPerRow) + ceil_div(e.in_dim, program::kParamsPerRow);
    for (const Command* load : {block.load, block.prefetch}) {
      if (load != nullptr && (load->rows != tiles || load->param_rows != parameters)) {
        fail(*load, "expected rows and param_rows of one expert: " + std::to_string(tiles) +
                        " and " + std::to_string(parameters));
      }
    }
    block.plan =
        plan_experts(e, block.expert_count, block.prefetch, routing, design_, block.routes);
  }
}

}  // namespace edgemoe::sim
