// SPDX-License-Identifier: Apache-2.0
#include "sim/units/writer.hpp"

#include <algorithm>

#include "sim/units/shapes.hpp"
#include "sim/units/timing.hpp"

namespace edgemoe::sim {

using program::kRowBytes;

Writer::Writer(Machine& machine)
    : Unit(machine, program::Unit::kWriter, "writer"), dram_(add_reason("dram")) {}

void Writer::execute(const program::Command& c) {
  wait_start();
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
  for (int port : machine_.load_ports) {
    DramPort& p = machine_.dram.port(port);
    await(p.writes_done(), p.writes_issued(), dram_);
  }
  complete(now());
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
