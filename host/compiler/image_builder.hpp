// SPDX-License-Identifier: Apache-2.0
/// Lays out the DRAM image: regions one after another, each 256-byte aligned. Not for use outside
/// this folder.
///
/// Addresses that `add_*` return count from the first byte after the program; `finish` moves them
/// there once the number of commands is known.
#pragma once

#include <cstdint>
#include <vector>

#include "hls/program/command.hpp"
#include "hls/program/image.hpp"
#include "host/compiler/layers.hpp"

namespace edgemoe::host {

/// Where a matrix lies: parameter rows, then tile rows.
struct Placement {
  std::uint64_t address = 0;
  std::uint16_t param_rows = 0;
  std::uint32_t rows = 0;
  std::uint64_t bytes() const { return (std::uint64_t{param_rows} + rows) * program::kRowBytes; }
};

/// All experts of a block; rows of one expert, records `stride_rows` apart.
struct ExpertPlacement {
  Placement first;
  std::uint32_t stride_rows = 0;
};

class ImageBuilder {
 public:
  explicit ImageBuilder(program::Precision precision) : precision_(precision) {}

  Placement add_linear(const LinearLayer& layer);
  Placement add_norm(const NormLayer& layer);
  Placement add_gate(const GateLayer& gate, int experts);
  ExpertPlacement add_experts(const ExpertLayers& layers);
  std::uint64_t add_words(const std::vector<std::int32_t>& words);
  /// Rows of `columns` words, each from a new memory row on.
  std::uint64_t add_rows(const std::vector<std::int32_t>& words, int columns);
  std::uint64_t add_space(std::uint64_t bytes);  ///< zeros, filled by others (pixels, results)

  std::uint64_t size() const { return bytes_.size(); }

  /// Header, then the commands with their addresses moved, then everything added. Header addresses
  /// are given like those of commands and moved as well; the precision is the builder's.
  std::vector<std::uint8_t> finish(program::ImageHeader header,
                                   std::vector<program::Command>* commands) const;

 private:
  std::uint8_t* append(std::uint64_t bytes);
  void append_matrix(const QuantMatrix& matrix, const std::uint16_t* multiplier,
                     const std::int32_t* bias);

  std::uint32_t tile_rows(const QuantMatrix& matrix) const;
  void pack(const QuantMatrix& matrix, std::uint8_t* tiles) const;

  program::Precision precision_;
  std::vector<std::uint8_t> bytes_;
};

/// True for commands whose `address` is used.
bool has_address(const program::Command& command);

}  // namespace edgemoe::host
