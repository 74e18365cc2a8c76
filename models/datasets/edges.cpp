// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "models/datasets/layouts.hpp"

namespace edgemoe::models {
namespace {

/// The eight neighbours in a ring, beginning east and going counter-clockwise; outside is 0.
std::array<int, 8> ring(const std::vector<std::uint16_t>& pixels, int height, int width, int y,
                        int x) {
  constexpr std::array<int, 8> kDy{0, -1, -1, -1, 0, 1, 1, 1};
  constexpr std::array<int, 8> kDx{1, 1, 0, -1, -1, -1, 0, 1};
  std::array<int, 8> n{};
  for (std::size_t i = 0; i < n.size(); ++i) {
    const int ny = y + kDy[i], nx = x + kDx[i];
    const bool inside = ny >= 0 && nx >= 0 && ny < height && nx < width;
    n[i] = inside && pixels[static_cast<std::size_t>(ny) * static_cast<std::size_t>(width) +
                            static_cast<std::size_t>(nx)] != 0
               ? 1
               : 0;
  }
  return n;
}

/// The three conditions; `second` selects the opposite side for the third.
bool removable(const std::array<int, 8>& x, bool second) {
  int crossings = 0, first_pairs = 0, second_pairs = 0;
  for (std::size_t k = 0; k < 4; ++k) {
    const int even = x[2 * k], odd = x[2 * k + 1], next = x[(2 * k + 2) % 8];
    crossings += even == 0 && (odd != 0 || next != 0) ? 1 : 0;
    first_pairs += even != 0 || odd != 0 ? 1 : 0;
    second_pairs += odd != 0 || next != 0 ? 1 : 0;
  }
  const int pairs = std::min(first_pairs, second_pairs);
  if (crossings != 1 || pairs < 2 || pairs > 3) return false;
  const bool side = second ? (x[5] != 0 || x[6] != 0 || x[3] == 0) && x[4] != 0
                           : (x[1] != 0 || x[2] != 0 || x[7] == 0) && x[0] != 0;
  return !side;
}

}  // namespace

void thin(int height, int width, std::vector<std::uint16_t>* pixels) {
  std::vector<std::size_t> doomed;
  for (bool changed = true; changed;) {
    changed = false;
    for (const bool second : {false, true}) {
      doomed.clear();
      for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
          const std::size_t at = static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                                 static_cast<std::size_t>(x);
          if ((*pixels)[at] != 0 && removable(ring(*pixels, height, width, y, x), second))
            doomed.push_back(at);
        }
      }
      for (const std::size_t at : doomed) (*pixels)[at] = 0;
      changed = changed || !doomed.empty();
    }
  }
}

GrayImage region_edges(const MatPlane& regions) {
  const int h = regions.height, w = regions.width;
  const auto mirrored = [](int i, int n) { return n == 1 ? 0 : i < 0 ? 1 : i >= n ? n - 2 : i; };
  const auto at = [&](int y, int x) {
    return regions.values[static_cast<std::size_t>(mirrored(y, h)) * static_cast<std::size_t>(w) +
                          static_cast<std::size_t>(mirrored(x, w))];
  };
  GrayImage edges{h, w, 8, {}};
  for (int y = 0; y < h; ++y) {
    for (int x = 0; x < w; ++x) {
      const double laplacian =
          at(y - 1, x) + at(y + 1, x) + at(y, x - 1) + at(y, x + 1) - 4.0 * at(y, x);
      edges.data.push_back(laplacian != 0.0 ? 1 : 0);
    }
  }
  thin(h, w, &edges.data);
  return edges;
}

}  // namespace edgemoe::models
