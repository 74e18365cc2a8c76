// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/accesses.hpp"

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
  if (c.opcode == Opcode::kStoreTokens) access->reads.push_back({c.src, segment, group});
  if (c.opcode == Opcode::kLoadExperts) access->reads.push_back(whole(Buffer::kQueues));
  const bool fills = c.opcode == Opcode::kLoadPixels || c.opcode == Opcode::kLoadTokens;
  if (fills) access->writes.push_back(whole(c.dst));
}

void add_experts(const Command& c, int token_lanes, GroupAccess* access) {
  const int groups = groups_of(c.tokens, token_lanes);
  access->reads.push_back(whole(Buffer::kQueues));
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
  access->reads.push_back({Buffer::kLogits, c.task_slot, group});
  access->writes.push_back(whole(Buffer::kQueues));
}

}  // namespace

int group_count(const Command& c, int token_lanes) {
  switch (c.opcode) {
    case Opcode::kEmbed:
      return groups_of(c.tokens + 1, token_lanes);  // the class row
    case Opcode::kCopy:
    case Opcode::kGate:
    case Opcode::kRoute:
      return groups_of(c.tokens, token_lanes);
    case Opcode::kLinear:
    case Opcode::kAttention:
    case Opcode::kNorm:
    case Opcode::kStoreTokens:
      return c.segments * groups_of(c.tokens, token_lanes);
    default:
      return 1;
  }
}

GroupAccess accesses_of(const Command& c, int token_lanes, int index) {
  GroupAccess access;
  const int per_segment =
      groups_of(c.opcode == Opcode::kEmbed ? c.tokens + 1 : c.tokens, token_lanes);
  const int segment = per_segment > 0 ? index / per_segment : 0;
  const int group = per_segment > 0 ? index % per_segment : 0;
  switch (c.opcode) {
    case Opcode::kLoadPixels:
    case Opcode::kLoadTokens:
    case Opcode::kLoadExperts:
    case Opcode::kStoreTokens:
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
      add_segment(c.src, segment, per_segment, &access.reads);  // K and V of all tokens
      access.writes.push_back({c.dst, segment, group});
      break;
    case Opcode::kGate:
      add_rows(c, c.task_slot, group, &access);
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

}  // namespace edgemoe::host
