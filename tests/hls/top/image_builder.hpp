// SPDX-License-Identifier: Apache-2.0
/// Builds DRAM images by hand: regions in the order in which they are added, commands in id order.
#pragma once

#include <cstdint>
#include <vector>

#include "hls/program/command.hpp"
#include "hls/program/image.hpp"
#include "tests/hls/kernels/naive.hpp"

namespace edgemoe::testing {

class ImageBuilder {
 public:
  ImageBuilder();

  /// Appends bytes at the next 256-byte boundary and returns their address.
  std::uint64_t add(const std::vector<std::uint8_t>& bytes);
  std::uint64_t add_space(std::uint64_t bytes);
  std::uint64_t add_words(const naive::Rows& rows);

  /// Loads of matrices, norms, gates and experts return the load command's tag.
  std::uint16_t load_matrix(const naive::Matrix& matrix);
  std::uint16_t load_norm(const naive::Norm& norm);
  std::uint16_t load_gate(const naive::Gate& gate);
  /// Records of all experts; emits prefetches of `prefetched` and the load.
  std::uint16_t add_experts(const std::vector<naive::Matrix>& up,
                            const std::vector<naive::Matrix>& down);
  void prefetch_experts(std::uint16_t tag, const std::vector<int>& list);
  void load_experts(std::uint16_t tag);

  /// Appends a command; its id is its position.
  void emit(program::Command command);

  std::uint64_t size() const { return bytes_.size(); }
  std::vector<program::Command>& commands() { return commands_; }
  program::ImageHeader& header() { return header_; }

  /// The image with header and program. Commands may have been edited since they were emitted.
  std::vector<std::uint8_t> finish();

 private:
  std::uint16_t emit_load(const std::vector<std::uint8_t>& params,
                          const std::vector<std::uint8_t>& tiles);

  std::vector<std::uint8_t> bytes_;
  std::vector<program::Command> commands_;
  program::ImageHeader header_;
  program::Command experts_;  ///< fields shared by prefetch and load of the last add_experts
  std::uint16_t next_tag_ = 1;
};

}  // namespace edgemoe::testing
