// SPDX-License-Identifier: Apache-2.0
#include "models/schema/nearest_name.hpp"

#include <algorithm>
#include <cctype>

namespace edgemoe::models {

namespace {

constexpr std::size_t kLongest = 64;

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

/// Optimal string alignment distance: edits and swaps of neighbours.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[a.size()][b.size()];
}

std::string only_completion(const std::string& word, const std::vector<std::string>& candidates) {
  if (word.size() < 2) return "";
  const auto completes = [&](const std::string& name) {
    return lower(name).compare(0, word.size(), word) == 0;
  };
  const auto first = std::find_if(candidates.begin(), candidates.end(), completes);
  if (first == candidates.end()) return "";
  return std::any_of(first + 1, candidates.end(), completes) ? "" : *first;
}

}  // namespace

std::string nearest_name(std::string_view word, const std::vector<std::string>& candidates) {
  if (word.empty() || word.size() > kLongest) return "";
  const std::string wanted = lower(word);
  std::string best;
  std::size_t best_distance = kLongest;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > kLongest) continue;
    const std::size_t longer = std::max(wanted.size(), candidate.size());
    const std::size_t limit = longer <= 4 ? 1 : longer / 3;
    const std::size_t edits = distance(wanted, lower(candidate));
    if (edits <= limit && edits < best_distance) {
      best = candidate;
      best_distance = edits;
    }
  }
  return best.empty() ? only_completion(wanted, candidates) : best;
}

}  // namespace edgemoe::models
