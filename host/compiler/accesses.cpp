// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/accesses.hpp"

#include "hls/program/token_record.hpp"
#include "host/compiler/cost.hpp"

namespace edgemoe::host {
namespace {

using program::Buffer;
using program::Command;
using program::Opcode;

Region whole(Buffer buffer) { return {buffer, 0, 0}; }

void add_segment(Buffer buffer, int segment, int groups, std::vector<Region>* regions) {
  for (int g = 0; g < groups; ++g) regions->push_back({buffer, segment, g});
}

/// Rows in and out of a command that works row by row.
void add_rows(const Command& c, int segment, int group, GroupAccess* access) {
  access->reads.push_back({c.src, segment, group});
  access->writes.push_back({c.dst, segment, group});
  if (c.opcode == Opcode::kLinear && c.dst == Buffer::kResidual) {
    access->reads.push_back({c.dst, segment, group});  // it adds
  }
}

void add_transfer(const Command& c, int segment, int group, GroupAccess* access) {
  const bool stores = c.opcode == Opcode::kStoreTokens || c.opcode == Opcode::kSpill;
  const Buffer src = c.src == Buffer::kKeyValue ? Buffer::kQkv : c.src;
  if (stores) access->reads.push_back({src, segment, group});
  if (c.opcode == Opcode::kLoadExperts) access->reads.push_back(whole(Buffer::kQueues));
  const bool fills = c.opcode == Opcode::kLoadPixels || c.opcode == Opcode::kLoadTokens ||
                     c.dst == Buffer::kPosition;
  if (fills) access->writes.push_back(whole(c.dst));
  if (c.opcode != Opcode::kFill || fills) return;
  access->writes.push_back({c.dst, segment, group});
  if (c.adds > 0) access->reads.push_back(whole(Buffer::kQueues));
}

void add_experts(const Command& c, int token_lanes, GroupAccess* access) {
  const int groups = groups_of(c.tokens, token_lanes);
  access->reads.push_back(whole(Buffer::kQueues));
  if (c.tiled) {  // chunks of the queues pass through the rows of a tile
    add_segment(c.dst, 0, groups, &access->writes);
    add_segment(Buffer::kHidden, 0, groups, &access->writes);
    return;
  }
  for (int s = 0; s < c.segments; ++s) {
    add_segment(c.src, s, groups, &access->reads);
    add_segment(c.dst, s, groups, &access->reads);
    add_segment(c.dst, s, groups, &access->writes);
    add_segment(Buffer::kHidden, s, groups, &access->writes);
  }
}

void add_copy(const Command& c, int group, GroupAccess* access) {
  access->reads.push_back({c.src, 0, group});
  for (int s = 1; s < c.segments; ++s) access->writes.push_back({c.dst, s, group});
}

void add_route(const Command& c, int group, GroupAccess* access) {
  access->reads.push_back({Buffer::kLogits, c.tiled ? 0 : c.task_slot, group});
  access->writes.push_back(whole(Buffer::kQueues));
}

}  // namespace

int group_count(const Command& c, int token_lanes) {
  switch (c.opcode) {
    case Opcode::kEmbed:
      return groups_of(c.tiled ? tile_rows_of(c) : c.tokens + 1, token_lanes);  // the class row
    case Opcode::kCopy:
    case Opcode::kGate:
    case Opcode::kRoute:
      return groups_of(c.tokens, token_lanes);
    case Opcode::kLinear:
    case Opcode::kAttention:
    case Opcode::kNorm:
    case Opcode::kStoreTokens:
    case Opcode::kSpill:
    case Opcode::kFill:
      return c.segments * groups_of(c.tokens, token_lanes);
    default:
      return 1;
  }
}

GroupAccess accesses_of(const Command& c, int token_lanes, int index) {
  GroupAccess access;
  const int rows = c.opcode != Opcode::kEmbed ? c.tokens : c.tiled ? tile_rows_of(c) : c.tokens + 1;
  const int per_segment = groups_of(rows, token_lanes);
  const int segment = per_segment > 0 ? index / per_segment : 0;
  const int group = per_segment > 0 ? index % per_segment : 0;
  switch (c.opcode) {
    case Opcode::kLoadPixels:
    case Opcode::kLoadTokens:
    case Opcode::kLoadExperts:
    case Opcode::kStoreTokens:
    case Opcode::kSpill:
    case Opcode::kFill:
      add_transfer(c, segment, group, &access);
      break;
    case Opcode::kEmbed:
      access.reads.push_back(whole(Buffer::kPixels));
      access.reads.push_back(whole(Buffer::kPosition));
      access.writes.push_back({c.dst, segment, group});
      break;
    case Opcode::kLinear:
    case Opcode::kNorm:
      add_rows(c, segment, group, &access);
      break;
    case Opcode::kAttention:
      if (c.tiled) {
        access.reads.push_back({c.src, segment, group});
      } else {
        add_segment(c.src, segment, per_segment, &access.reads);  // K and V of all tokens
      }
      access.writes.push_back({c.dst, segment, group});
      break;
    case Opcode::kGate:
      add_rows(c, c.tiled ? 0 : c.task_slot, group, &access);
      break;
    case Opcode::kCopy:
      add_copy(c, group, &access);
      break;
    case Opcode::kRoute:
      add_route(c, group, &access);
      break;
    case Opcode::kExperts:
      add_experts(c, token_lanes, &access);
      break;
    default:
      break;
  }
  return access;
}

namespace {

/// Rows `first` .. `first + count` of every record from the command's address on.
void add_records(const Command& c, std::uint64_t tokens, std::uint64_t first, std::uint64_t count,
                 std::vector<MemoryRun>* runs) {
  for (std::uint64_t t = 0; t < tokens; ++t) {
    runs->push_back({c.address + (t * c.expert_stride_rows + first) * program::kRowBytes, count});
  }
}

/// K or V of a tile: of every head, the tiles of the keys that it has.
void add_keys(const Command& c, std::vector<MemoryRun>* runs) {
  const std::uint64_t dims = static_cast<std::uint64_t>(program::blocks_of(c.head_dim));
  const std::uint64_t of_head = program::head_tiles(c.frame_tokens, c.head_dim);
  const std::uint64_t first = c.token_begin / program::kTile * dims;
  for (std::uint64_t half = 0; half < 2ull * c.heads; ++half) {
    runs->push_back({c.address + (half * of_head + first) * c.rows * program::kRowBytes,
                     static_cast<std::uint64_t>(program::blocks_of(c.tokens)) * dims * c.rows});
  }
}

}  // namespace

std::vector<MemoryRun> memory_runs_of(const Command& c) {
  std::vector<MemoryRun> runs;
  const std::uint32_t word_rows = program::word_rows(c.out_dim);
  const std::uint32_t added =
      program::contribution_row(c.expert_stride_rows, c.out_dim, c.adds);  // rows before them
  const std::uint64_t all = std::uint64_t{c.segments} * c.frame_tokens;
  switch (c.opcode) {
    case Opcode::kLoadWeights:
      runs.push_back({c.address, std::uint64_t{c.param_rows} + c.rows});
      break;
    case Opcode::kSpill:
      if (c.src == Buffer::kKeyValue) {
        add_keys(c, &runs);
      } else {
        add_records(c, c.tokens, 0, c.rows, &runs);
      }
      break;
    case Opcode::kFill:
      add_records(c, c.tokens, 0, c.rows, &runs);
      if (c.adds > 0) {
        add_records(c, c.tokens, added, std::uint64_t{c.adds} * word_rows, &runs);
      }
      break;
    case Opcode::kExperts:  // what its gathers read; the loader's, at this command
      if (c.tiled) add_records(c, all, added - c.rows, c.rows, &runs);
      break;
    case Opcode::kStoreExperts:
      add_records(c, all, added, c.expert_stride_rows - added, &runs);
      break;
    default:
      break;
  }
  return runs;
}

}  // namespace edgemoe::host
