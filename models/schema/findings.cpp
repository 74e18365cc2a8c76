// SPDX-License-Identifier: Apache-2.0
#include "models/schema/findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "models/schema/error.hpp"

namespace edgemoe::models {

namespace {

constexpr std::size_t kMostFindings = 100;

/// True when `inner` is `outer` or lies within it.
bool within(const std::string& inner, const std::string& outer) {
  if (inner.compare(0, outer.size(), outer) != 0) return false;
  return inner.size() == outer.size() || inner[outer.size()] == '.' || inner[outer.size()] == '[';
}

std::string join(const std::vector<std::string>& lines) {
  std::string all;
  for (const std::string& line : lines) all += (all.empty() ? "" : "\n") + line;
  return all;
}

}  // namespace

ConfigError::ConfigError(std::vector<std::string> messages)
    : std::runtime_error(join(messages)), messages_(std::move(messages)) {}

void Findings::add(const Location& where, const std::string& path, const std::string& expected,
                   const std::string& got, const std::string& hint) {
  paths_.insert(path);
  if (std::find(sources_.begin(), sources_.end(), where.source) == sources_.end()) {
    sources_.push_back(where.source);
  }
  std::string message = fmt::format("{}: error: {}: expected {}, got {}", where.text(),
                                    path.empty() ? "file" : path, expected, got);
  if (!hint.empty()) message += "\n  hint: " + hint;
  entries_.push_back({where, std::move(message)});
}

bool Findings::concerns(const std::string& path) const {
  return std::any_of(paths_.begin(), paths_.end(), [&](const std::string& bad) {
    return !bad.empty() && (within(bad, path) || within(path, bad));
  });
}

void Findings::throw_if_any() const {
  if (entries_.empty()) return;
  std::vector<Entry> sorted = entries_;
  const auto rank = [&](const Entry& entry) {
    const auto source = std::find(sources_.begin(), sources_.end(), entry.where.source);
    return std::tuple(source - sources_.begin(), entry.where.line, entry.where.column);
  };
  std::stable_sort(sorted.begin(), sorted.end(),
                   [&](const Entry& a, const Entry& b) { return rank(a) < rank(b); });
  std::vector<std::string> messages;
  for (const Entry& entry : sorted) {
    if (messages.size() == kMostFindings) {
      messages.push_back(fmt::format("{}: and {} more errors", sorted.front().where.source,
                                     sorted.size() - kMostFindings));
      break;
    }
    messages.push_back(entry.message);
  }
  throw ConfigError(std::move(messages));
}

}  // namespace edgemoe::models
