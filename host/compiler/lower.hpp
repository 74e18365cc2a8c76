// SPDX-License-Identifier: Apache-2.0
/// Writes the program of one frame, block by block. Not for use outside this folder.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hls/program/token_record.hpp"
#include "host/compiler/image_builder.hpp"
#include "host/compiler/layer_formats.hpp"
#include "host/compiler/program_writer.hpp"
#include "host/compiler/tiling.hpp"

namespace edgemoe::host {

/// Layers that lie in the image: frames of a stream share them.
struct PlacedLinear {
  Placement placement;
  int in = 0, out = 0;
  program::Requant shifts;
};
struct PlacedNorm {
  Placement placement;
  NormLayer layer;
};
struct PlacedGate {
  Placement placement;
  std::uint8_t shift = 0;
};
struct PlacedExperts {
  ExpertPlacement placement;
  program::Requant up, down;
};

class Lowering {
 public:
  Lowering(const models::ModelConfig& model, const models::TensorMap& weights,
           const models::DesignConfig& design, const std::vector<CompileOptions>& frames);

  LoweredProgram run();

 private:
  // lower.cpp
  void begin_frame(int frame);
  void name_frame(int frame);
  Progress load_inputs();
  void load_start();
  void embed();
  void split();  ///< from here on every task has its own residual
  void store();
  void lower_frame();
  void place_results(program::ImageHeader* header);
  void finish(program::ImageHeader header);
  const PlacedLinear& placed_embed();
  program::Command embed_command(const PlacedLinear& placed, std::uint16_t tag);
  // lower_stream.cpp
  bool next_starts_here(int block, std::size_t listed) const;
  void load_next_start();
  // lower_tiled.cpp
  void lower_tiled(program::ImageHeader* header);
  void place_scratch(program::ImageHeader* header);
  void begin_tile(int slot, int begin, int tokens);
  void each_tile(const std::function<void()>& step);
  void wait_readers(program::Command* command) const;
  void note_read(program::Buffer buffer, const Progress& progress);
  void fence(const std::string& name);
  std::uint64_t record_address(int slot, std::uint32_t piece) const;  ///< of the tile's first token
  std::uint64_t key_address(int block, int slot) const;
  program::Command piece_command(program::Opcode opcode, int block, program::Buffer buffer) const;
  Progress emit_spill(const program::Command& command, const std::string& name);
  Progress emit_fill(program::Command command, const std::string& name);
  void spill_residual(int block, int slot, const std::string& name);
  void spill_qkv(int block, const Progress& written);
  void fill_residual(int block, int adds);
  void store_tile();
  void tiled_embedding();
  void embed_tile();
  void prepare_attention(int block);
  void first_pass(int block, int adds);
  void attend_tile(int block);
  void dense_pass(int block);
  void route_tile(int block, std::uint16_t tag);
  void routing_pass(int block, std::uint16_t tag);
  void tiled_experts(int block, std::uint16_t tag);
  // lower_attention.cpp
  Progress norm(int block, const char* name, bool low_plane);
  void attention(int block);
  Progress qkv(int block);
  /// `queries`: all of Q, K and V, or of a tile's Q.
  Progress attend(int block, const Progress& queries);
  void project(int block, const Progress& attended);
  /// Loads the layer; source, destination, post and waits are left to the caller.
  program::Command linear_command(int block, const char* name,
                                  const std::function<LinearLayer()>& make);
  // lower_ffn.cpp
  void dense(int block);
  void experts(int block);
  const PlacedGate& placed_gate(int block, int slot);
  const PlacedExperts& placed_experts(int block);
  Progress gate(int block, int slot, std::uint8_t shift, std::uint16_t tag);
  Progress route(int block, int slot, const Progress& logits, std::uint16_t experts_tag,
                 const std::vector<int>& prefetched);
  void run_experts(int block, const PlacedExperts& layers, std::uint16_t tag,
                   const Progress& routed);
  /// Waits are left to the caller.
  program::Command experts_command(int block, const PlacedExperts& layers, std::uint16_t tag);
  void set_gelu(int block, program::Command* command) const;
  /// Taps of what a command adds to the residual, and of the residual after it.
  void residual_taps(int block, const char* contribution, const char* sum);
  /// A bias that the accelerator leaves out: the tap adds it back.
  void add_back(int block, int part);
  program::Command expert_command(program::Opcode opcode, int block,
                                  const ExpertPlacement& placement, std::uint16_t tag) const;

  program::Command command(program::Opcode opcode, int block) const;
  program::LoopOrder order_of(const Placement& placement) const;
  void wait_residual(program::Command* command) const;
  int groups() const;  ///< of one segment
  std::uint16_t next_id() { return static_cast<std::uint16_t>(writer_.result().commands.size()); }
  /// Task of a segment; `all` where the tasks have not parted.
  std::string slot_name(int slot) const;

  const models::ModelConfig& model_;
  const models::TensorMap& weights_;
  const models::DesignConfig& design_;
  std::unique_ptr<LayerFormats> formats_;
  std::vector<CompileOptions> frames_;
  int frame_ = 0;           ///< that is being lowered
  std::vector<int> tasks_;  ///< of this frame
  ProgramWriter writer_;
  ImageBuilder image_;
  int segments_ = 1;  ///< computed now; all tasks' after split()
  int split_block_ =
      0;  ///< first block whose feed-forward part depends on the task; depth when none does
  Progress residual_;                ///< of the command that wrote x last
  Progress normed_;                  ///< of the norm that runs before the current array command
  Progress embedded_;                ///< of the latest embedding
  Progress stored_;                  ///< of the frame before this one
  std::uint64_t pixel_address_ = 0;  ///< of the first frame
  std::uint64_t pixel_stride_ = 0;   ///< from one frame's pixels to the next's
  /// What a frame's embedding needs has been loaded.
  struct Start {
    Progress inputs;
    std::uint16_t load_pixels = 0;  ///< command
    std::uint16_t tag = 0;          ///< of the weights
  };
  std::optional<Start> start_;  ///< of the next embedding
  // Of a tiled program:
  struct Tile {
    int slot, begin, tokens;
  };
  struct Scratch {
    std::uint64_t records = 0, keys = 0, positions = 0, results = 0;
  };
  Tiling tiling_;
  std::optional<Tile> tile_;
  Scratch scratch_;
  program::TokenRecord record_{};
  std::uint32_t key_rows_ = 0;  ///< K and V of a segment
  std::uint16_t key_tag_ = 0;   ///< of the tile
  Progress filled_;             ///< of the tile's residual
  Progress routed_;             ///< of the latest routing
  Progress fence_;              ///< what was spilled last is in DRAM
  bool fenced_ = false;         ///< the loader has waited for it
  /// Latest reads of a buffer by earlier tiles of the pass, per counter that tells of them.
  std::map<program::Buffer, std::map<Counter, Progress>> readers_;
  std::map<std::string, PlacedLinear> linears_;
  std::map<std::string, PlacedNorm> norms_;
  std::map<std::string, PlacedGate> gates_;
  std::map<std::string, PlacedExperts> experts_;
};

/// `l03.NAME`
std::string tap_name(int block, const std::string& name);

}  // namespace edgemoe::host
