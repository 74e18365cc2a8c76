// SPDX-License-Identifier: Apache-2.0
/// What the compiler hands to the executors: the DRAM image, the decoded commands, and the
/// host-only facts (names, tap scales, work) that the accelerator does not need.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hls/program/command.hpp"
#include "hls/support/observer.hpp"
#include "models/io/tensor.hpp"
#include "models/schema/design_config.hpp"
#include "models/schema/model_config.hpp"

namespace edgemoe::host {

/// How rows of one tap point of one command become a named float tensor.
struct TapInfo {
  std::uint16_t command_id = 0;
  hls::TapPoint point = hls::TapPoint::kResidual;
  std::string name;  ///< stable tap name without task, e.g. `l03.q`
  double scale =
      1.0;  ///< real = (value - zero_point) * scale * (S_t where the point has one, else 1)
  int zero_point = 0;
  int column_begin = 0;  ///< first of `columns` values of the row
  int columns = 0;
  std::vector<float>
      column_offset;  ///< added per column after scaling (bias that was folded elsewhere), or empty
};

struct CommandInfo {
  std::string name;  ///< e.g. `l03.qkv`, `l03.moe`, `load.l03.qkv`; unique
  std::string task;  ///< task name, or `all` where it serves every task of the frame
  std::uint64_t macs =
      0;  ///< of the network, no padding (0 for experts: depends on routing, see expert_macs)
  std::uint64_t macs_padded = 0;  ///< array slots used
};

/// One frame of a program.
struct FrameInfo {
  std::vector<int> tasks;         ///< task id per segment
  int first_layer = 0;            ///< `layer` of its first block; numbers run on over the frames
  std::uint16_t load_pixels = 0;  ///< command that reads its pixels
  std::uint16_t embed = 0;        ///< its first command on the array
  std::uint16_t store = 0;        ///< command that writes its results: its end is the frame's
};

/// What a tiled program moves because its buffers cannot hold all tokens; part of no other figure.
struct SpillTraffic {
  int tile_tokens = 0;           ///< rows of a tile; 0: not tiled
  std::uint64_t read_bytes = 0;  ///< without what depends on the routing
  std::uint64_t write_bytes = 0;
  std::uint64_t gather_bytes = 0;        ///< read for every choice of a token
  std::uint64_t contribution_bytes = 0;  ///< written for every choice
  std::uint64_t reload_bytes = 0;        ///< of weight_bytes: loads of a matrix after its first
};

struct LoweredProgram {
  std::vector<std::uint8_t> image;
  std::vector<program::Command> commands;
  std::vector<CommandInfo> info;  ///< parallel to commands
  std::vector<TapInfo> taps;
  std::vector<int> tasks;                    ///< task id per segment, of the first frame
  std::vector<FrameInfo> frames;             ///< one, or those of a stream
  double residual_step = 1.0 / 65536.0;      ///< real value of one step of the results
  std::uint64_t expert_macs_per_choice = 0;  ///< 2 * D * Fe
  std::uint64_t weight_bytes = 0;            ///< static loads of the program (experts not included)
  std::uint64_t expert_bytes = 0;            ///< one expert record
  std::uint64_t activation_read_bytes = 0;   ///< pixels, position table, program
  std::uint64_t write_bytes = 0;
  std::uint64_t result_row_bytes = 0;  ///< from one token of the result region to the next
  SpillTraffic spill;                  ///< all 0 unless the program is tiled
};

struct CompileOptions {
  std::vector<int> tasks;  ///< ids of the tasks computed together in this program
};

/// Lowers model + design. `weights` holds backbone and `quant.*` tensors. Throws
/// models::ConfigError when the design cannot hold the model (naming the buffer), models::DataError
/// when weights are unusable.
LoweredProgram compile(const models::ModelConfig& model, const models::TensorMap& weights,
                       const models::DesignConfig& design, const CompileOptions& options);

/// Lowers a stream: frames one after another in one program, each with its own tasks, its own
/// pixels and results, and the weights in common. Nothing drains in between: the next frame's
/// pixels and first weights arrive before the last experts of this one, and its embedding follows
/// the store group by group. Names of commands and taps begin with `f00.`, `f01.`, ...; blocks
/// count on over the frames, so the routing of frame f stands under `frames[f].first_layer` +
/// block. Throws as `compile`, and ConfigError when the design shares the memory of pixels and
/// position table with others (buffers.own_inputs), or for more frames than layer numbers.
LoweredProgram compile_stream(const models::ModelConfig& model, const models::TensorMap& weights,
                              const models::DesignConfig& design,
                              const std::vector<CompileOptions>& frames);

/// Writes the pixels of an image (already of the model's size) into the image's pixel region.
void set_pixels(LoweredProgram& program, const models::Image& image, int frame = 0);

}  // namespace edgemoe::host
