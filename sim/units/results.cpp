// SPDX-License-Identifier: Apache-2.0
#include "sim/units/results.hpp"

#include <algorithm>
#include <stdexcept>

#include "hls/program/image.hpp"
#include "sim/units/shapes.hpp"

namespace edgemoe::sim {
namespace {

const char* tail_name(program::Unit unit) {
  switch (unit) {
    case program::Unit::kLoader:
    case program::Unit::kWriter:
      return "dram";
    default:
      return "pipeline";
  }
}

CommandTiming timing_of(const CommandBook& book, int id, const Process& process,
                        program::Unit unit) {
  CommandTiming t;
  t.id = static_cast<std::uint16_t>(id);
  t.begin = book.begin;
  t.end = book.end;
  t.busy = book.busy;
  t.bytes = book.bytes;
  Cycle booked = book.busy;
  for (std::size_t reason = 0; reason < book.stall.size(); ++reason) {
    if (book.stall[reason] == 0) continue;
    t.stall[process.reason_names()[reason]] += book.stall[reason];
    booked += book.stall[reason];
  }
  if (t.end < t.begin || booked > t.end - t.begin) {
    throw std::logic_error("command " + std::to_string(id) + ": more cycles booked than it took");
  }
  if (booked < t.end - t.begin) t.stall[tail_name(unit)] += t.end - t.begin - booked;
  return t;
}

/// z of the tokens of all chunks.
std::uint64_t gathered_rows(const ProgramIndex& index) {
  std::uint64_t rows = 0;
  for (const auto& [tag, block] : index.blocks()) {
    for (const std::vector<QueuedToken>& queue : block.plan.queues)
      rows += queue.size() * block.experts->rows;
  }
  return rows;
}

UnitStalls helper_unit(const std::string& name, Cycle busy, Cycle total) {
  if (busy > total) throw std::logic_error(name + ": busy for longer than the run");
  return {name, busy, {{"not fed", total - busy}}};
}

std::vector<UnitStalls> unit_stalls(const Machine& machine, const Array& array,
                                    const std::vector<std::string>& names) {
  std::vector<UnitStalls> result;
  for (const ProcessTime& time : machine.simulation.process_times()) {
    if (std::find(names.begin(), names.end(), time.process) == names.end()) continue;
    UnitStalls stalls{time.process, time.busy, {}};
    for (const auto& [reason, cycles] : time.stalls) {
      if (cycles != 0) stalls.reasons[reason] += cycles;
    }
    result.push_back(stalls);
  }
  const Cycle total = machine.simulation.now();
  result.push_back(helper_unit("requantiser", array.requantiser_busy(), total));
  result.push_back(helper_unit("softmax", array.softmax_busy(), total));
  result.push_back(helper_unit("gather", array.gather_busy(), total));
  return result;
}

/// The data bus: busy, or why not, in whole cycles (rest of a cycle counts as idle).
UnitStalls dram_stalls(const Machine& machine) {
  const DramCounters& c = machine.dram.memory().counters();
  const Tick cycle = machine.dram.memory().time_base().cycle;
  const Cycle total = machine.simulation.now();
  UnitStalls stalls{"dram", std::min<Cycle>(total, c.busy_ticks / cycle), {}};
  Cycle left = total - stalls.busy;
  const auto add = [&](const char* reason, Tick ticks) {
    const Cycle cycles = std::min<Cycle>(left, ticks / cycle);
    if (cycles != 0) stalls.reasons[reason] = cycles;
    left -= cycles;
  };
  add("refresh", c.refresh_ticks);
  add("efficiency cap", c.cap_stall_ticks);
  add("turnaround", c.turnaround_ticks);
  if (left != 0) stalls.reasons["no request or latency"] = left;
  return stalls;
}

/// Fills, streamed keys and gathered tokens. Positions are no spill.
std::uint64_t spill_read_rows(const ProgramIndex& index) {
  std::uint64_t rows = 0;
  for (const program::Command& c : index.commands()) {
    if (c.opcode == program::Opcode::kFill && c.dst != program::Buffer::kPosition)
      rows += static_rows(c);
    if (c.opcode == program::Opcode::kAttention && c.tiled) rows += index.load_of(c.tag)->rows;
  }
  return rows + gathered_rows(index);
}

/// All that the writer wrote but final residuals, which have a record of their own.
std::uint64_t spill_write_rows(const Machine& machine) {
  std::uint64_t bytes = 0;
  for (const program::Command& c : machine.index.commands()) {
    if (program::unit_of(c.opcode) != program::Unit::kWriter || !c.tiled) continue;
    const bool result = c.opcode == program::Opcode::kSpill && c.expert_stride_rows == c.rows;
    if (!result || c.src == program::Buffer::kKeyValue) bytes += machine.book[c.id].bytes;
  }
  return bytes / program::kRowBytes;
}

DramSummary dram_summary(const Machine& machine) {
  const DramCounters& c = machine.dram.memory().counters();
  DramSummary d;
  d.read_bytes = c.read_bytes;
  d.write_bytes = c.write_bytes;
  d.needed_bytes = needed_bytes(machine.index);
  d.spill_read_bytes = spill_read_rows(machine.index) * program::kRowBytes;
  d.spill_write_bytes = spill_write_rows(machine) * program::kRowBytes;
  d.wasted_prefetch_bytes = machine.wasted_rows * program::kRowBytes;
  d.row_hits = c.row_hits;
  d.row_misses = c.row_misses;
  d.row_conflicts = c.row_conflicts;
  return d;
}

void finish_events(const Machine& machine, EventCounts* events) {
  const DramCounters& c = machine.dram.memory().counters();
  // All that is read is written once into a ring or buffer; results leave the residual as 24 bits
  // for every int32.
  events->bram_write_bits += c.read_bytes * 8;
  events->bram_read_bits += c.write_bytes / 4 * 24;
  events->axi_beats = c.axi_read_beats + c.axi_write_beats;
  events->dram_activates = c.activates;
  events->dram_refreshes = c.refreshes;
  const std::uint64_t burst_bits = burst_bytes(machine.dram.memory().parameters()) * 8;
  events->dram_read_bits = c.read_bursts * burst_bits;
  events->dram_write_bits = c.write_bursts * burst_bits;
}

/// One slice a command: from its first to its last issue, so that slices of a track do not overlap.
std::vector<Slice> command_slices(const Machine& machine, const std::vector<Unit*>& units) {
  std::vector<Slice> slices;
  for (const Unit* unit : units) {
    for (int id : machine.index.of_unit(unit->kind())) {
      const CommandBook& book = machine.book[static_cast<std::size_t>(id)];
      const program::Command& c = machine.index.commands()[static_cast<std::size_t>(id)];
      slices.push_back({unit->name(), class_name(c.opcode), id, book.begin,
                        std::max(book.begin, book.issue_end)});
    }
  }
  return slices;
}

CounterTrack bandwidth_track(const Machine& machine, bool write) {
  const Memory& memory = machine.dram.memory();
  const auto window = static_cast<std::uint64_t>(memory.parameters().histogram_window_cycles);
  CounterTrack track{write ? "dram write" : "dram read", "GB/s", {}};
  const double scale = memory.parameters().clock_mhz * 1e-3 / static_cast<double>(window);
  for (std::size_t i = 0; i < memory.histogram().size(); ++i) {
    const BandwidthSample& sample = memory.histogram()[i];
    track.points.emplace_back(
        i * window, static_cast<double>(write ? sample.write_bytes : sample.read_bytes) * scale);
  }
  return track;
}

/// Share of each window of 1024 cycles in which the unit did not work, in percent.
CounterTrack stall_track(const Unit& unit, Cycle total) {
  constexpr Cycle kWindow = 1024;
  std::vector<Cycle> stalled(total / kWindow + 1, 0);
  for (const auto& [begin, end] : unit.stalls()) {
    for (Cycle c = begin; c < end;) {
      const Cycle next = std::min(end, (c / kWindow + 1) * kWindow);
      stalled[c / kWindow] += next - c;
      c = next;
    }
  }
  CounterTrack track{unit.name() + " stalled", "%", {}};
  for (std::size_t i = 0; i < stalled.size(); ++i) {
    track.points.emplace_back(i * kWindow, 100.0 * static_cast<double>(stalled[i]) / kWindow);
  }
  return track;
}

std::vector<CounterTrack> counter_tracks(const Machine& machine, const std::vector<Unit*>& units) {
  std::vector<CounterTrack> tracks{bandwidth_track(machine, false), bandwidth_track(machine, true)};
  CounterTrack ring{"weight ring", "rows", {}};
  for (const TraceSample& sample : machine.simulation.trace().samples()) {
    ring.points.emplace_back(sample.cycle, static_cast<double>(sample.value));
  }
  tracks.push_back(ring);
  for (const Unit* unit : units) {
    if (unit->kind() == program::Unit::kArray || unit->kind() == program::Unit::kLoader) {
      tracks.push_back(stall_track(*unit, machine.simulation.now()));
    }
  }
  return tracks;
}

}  // namespace

std::uint64_t needed_bytes(const ProgramIndex& index) {
  std::uint64_t rows =
      ceil_div(index.commands().size() * program::kCommandBytes, program::kRowBytes);
  for (const program::Command& c : index.commands()) rows += static_rows(c);
  for (const auto& [tag, block] : index.blocks()) {
    rows += block.plan.needed_loads * (std::uint64_t{block.load->rows} + block.load->param_rows);
  }
  rows += gathered_rows(index);
  return rows * program::kRowBytes + program::kImageHeaderBytes;
}

SimulationResult collect_results(const Machine& machine, const std::vector<Unit*>& units,
                                 const Process& sequencer, const Array& array) {
  SimulationResult result;
  result.cycles = machine.simulation.now();
  std::vector<std::string> names{sequencer.name()};
  for (const Unit* unit : units) names.push_back(unit->name());
  for (const program::Command& c : machine.index.commands()) {
    const program::Unit kind = program::unit_of(c.opcode);
    const auto unit =
        std::find_if(units.begin(), units.end(), [&](const Unit* u) { return u->kind() == kind; });
    const Process& process = unit == units.end() ? sequencer : **unit;
    result.commands.push_back(timing_of(machine.book[c.id], c.id, process, kind));
  }
  result.stalls = unit_stalls(machine, array, names);
  result.stalls.push_back(dram_stalls(machine));
  result.events = machine.events;
  finish_events(machine, &result.events);
  result.dram = dram_summary(machine);
  result.events_log = machine.log.sorted();
  result.macs_padded = machine.events.macs_issued;
  if (machine.simulation.trace().enabled()) {
    result.slices = command_slices(machine, units);
    result.slices.insert(result.slices.end(), machine.phases.begin(), machine.phases.end());
    result.counters = counter_tracks(machine, units);
  }
  return result;
}

}  // namespace edgemoe::sim
