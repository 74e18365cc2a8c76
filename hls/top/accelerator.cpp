// SPDX-License-Identifier: Apache-2.0
#include "hls/top/accelerator.hpp"

#include <cstdlib>
#include <memory>
#include <new>
#include <type_traits>
#include <vector>

#include "hls/top/sequencer.hpp"
#include "hls/top/simulation_probe.hpp"

namespace edgemoe {
namespace hls {
namespace {

template <typename SimulatedMachine>
struct Release {
  void operator()(SimulatedMachine* machine) const { std::free(machine); }
};

/// Zeroed pages that the system hands out as they are touched: a small model pays for a small
/// machine.
template <typename SimulatedMachine>
std::unique_ptr<SimulatedMachine, Release<SimulatedMachine>> make_machine() {
  // The vendor's simulated integers have constructors, but hold plain words.
  static_assert(kVendorTypes || std::is_trivially_copyable<SimulatedMachine>::value,
                "all zero must be a valid state");
  void* pages = std::calloc(1, sizeof(SimulatedMachine));
  if (pages == nullptr) throw std::bad_alloc();
  return std::unique_ptr<SimulatedMachine, Release<SimulatedMachine>>(
      static_cast<SimulatedMachine*>(pages));
}

/// The image as the words that the memory port moves; a last partial word is padded with 0.
std::vector<Word> to_words(const std::uint8_t* memory, std::uint64_t size) {
  std::vector<Word> words(size / kWordBytes);
  for (std::uint64_t i = 0; i < words.size(); ++i)
    words[i] = word_of_bytes(memory + i * kWordBytes);
  if (size % kWordBytes != 0) {
    std::uint8_t tail[kWordBytes] = {};
    for (std::uint64_t b = words.size() * kWordBytes; b < size; ++b)
      tail[b % kWordBytes] = memory[b];
    words.push_back(word_of_bytes(tail));
  }
  return words;
}

/// A run writes nothing but the result region.
void take_results(std::vector<Word>& words, std::uint64_t size, std::uint8_t* memory) {
  ImageBounds image = {};
  if (!read_header(words.data(), size, image)) return;
  const std::uint64_t begin = image.header.result_address;
  for (std::uint64_t i = 0; i < image.header.result_bytes / kWordBytes; ++i) {
    bytes_of_word(words[begin / kWordBytes + i], memory + begin + i * kWordBytes);
  }
}

template <typename Format>
RunStatus run_words(std::vector<Word>& words, std::uint64_t size, const SimulationHooks& hooks) {
  SimulationProbe<Format> probe(hooks, {words.data(), words.size()});
  const auto machine = make_machine<typename SimulationProbe<Format>::SimulatedMachine>();
  return run_image(words.data(), size, *machine, probe);
}

/// In the formats that the header names; an unreadable header fails in any.
RunStatus run_in_precision(std::vector<Word>& words, std::uint64_t size,
                           const SimulationHooks& hooks) {
  ImageBounds image = {};
  if (!read_header(words.data(), size, image)) return run_words<W8A8>(words, size, hooks);
  switch (image.header.precision) {
    case program::Precision::kW16A16:
      return run_words<W16A16>(words, size, hooks);
    case program::Precision::kW16A32:
      return run_words<W16A32>(words, size, hooks);
    case program::Precision::kW8A8:
      break;
  }
  return run_words<W8A8>(words, size, hooks);
}

}  // namespace

RunStatus run_program(std::uint8_t* memory, std::uint64_t size, const SimulationHooks& hooks) {
  std::vector<Word> words = to_words(memory, size);
  const RunStatus status = run_in_precision(words, size, hooks);
  take_results(words, size, memory);
  return status;
}

}  // namespace hls
}  // namespace edgemoe
