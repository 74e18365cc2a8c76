// SPDX-License-Identifier: Apache-2.0
#include "tests/rtl/array_control/array_timetable.hpp"

#include <algorithm>

#include "sim/units/shapes.hpp"
#include "sim/units/timing.hpp"

namespace edgemoe::test {

namespace timing = sim::timing;
using program::Command;
using program::Opcode;
using program::SignalMode;

Timetable::Timetable(const EngineRecord& record, const ArrayShape& shape)
    : record_(record), shape_(shape) {
  scripts_.reserve(record.commands.size());
  for (const Command& c : record.commands) {
    if (program::unit_of(c.opcode) == program::Unit::kArray) place(c);
  }
}

void Timetable::place(const Command& c) {
  scripts_.push_back(script_of(c, record_, shape_));
  const std::vector<ScriptBlock>& script = scripts_.back();
  if (script.back().cycles == 0) {
    place_empty_experts(c);
    return;
  }
  std::vector<Placed> blocks;
  for (const sim::UnitEvent& e : record_.result.events_log) {
    const bool scores = e.kind == sim::EventKind::kScores;
    if (e.command != c.id || (e.kind != sim::EventKind::kBlock && !scores)) continue;
    issues[e.cycle] = {scores, c.id, e.index};
    if (blocks.size() < script.size() && script[blocks.size()].scores == scores)
      blocks.push_back({&script[blocks.size()], e.cycle});
  }
  if (blocks.size() != script.size()) {
    findings.push_back("command " + std::to_string(c.id) + ": " + std::to_string(script.size()) +
                       " blocks in the script, " + std::to_string(blocks.size()) + " fit the log");
    return;
  }
  for (const Placed& p : blocks) place_block(c, p);
  if (c.opcode == Opcode::kAttention) place_softmax(c, blocks);
  if (c.opcode == Opcode::kExperts) place_gathers(c, blocks);
}

namespace {

/// The position table, the router and rows of a queue take one row a cycle.
bool single_rows(const Descriptor& d) {
  constexpr int kToEmbed = 1, kToLogits = 5;
  return d.dst == kToEmbed || d.dst == kToLogits || d.matrix == 1;
}

}  // namespace

Timetable::Cycle Timetable::written(const Placed& p) const {
  const int rows = single_rows(p.block->desc) ? 1 : shape_.drain_rows;
  const auto drain = static_cast<Cycle>(shape_.token_lanes / rows);
  return p.end() + timing::kArrayPipeline + drain + timing::kRequantPipeline +
         (p.block->gelu ? timing::kGeluPipeline : 0);
}

int Timetable::amount(const Command& c) const {
  if (c.opcode != Opcode::kExperts || c.signal_mode != SignalMode::kGroup) return 1;
  return static_cast<int>(sim::groups_of(c, shape_.token_lanes));
}

void Timetable::place_block(const Command& c, const Placed& p) {
  const ScriptBlock& b = *p.block;
  for (const Tile& t : b.tiles) tiles[p.start + static_cast<Cycle>(t.offset)] = {&b, &t};
  if (b.consumed_tiles != 0)
    tile_rows[p.end()] = {b.entry->tile_segment, static_cast<std::uint64_t>(b.consumed_tiles)};
  if (b.class_follows) place_class_row(c, p);
  if (b.scores) return;
  const bool signal = (c.signal_mode == SignalMode::kGroup && b.group_end) ||
                      (c.signal_mode == SignalMode::kEnd && b.command_end);
  const Cycle at = written(p);
  if (signal || b.command_end)
    events[b.gelu][at] = {signal, c.signal, amount(c), b.command_end, c.id};
  if (b.params_through && !b.class_follows && b.entry->param_rows != 0)
    param_rows[b.gelu][at] = {b.entry->param_segment, b.entry->param_rows};
  if (b.command_end) check_end(c, at);
}

void Timetable::place_class_row(const Command& c, const Placed& p) {
  const auto lanes = static_cast<Cycle>(shape_.token_lanes);
  const std::uint64_t groups = sim::ceil_div(c.tokens, lanes);
  const bool own_group = c.tokens % lanes == 0;
  const auto words = static_cast<Cycle>(c.out_dim / 16);
  Cycle now = p.end();
  while (own_group && !group_reached(c, groups, now)) ++now;
  const Cycle start = std::max(now, p.end() + timing::kArrayPipeline + lanes);
  class_rows[start] = {c.tokens, static_cast<int>(words)};
  const Cycle at = start + words + timing::kRequantPipeline;
  const bool signal = (c.signal_mode == SignalMode::kGroup && own_group) ||
                      c.signal_mode == SignalMode::kEnd;
  events[0][at] = {signal, c.signal, 1, true, c.id};
  if (p.block->entry->param_rows != 0)
    param_rows[0][at] = {p.block->entry->param_segment, p.block->entry->param_rows};
  check_end(c, at);
}

/// The rule of AttentionRun::softmax with the cycles of the log.
void Timetable::place_softmax(const Command& c, const std::vector<Placed>& blocks) {
  const auto lanes = static_cast<Cycle>(shape_.token_lanes);
  const auto width = static_cast<Cycle>(shape_.softmax_tokens);
  const Cycle drain = sim::ceil_div(lanes, 2 * width);
  const Cycle keys = sim::ceil_div(c.tokens, 16) * sim::ceil_div(lanes, width);
  const Cycle cycles = shape_.drain_rows > 1 ? std::max(keys, lanes) : keys;
  std::vector<Cycle> written, issued;
  for (const Placed& p : blocks) {
    if (p.block->scores)
      written.push_back(p.end() + timing::kArrayPipeline + drain + timing::kScoreWrite);
    if (p.block->values && p.block->pair >= 0) issued.push_back(p.end());
  }
  Cycle free = 0;
  for (std::size_t p = 0; p < written.size(); ++p) {
    Cycle start = std::max(free, written[p] + timing::kBuffer);
    if (p >= 2) start = std::max(start, issued[p - 2] + timing::kBuffer);
    free = start + cycles;
    const int pair = static_cast<int>(p);
    softmax[start] = {pair % shape_.score_groups, pair % 2, c.tokens};
  }
}

/// The rule of ExpertRun::gathered with the cycles of the log.
void Timetable::place_gathers(const Command& c, const std::vector<Placed>& blocks) {
  std::vector<Placed> jobs;
  for (const Placed& p : blocks) {
    if (p.block->gather_job >= 0) jobs.push_back(p);
  }
  const int words = c.in_dim / 16;
  Cycle free = published(c);
  for (std::size_t j = 0; j < jobs.size(); ++j) {
    const ScriptBlock& b = *jobs[j].block;
    const Cycle start = std::max(free, j >= 2 ? jobs[j - 2].end() + timing::kBuffer : 0);
    free = start + static_cast<Cycle>(b.gather_rows * words);
    gathers[start] = {b.gather_expert, b.gather_index, b.gather_rows, static_cast<int>(j % 2),
                      words};
  }
}

void Timetable::place_empty_experts(const Command& c) {
  const Cycle at = record_.result.commands[c.id].end;
  const bool signal = c.signal_mode == SignalMode::kEnd || c.signal_mode == SignalMode::kGroup;
  events[1][at] = {signal, c.signal, amount(c), true, c.id};
}

/// The first cycle in which EXPERTS acts on its routing: its start is not in the log, but
/// a routing becomes public after everything else that it waits for, or it waits for that itself.
Timetable::Cycle Timetable::published(const Command& c) const {
  Cycle at = 0;
  for (const RecordedBlock& b : record_.blocks) {
    if (b.tag == c.tag) at = b.published_at;
  }
  for (const program::Wait& w : c.wait) {
    if (w.mode != program::WaitMode::kStart) continue;
    const Track& track = record_.counters[w.counter];
    while (track.at(at) < w.value) ++at;
  }
  return at;
}

bool Timetable::group_reached(const Command& c, std::uint64_t group, Cycle cycle) const {
  return std::all_of(std::begin(c.wait), std::end(c.wait), [&](const program::Wait& w) {
    return w.mode != program::WaitMode::kGroup ||
           record_.counters[w.counter].at(cycle) >= w.value + group + 1;
  });
}

void Timetable::check_end(const Command& c, Cycle end) {
  const Cycle engine = record_.result.commands[c.id].end;
  if (engine != end) {
    findings.push_back("command " + std::to_string(c.id) + " ends in " + std::to_string(engine) +
                       ", its script in " + std::to_string(end));
  }
}

}  // namespace edgemoe::test
