// SPDX-License-Identifier: Apache-2.0
#include "sim/units/loader.hpp"

#include <algorithm>

#include "hls/program/token_record.hpp"
#include "sim/units/shapes.hpp"
#include "sim/units/timing.hpp"

namespace edgemoe::sim {

using program::Command;
using program::kRowBytes;
using program::Opcode;

RowCollector::RowCollector(Machine& machine)
    : Process(machine.simulation, "row collector", Role::kService),
      machine_(machine),
      requested_(machine.simulation, "rows requested"),
      idle_(add_reason("no request")),
      in_flight_(add_reason("dram")) {}

void RowCollector::expect(const RowRecord& row) {
  rows_.push_back(row);
  requested_.add();
}

void RowCollector::run() {
  for (std::uint64_t row = 1;; ++row) {
    wait_for(requested_, row, idle_);
    const RowRecord record = rows_.front();
    rows_.pop_front();
    if (record.port == RowRecord::kNoPort) {
      machine_.complete(record.command, std::max(now(), readable_));
      continue;
    }
    wait_for(machine_.dram.port(record.port).reads_done(), record.ticket, in_flight_);
    collect(record);
  }
}

void RowCollector::collect(const RowRecord& row) {
  const Cycle readable = readable_ = now() + timing::kRingWrite;
  machine_.log.add(readable, EventKind::kRowReadable, static_cast<std::uint16_t>(row.command),
                   collected_++);
  if (row.entry != nullptr) {
    row.entry->arrived.add_at(readable);
    if (row.entry_last) {
      row.entry->complete_at = readable;
      machine_.free_if_idle(*row.entry);
    }
  }
  if (row.groups != 0) {
    const Command& c = machine_.index.commands()[static_cast<std::size_t>(row.command)];
    if (c.signal_mode == program::SignalMode::kGroup) {
      machine_.progress(c.signal).add_at(readable + timing::kSignal, row.groups);
    }
  }
  if (row.command_last) machine_.complete(row.command, readable);
}

Loader::Loader(Machine& machine, RowCollector& collector)
    : Unit(machine, program::Unit::kLoader, "loader"),
      collector_(collector),
      last_issue_(machine.load_ports.size(), kNoCycle),
      weight_full_(add_reason("weight ring full")),
      parameter_full_(add_reason("parameter ring full")),
      dram_(add_reason("dram")),
      routing_(add_reason("wait:route")),
      skip_(add_reason("skip")),
      staging_(add_reason("staging")),
      fill_track_(machine.simulation.trace().add_counter("ring rows")) {}

void Loader::execute(const Command& c) {
  wait_start();
  switch (c.opcode) {
    case Opcode::kLoadWeights:
      load_matrix(machine_.weights(c.tag), c.address, true);
      break;
    case Opcode::kPrefetchExperts:
      prefetch(machine_.index.block(c.tag));
      break;
    case Opcode::kLoadExperts:
      load_rest(machine_.index.block(c.tag));
      break;
    case Opcode::kLoadPixels:
      load_pixels();
      break;
    case Opcode::kFill:
      fill();
      break;
    default:
      load_tokens();
      break;
  }
}

void Loader::load_matrix(WeightEntry& entry, std::uint64_t address, bool last_of_command) {
  if (entry.parameter_rows != 0)
    entry.parameter_segment = machine_.parameters.open(entry.parameter_rows);
  if (entry.tile_rows != 0) entry.tile_segment = machine_.tiles.open(entry.tile_rows);
  const std::uint64_t rows = entry.parameter_rows + entry.tile_rows;
  if (rows == 0) complete(now());
  for (std::uint64_t r = 0; r < rows; ++r) {
    RowRecord record;
    record.entry = &entry;
    record.entry_last = r + 1 == rows;
    record.command_last = record.entry_last && last_of_command;
    const bool parameter = r < entry.parameter_rows;
    request(address + r * kRowBytes, parameter ? &machine_.parameters : &machine_.tiles,
            parameter ? parameter_full_ : weight_full_, record);
  }
  flush();
}

void Loader::load_expert(const ExpertLoad& load, bool last) {
  const Command& c = command();
  const std::uint64_t base = c.address + std::uint64_t{c.expert_stride_rows} * kRowBytes *
                                             static_cast<std::uint64_t>(load.expert);
  WeightEntry& first = machine_.expert(c.tag, load.slot, 0);
  const Cycle begin = now();
  load_matrix(first, base, false);
  load_matrix(machine_.expert(c.tag, load.slot, 1),
              base + (first.parameter_rows + first.tile_rows) * kRowBytes, last);
  const bool used = machine_.index.block(c.tag).plan.active(load.expert);
  const char* what = used ? ".load" : ".load (wasted)";
  machine_.note_expert("expert loads", c, load.expert, what, begin, now());
}

void Loader::prefetch(const MoeBlock& block) {
  const Counter& published = machine_.published(command().tag);
  for (int expert : block.plan.guesses) {
    if (published.visible() != 0 && !block.plan.active(expert)) {
      hold_until(now() + timing::kSkip, skip_);
      continue;
    }
    load_expert({expert, expert}, false);
  }
  if (book().begin == kNoCycle) {
    complete(now());
    return;
  }
  // Which expert is the last shows only now: the command ends with what was requested so far.
  RowRecord end;
  end.port = RowRecord::kNoPort;
  end.command = command().id;
  collector_.expect(end);
}

void Loader::load_rest(const MoeBlock& block) {
  await(machine_.published(command().tag), 1, routing_);
  if (block.experts->tiled) {
    load_chunks(block);
    return;
  }
  const std::vector<ExpertLoad>& rest = block.plan.rest;
  for (std::size_t i = 0; i < rest.size(); ++i) load_expert(rest[i], i + 1 == rest.size());
  if (rest.empty()) complete(now());
}

/// Chunk by chunk: the tokens' z, then the expert. A chunk is gathered into one half of the staging
/// buffer, which the first matrix of the chunk before the last has left.
void Loader::load_chunks(const MoeBlock& block) {
  const std::vector<ExpertQueue>& chunks = block.plan.execution;
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    if (i >= 2) await(machine_.chunks(command().tag).staged, i - 1, staging_);
    gather(block, chunks[i]);
    load_expert(block.plan.rest[i], i + 1 == chunks.size());
  }
  if (chunks.empty()) complete(now());
}

