// SPDX-License-Identifier: Apache-2.0
#include "sim/units/writer.hpp"

#include <algorithm>

#include "hls/program/token_record.hpp"
#include "sim/units/shapes.hpp"
#include "sim/units/timing.hpp"

namespace edgemoe::sim {

using program::kRowBytes;

Writer::Writer(Machine& machine)
    : Unit(machine, program::Unit::kWriter, "writer"),
      dram_(add_reason("dram")),
      experts_(add_reason("wait:experts")) {}

void Writer::execute(const program::Command& c) {
  wait_start();
  switch (c.opcode) {
    case program::Opcode::kSpill:
      spill(c);
      break;
    case program::Opcode::kStoreExperts:
      store_experts(c);
      break;
    case program::Opcode::kFence:
      break;
    default:
      store(c);
      break;
  }
  for (int port : machine_.load_ports) {
    DramPort& p = machine_.dram.port(port);
    await(p.writes_done(), p.writes_issued(), dram_);
  }
  complete(now());
}

void Writer::spill(const program::Command& c) {
  if (c.src == program::Buffer::kKeyValue) {
    spill_keys(c);
    return;
  }
  const auto lanes = static_cast<std::uint64_t>(machine_.design.array.token_lanes);
  for (std::uint64_t t = 0; t < c.tokens; ++t) {
    if (t % lanes == 0) wait_group(t / lanes);
    for (std::uint64_t r = 0; r < c.rows; ++r)
      write_row(c.address + (t * c.expert_stride_rows + r) * kRowBytes, kRowBytes);
    if ((t + 1) % lanes == 0 || t + 1 == c.tokens) signal_group(now());
  }
}

void Writer::spill_keys(const program::Command& c) {
  const auto lanes = static_cast<std::uint64_t>(machine_.design.array.token_lanes);
  const std::uint64_t dims = ceil_div(c.head_dim, program::kTile);
  const std::uint64_t of_head = program::head_tiles(c.frame_tokens, c.head_dim);
  const std::uint64_t groups = ceil_div(c.tokens, lanes);
  std::uint64_t seen = 0, freed = 0;
  for (std::uint64_t key = 0; key < c.tokens; key += program::kTile) {
    const std::uint64_t end = std::min<std::uint64_t>(key + program::kTile, c.tokens);
    for (; seen < ceil_div(end, lanes); ++seen) wait_group(seen);
    for (std::uint64_t half = 0; half < 2u * c.heads; ++half) {
      const std::uint64_t tile = half * of_head + (c.token_begin + key) / program::kTile * dims;
      for (std::uint64_t r = 0; r < dims * c.rows; ++r)
        write_row(c.address + (tile * c.rows + r) * kRowBytes, kRowBytes);
    }
    const std::uint64_t free = end == c.tokens ? groups : end / lanes;
    signal_group(now(), free - freed);
    freed = free;
  }
}

void Writer::store_experts(const program::Command& c) {
  const MoeBlock& block = machine_.index.block(c.tag);
  const std::uint64_t added = program::contribution_row(c.expert_stride_rows, c.in_dim, c.adds);
  const std::uint64_t rows = program::word_rows(c.in_dim);
  Machine::ChunkCounters& chunks = machine_.chunks(c.tag);
  await(machine_.published(c.tag), 1, experts_);
  for (std::size_t i = 0; i < block.plan.execution.size(); ++i) {
    const ExpertQueue& chunk = block.plan.execution[i];
    await(chunks.computed, i + 1, experts_);
    for (std::uint64_t e = chunk.begin; e < chunk.begin + chunk.length; ++e) {
      const QueuedToken& token = block.plan.queues[static_cast<std::size_t>(chunk.expert)][e];
      const std::uint64_t first =
          std::uint64_t{token.record} * c.expert_stride_rows + added + token.choice * rows;
      for (std::uint64_t r = 0; r < rows; ++r)
        write_row(c.address + (first + r) * kRowBytes, kRowBytes);
    }
    chunks.drained.add_at(now() + timing::kSignal);
  }
}

void Writer::store(const program::Command& c) {
  const auto lanes = static_cast<std::uint64_t>(machine_.design.array.token_lanes);
  const std::uint64_t token_bytes = std::uint64_t{c.out_dim} * 4;
  const std::uint64_t total = token_bytes * c.tokens * c.segments;
  const std::uint64_t segment_groups = ceil_div(c.tokens, lanes);
  std::uint64_t groups_seen = 0, groups_free = 0;
  for (std::uint64_t offset = 0; offset < total; offset += kRowBytes) {
    const std::uint64_t bytes = std::min<std::uint64_t>(kRowBytes, total - offset);
    const std::uint64_t token = (offset + bytes - 1) / token_bytes;
    const std::uint64_t group = token / c.tokens * segment_groups + token % c.tokens / lanes;
    for (; groups_seen <= group; ++groups_seen) wait_group(groups_seen);
    write_row(c.address + offset, bytes);
    // A group whose last value has been read may be overwritten; its write is on the way.
    const std::uint64_t read = (offset + bytes) / token_bytes;  // whole tokens
    const std::uint64_t free = read / c.tokens * segment_groups + read % c.tokens / lanes;
    if (free > groups_free) signal_group(now(), free - groups_free);
    groups_free = free;
  }
}

void Writer::write_row(std::uint64_t address, std::uint64_t bytes) {
  const std::vector<int>& ports = machine_.load_ports;
  DramPort& port = machine_.dram.port(ports[next_row_++ % ports.size()]);
  const auto limit = static_cast<std::uint64_t>(machine_.design.loader.outstanding);
  if (port.writes_issued() >= limit)
    await(port.writes_done(), port.writes_issued() + 1 - limit, dram_);
  issue(ceil_div(bytes, timing::kWriterBytes));
  note(EventKind::kRowWrite, next_row_ - 1);
  port.write(*this, address, bytes);
  book().bytes += bytes;
}

}  // namespace edgemoe::sim
