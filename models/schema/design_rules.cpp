// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "models/schema/design_keys.hpp"

namespace edgemoe::models {

namespace {

/// `value` of `path` must be a multiple of `unit`.
void require_multiple(Rules* rules, const std::string& path, int value, const std::string& of,
                      int unit) {
  rules->require(value % unit == 0, {path, of}, fmt::format("a multiple of {} ({})", unit, of),
                 fmt::format("{}", value));
}

}  // namespace

void check(const DesignConfig& design, Rules* rules) {
  const BufferConfig& buffers = design.buffers;
  const ArrayConfig& array = design.array;
  require_multiple(rules, "buffers.max_tokens", buffers.max_tokens, "array.token_lanes",
                   array.token_lanes);
  require_multiple(rules, "buffers.max_embed_dim", buffers.max_embed_dim, "array.in_lanes",
                   array.in_lanes);
  require_multiple(rules, "buffers.max_hidden", buffers.max_hidden, "array.in_lanes",
                   array.in_lanes);
  rules->require(
      buffers.staging_tokens % (2 * array.token_lanes) == 0,
      {"buffers.staging_tokens", "array.token_lanes"},
      fmt::format("a multiple of {} (two halves of array.token_lanes)", 2 * array.token_lanes),
      fmt::format("{}", buffers.staging_tokens));
  const LoaderConfig& loader = design.loader;
  const std::set<int> ports(loader.ports.begin(), loader.ports.end());
  rules->require(ports.size() == loader.ports.size(), {"loader.ports"}, "each port once",
                 fmt::format("[{}]", fmt::join(loader.ports, ", ")));
  rules->require(loader.prefetch_experts <= buffers.max_experts,
                 {"loader.prefetch_experts", "buffers.max_experts"},
                 fmt::format("at most {} (buffers.max_experts)", buffers.max_experts),
                 fmt::format("{}", loader.prefetch_experts));
}

}  // namespace edgemoe::models
