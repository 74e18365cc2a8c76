// SPDX-License-Identifier: Apache-2.0
/// Port names of the stream modules for run_stream(), and words to send.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace edgemoe::test {

struct FifoPorts {
  template <typename M>
  void set_input(M& m, std::uint32_t word, bool valid) const {
    m.wdata_i = word;
    m.wvalid_i = valid;
  }
  template <typename M>
  bool input_ready(M& m) const {
    return m.wready_o;
  }
  template <typename M>
  void set_ready(M& m, bool ready) const {
    m.rready_i = ready;
  }
  template <typename M>
  bool ready(M& m) const {
    return m.rready_i;
  }
  template <typename M>
  bool output_valid(M& m) const {
    return m.rvalid_o;
  }
  template <typename M>
  std::uint32_t output(M& m) const {
    return m.rdata_o;
  }
};

struct SpillPorts {
  template <typename M>
  void set_input(M& m, std::uint32_t word, bool valid) const {
    m.data_i = word;
    m.valid_i = valid;
  }
  template <typename M>
  bool input_ready(M& m) const {
    return m.ready_o;
  }
  template <typename M>
  void set_ready(M& m, bool ready) const {
    m.ready_i = ready;
  }
  template <typename M>
  bool ready(M& m) const {
    return m.ready_i;
  }
  template <typename M>
  bool output_valid(M& m) const {
    return m.valid_o;
  }
  template <typename M>
  std::uint32_t output(M& m) const {
    return m.data_o;
  }
};

inline std::vector<std::uint32_t> random_words(int count, std::uint32_t mask) {
  std::mt19937 random(7);
  std::vector<std::uint32_t> words;
  for (int i = 0; i < count; ++i) words.push_back(random() & mask);
  return words;
}

}  // namespace edgemoe::test
