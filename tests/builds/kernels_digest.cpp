// SPDX-License-Identifier: Apache-2.0
// kernels_digest IMAGE...: runs DRAM images on the kernels and prints, for each, a hash of every
// tap of every command, of the routing and of the result region, and the counters of the run. Links
// nothing but hls/, so that it is quick to build in any configuration.
#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "hls/program/encoding.hpp"
#include "hls/program/print.hpp"
#include "hls/top/accelerator.hpp"

namespace {

using namespace edgemoe;

/// FNV-1a, 64 bit, over integers in little-endian order.
class Hash {
 public:
  void add(std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) {
      state_ = (state_ ^ (value >> (8 * i) & 0xFF)) * 1099511628211u;
    }
  }
  std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = 14695981039346656037u;
};

/// One hash per command and tap point, over all rows in the order in which they arrive.
class HashingObserver : public hls::Observer {
 public:
  void on_row(const program::Command& command, hls::TapPoint point, int segment, int row,
              const std::int32_t* values, int count, std::uint32_t scale) override {
    Tap& tap = taps_[{command.id, point}];
    tap.unit = program::name_of(command.opcode);
    tap.layer = command.layer;
    ++tap.rows;
    tap.hash.add(static_cast<std::uint32_t>(segment), 4);
    tap.hash.add(static_cast<std::uint32_t>(row), 4);
    tap.hash.add(scale, 4);
    for (int i = 0; i < count; ++i) tap.hash.add(static_cast<std::uint32_t>(values[i]), 4);
  }

  void print(const std::string& image) const {
    for (const auto& [key, tap] : taps_) {
      std::printf("%s c%d %s layer %d point %d rows %d %016" PRIx64 "\n", image.c_str(), key.first,
                  tap.unit, tap.layer, static_cast<int>(key.second), tap.rows, tap.hash.value());
    }
  }

 private:
  struct Tap {
    const char* unit = "";
    int layer = 0;
    int rows = 0;
    Hash hash;
  };
  std::map<std::pair<int, hls::TapPoint>, Tap> taps_;
};

std::uint64_t hash_of(const program::RoutingTrace& trace) {
  Hash hash;
  for (const program::SegmentRouting& segment : trace.segments) {
    hash.add(segment.layer, 2);
    hash.add(segment.segment, 2);
    hash.add(segment.tokens, 2);
    for (const program::Choice& choice : segment.choices) {
      hash.add(choice.expert, 2);
      hash.add(choice.score, 4);
      hash.add(choice.dropped ? 1 : 0, 1);
    }
  }
  return hash.value();
}

std::uint64_t hash_of_results(const std::vector<std::uint8_t>& memory) {
  program::ImageHeader header;
  program::decode_header(memory.data(), header);  // the run has accepted it
  Hash hash;
  for (std::uint64_t i = 0; i < header.result_bytes; ++i) {
    hash.add(memory[header.result_address + i], 1);
  }
  return hash.value();
}

/// False when the image does not run.
bool digest(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<std::uint8_t> memory{std::istreambuf_iterator<char>(file), {}};
  const std::string name = path.substr(path.find_last_of('/') + 1);
  HashingObserver observer;
  program::RoutingTrace routing;
  hls::SimulationHooks hooks;
  hooks.observer = &observer;
  hooks.routing = &routing;
  const hls::RunStatus status = hls::run_program(memory.data(), memory.size(), hooks);
  if (status.error != hls::RunError::kNone) {
    std::fprintf(stderr, "%s: command %u: error %d\n", path.c_str(), status.failed_command,
                 static_cast<int>(status.error));
    return false;
  }
  observer.print(name);
  std::printf("%s routing %016" PRIx64 "\n", name.c_str(), hash_of(routing));
  std::printf("%s results %016" PRIx64 "\n", name.c_str(), hash_of_results(memory));
  std::printf("%s saturated residual %" PRIu64 " accumulator %" PRIu64 " int8 %" PRIu64
              " macs %" PRIu64 "\n",
              name.c_str(), status.residual_saturations, status.accumulator_saturations,
              status.int8_saturations, status.macs);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: kernels_digest IMAGE...\n");
    return 2;
  }
  bool all_ran = true;
  for (int i = 1; i < argc; ++i) all_ran = digest(argv[i]) && all_ran;
  return all_ran ? 0 : 1;
}
