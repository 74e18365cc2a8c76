// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/program_writer.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "host/compiler/cost.hpp"
#include "models/schema/error.hpp"

namespace edgemoe::host {
namespace {

using program::Command;

constexpr std::uint32_t kCounterMax = 65535;

void add_wait(Command* command, program::WaitMode mode, Counter counter, int value) {
  for (program::Wait& wait : command->wait) {
    if (wait.mode != program::WaitMode::kNone) continue;
    wait = {mode, static_cast<std::uint8_t>(counter), static_cast<std::uint16_t>(value)};
    return;
  }
  throw std::logic_error("compiler: a command has more waits than its form holds");
}

}  // namespace

void wait_all(Command* command, const Progress& progress) {
  add_wait(command, program::WaitMode::kStart, progress.counter, progress.after);
}

void wait_groups(Command* command, const Progress& progress, int offset) {
  add_wait(command, program::WaitMode::kGroup, progress.counter, progress.before + offset);
}

void ProgramWriter::emit(Command command, const std::string& name, const std::string& task) {
  if (result_.commands.size() > 65535) {
    throw models::ConfigError({"error: program: needs more than 65536 commands"});
  }
  command.id = static_cast<std::uint16_t>(result_.commands.size());
  const Work work = work_of(command, design_);
  CommandInfo info;
  info.name = prefix_ + name + suffix_;
  info.task = !task.empty() ? task : task_of_tile_.empty() ? task_of_all_ : task_of_tile_;
  info.macs = work.macs;
  info.macs_padded = work.macs_padded;
  result_.commands.push_back(command);
  result_.info.push_back(info);
}

Progress ProgramWriter::advance(Counter counter, int amount) {
  std::uint32_t& value = counters_[static_cast<int>(counter)];
  const std::uint32_t before = value;
  value += static_cast<std::uint32_t>(amount);
  if (value > kCounterMax) {
    throw models::ConfigError(
        {fmt::format("error: counters: needs a count of {}, a progress counter has 16 bits ({})",
                     value, kCounterMax)});
  }
  Progress progress;
  progress.counter = counter;
  progress.before = static_cast<std::uint16_t>(before);
  progress.after = static_cast<std::uint16_t>(value);
  return progress;
}

Progress ProgramWriter::emit_grouped(Command command, Counter counter, int segments,
                                     const std::string& name, const std::string& task) {
  // The class row belongs to the embedding's last group; tiles say how many rows they have.
  const int tokens = command.tiled ? tile_rows_of(command) : tokens_;
  const int groups = groups_of(tokens, design_.array.token_lanes) * segments;
  Progress progress = advance(counter, groups);
  progress.grouped = true;
  progress.segments = segments;
  command.signal_mode = program::SignalMode::kGroup;
  command.signal = static_cast<std::uint8_t>(counter);
  emit(command, name, task);
  return progress;
}

Progress ProgramWriter::emit_signalling(Command command, Counter counter, const std::string& name,
                                        const std::string& task) {
  const Progress progress = advance(counter, 1);
  command.signal_mode = program::SignalMode::kEnd;
  command.signal = static_cast<std::uint8_t>(counter);
  emit(command, name, task);
  return progress;
}

std::uint16_t ProgramWriter::load(const Placement& placement, int layer, const std::string& name,
                                  const std::string& task) {
  Command command;
  command.opcode = program::Opcode::kLoadWeights;
  command.layer = static_cast<std::uint8_t>(layer_base_ + layer);
  command.address = placement.address;
  command.param_rows = placement.param_rows;
  command.rows = placement.rows;
  command.tag = next_tag();
  emit(command, "load." + name, task);
  result_.weight_bytes += placement.bytes();
  if (!loaded_.insert(placement.address).second) result_.spill.reload_bytes += placement.bytes();
  return command.tag;
}

void ProgramWriter::tap(hls::TapPoint point, const std::string& name, double scale,
                        int column_begin, int columns) {
  TapInfo info;
  info.command_id = result_.commands.back().id;
  info.point = point;
  info.name = prefix_ + name;
  info.scale = scale;
  info.column_begin = column_begin;
  info.columns = columns;
  result_.taps.push_back(info);
}

}  // namespace edgemoe::host
