// SPDX-License-Identifier: Apache-2.0
// make_published_layout DIR [SEED]: a directory in the published float32 layout with the published
// network's shapes and value ranges, to try `edgemoe import` on.
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "tests/models/import/published_layout.hpp"

int main(int argc, char** argv) {
  using namespace edgemoe::models::testing;
  if (argc < 2 || argc > 3) {
    std::fprintf(stderr, "usage: make_published_layout DIR [SEED]\n");
    return 2;
  }
  try {
    write_published_layout(argv[1], published_model(),
                           argc == 3 ? std::strtoull(argv[2], nullptr, 10) : 1);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: error: %s\n", argv[1], error.what());
    return 4;
  }
  return 0;
}
