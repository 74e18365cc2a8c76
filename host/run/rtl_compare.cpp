// SPDX-License-Identifier: Apache-2.0
#include "host/run/rtl_compare.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace edgemoe::host {
namespace {

const char* point_name(int point) {
  static const char* const kNames[] = {"x", "norm", "qkv", "attention", "sum", "hidden", "logits"};
  return kNames[point];
}

void differ(RtlVerdict* verdict, const std::string& text) {
  if (verdict->different++ == 0) verdict->first = text;
}

std::string name_of(const LoweredProgram& program, int command) {
  const auto at = static_cast<std::size_t>(command);
  return at < program.info.size() ? program.info[at].name : "command " + std::to_string(command);
}

std::string row_difference(const RowRecorder::Key& key, const RowRecorder::Row& expected,
                           const RowRecorder::Row* got, const LoweredProgram& program) {
  const std::string where =
      fmt::format("{}, {} of segment {}, row {}", name_of(program, key.command),
                  point_name(key.point), key.segment, key.row);
  if (got == nullptr) return where + ": the RTL has not written it";
  if (got->scale != expected.scale)
    return fmt::format("{}: scale {} in the kernels, {} in the RTL", where, expected.scale,
                       got->scale);
  const std::size_t count = std::min(expected.values.size(), got->values.size());
  for (std::size_t i = 0; i < count; ++i) {
    if (expected.values[i] != got->values[i]) {
      return fmt::format("{}, column {}: {} in the kernels, {} in the RTL", where, i,
                         expected.values[i], got->values[i]);
    }
  }
  return fmt::format("{}: {} values in the kernels, {} in the RTL", where, expected.values.size(),
                     got->values.size());
}

}  // namespace

void RowRecorder::on_row(const program::Command& command, hls::TapPoint point, int segment, int row,
                         const std::int32_t* values, int count, std::uint32_t scale) {
  rows_[{command.id, static_cast<int>(point), segment, row}] = {{values, values + count}, scale};
}

RtlVerdict compare_rows(const RowRecorder& kernels, const RowRecorder& rtl,
                        const LoweredProgram& program) {
  RtlVerdict verdict;
  for (const auto& [key, expected] : kernels.rows()) {
    ++verdict.compared;
    const auto found = rtl.rows().find(key);
    const RowRecorder::Row* got = found == rtl.rows().end() ? nullptr : &found->second;
    if (got == nullptr || !(*got == expected))
      differ(&verdict, row_difference(key, expected, got, program));
  }
  return verdict;
}

RtlVerdict compare_spans(const sim::SimulationResult& engine, const rtl::RunResult& rtl,
                         const LoweredProgram& program) {
  RtlVerdict verdict;
  // The earliest difference says most.
  std::uint64_t first_cycle = ~std::uint64_t{0};
  for (std::size_t i = 0; i < engine.commands.size() && i < rtl.commands.size(); ++i) {
    const sim::CommandTiming& e = engine.commands[i];
    const rtl::CommandSpan& r = rtl.commands[i];
    ++verdict.compared;
    if (e.begin == r.begin && e.end == r.end) continue;
    ++verdict.different;
    const std::uint64_t at = e.begin != r.begin ? e.begin : e.end;
    if (at >= first_cycle) continue;
    first_cycle = at;
    verdict.first =
        fmt::format("{}: {}..{} in the cycle engine, {}..{} in the RTL",
                    name_of(program, static_cast<int>(i)), e.begin, e.end, r.begin, r.end);
  }
  ++verdict.compared;
  if (engine.cycles != rtl.cycles) {
    differ(&verdict,
           fmt::format("{} cycles in the cycle engine, {} in the RTL", engine.cycles, rtl.cycles));
  }
  return verdict;
}

RtlVerdict compare_events(const sim::SimulationResult& engine, const rtl::RunResult& rtl) {
  RtlVerdict verdict;
  const std::vector<sim::UnitEvent>&a = engine.events_log, &b = rtl.events;
  const std::size_t count = std::max(a.size(), b.size());
  for (std::size_t i = 0; i < count; ++i) {
    ++verdict.compared;
    const std::string left = i < a.size() ? sim::to_line(a[i]) : "nothing";
    const std::string right = i < b.size() ? sim::to_line(b[i]) : "nothing";
    if (left == right) continue;
    verdict.different = count - i;
    verdict.first =
        fmt::format("event {}: \"{}\" in the cycle engine, \"{}\" in the RTL", i, left, right);
    break;
  }
  return verdict;
}

RtlVerdict compare_routing(const program::RoutingTrace& kernels, const program::RoutingTrace& rtl) {
  RtlVerdict verdict;
  for (const program::SegmentRouting& expected : kernels.segments) {
    const program::SegmentRouting* got = rtl.find(expected.layer, expected.segment);
    for (std::size_t i = 0; i < expected.choices.size(); ++i) {
      ++verdict.compared;
      const program::Choice& e = expected.choices[i];
      const bool there = got != nullptr && i < got->choices.size();
      if (there && got->choices[i] == e) continue;
      differ(&verdict, fmt::format("choice {} of block {}, segment {}: expert {} (score {}) in the "
                                   "kernels, {} in the RTL",
                                   i, expected.layer, expected.segment, e.expert, e.score,
                                   there ? fmt::format("{} ({})", got->choices[i].expert,
                                                       got->choices[i].score)
                                         : "none"));
    }
  }
  return verdict;
}

}  // namespace edgemoe::host