void Loader::gather(const MoeBlock& block, const ExpertQueue& chunk) {
  const Command& e = *block.experts;
  const std::uint64_t norm =
      program::contribution_row(e.expert_stride_rows, e.in_dim, e.adds) - e.rows;
  WeightEntry& entry = machine_.gather(command().tag, chunk.slot);
  const std::vector<QueuedToken>& queue = block.plan.queues[static_cast<std::size_t>(chunk.expert)];
  for (std::uint64_t i = chunk.begin; i < chunk.begin + chunk.length; ++i) {
    const std::uint64_t first = std::uint64_t{queue[i].record} * e.expert_stride_rows + norm;
    for (std::uint64_t r = 0; r < e.rows; ++r) {
      RowRecord row;
      row.entry = &entry;
      request(e.address + (first + r) * kRowBytes, nullptr, dram_, row);
    }
  }
  flush();
}

/// Token by token: its piece, then what is added to it.
void Loader::fill() {
  const Command& c = command();
  const std::uint64_t behind = program::contribution_row(c.expert_stride_rows, c.out_dim, c.adds);
  const std::uint64_t added = std::uint64_t{c.adds} * program::word_rows(c.out_dim);
  const auto lanes = static_cast<std::uint64_t>(machine_.design.array.token_lanes);
  for (std::uint64_t t = 0; t < c.tokens; ++t) {
    if (t % lanes == 0) {
      flush();
      wait_group(t / lanes);
    }
    const std::uint64_t base = c.address + t * c.expert_stride_rows * kRowBytes;
    for (std::uint64_t r = 0; r < c.rows + added; ++r) {
      RowRecord row;
      const bool last = r + 1 == c.rows + added;
      row.command_last = last && t + 1 == c.tokens;
      row.groups = last && (row.command_last || (t + 1) % lanes == 0) ? 1 : 0;
      const std::uint64_t at = r < c.rows ? r : behind + r - c.rows;
      request(base + at * kRowBytes, nullptr, dram_, row);
    }
  }
  flush();
}

void Loader::load_pixels() {
  const PixelShape shape(command());
  const int lanes = machine_.design.array.token_lanes;
  std::uint64_t groups = 0;
  for (std::uint64_t band = 0; band < shape.bands; ++band) {
    for (std::uint64_t plane = 0; plane < 3; ++plane) {
      for (std::uint64_t r = 0; r < shape.rows_per_plane_band; ++r) {
        RowRecord record;
        if (plane == 2 && r + 1 == shape.rows_per_plane_band) {
          record.command_last = band + 1 == shape.bands;
          const std::uint64_t patches = (band + 1) * shape.patches_per_band;
          const std::uint64_t done = record.command_last
                                         ? groups_of(command(), lanes)
                                         : patches / static_cast<std::uint64_t>(lanes);
          record.groups = static_cast<std::uint32_t>(done - groups);
          groups = done;
        }
        request(command().address + plane * shape.plane_bytes +
                    (shape.first_band + band) * shape.bytes_per_plane_band + r * kRowBytes,
                nullptr, dram_, record);
      }
    }
  }
  flush();
}

void Loader::load_tokens() {
  const Command& c = command();
  const std::uint64_t rows = static_rows(c);
  const std::uint64_t group_bytes =
      std::uint64_t{c.out_dim} * 4 * static_cast<std::uint64_t>(machine_.design.array.token_lanes);
  std::uint64_t groups = 0;
  for (std::uint64_t r = 0; r < rows; ++r) {
    RowRecord record;
    record.command_last = r + 1 == rows;
    const std::uint64_t done = record.command_last ? groups_of(c, machine_.design.array.token_lanes)
                                                   : (r + 1) * kRowBytes / group_bytes;
    record.groups = static_cast<std::uint32_t>(done - groups);
    groups = done;
    request(c.address + r * kRowBytes, nullptr, dram_, record);
  }
  flush();
}

void Loader::request(std::uint64_t address, RowRing* ring, Reason full, RowRecord record) {
  const std::size_t place = next_row_ % machine_.load_ports.size();
  DramPort& port = machine_.dram.port(machine_.load_ports[place]);
  if (issued_now_ && last_issue_[place] == now()) flush();
  if (ring != nullptr && ring->freed().visible() < ring->next_take()) {
    flush();
    await(ring->freed(), ring->next_take(), full, ring);
  }
  const auto limit = static_cast<std::uint64_t>(machine_.design.loader.outstanding);
  const std::uint64_t issued = port.reads_issued();
  if (issued >= limit && port.reads_done().visible() < issued + 1 - limit) {
    flush();
    await(port.reads_done(), issued + 1 - limit, dram_);
  }
  CommandBook& entry = book();
  if (entry.begin == kNoCycle) entry.begin = now();
  entry.bytes += kRowBytes;
  record.port = machine_.load_ports[place];
  record.command = command().id;
  record.ticket = port.read(*this, address, kRowBytes);
  note(EventKind::kRowRequest, next_row_);
  collector_.expect(record);
  if (ring != nullptr) ring->take();
  last_issue_[place] = now();
  issued_now_ = true;
  ++next_row_;
}

void Loader::flush() {
  if (!issued_now_) return;
  issued_now_ = false;
  issue(1);
  constexpr Cycle kSampleEvery = 256;
  if (now() >= sampled_ + kSampleEvery) {
    sampled_ = now();
    machine_.simulation.trace().sample(fill_track_, now(),
                                       static_cast<std::int64_t>(machine_.tiles.fill()));
  }
}

}  // namespace edgemoe::sim
