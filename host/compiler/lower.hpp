// SPDX-License-Identifier: Apache-2.0
/// Writes the program of one frame, block by block. Not for use outside this folder.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "host/compiler/image_builder.hpp"
#include "host/compiler/layer_formats.hpp"
#include "host/compiler/program_writer.hpp"

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
  Progress load_inputs();
  void embed();
  void split();  ///< from here on every task has its own residual
  void store();
  void lower_frame();
  void place_results(program::ImageHeader* header);
  void finish(program::ImageHeader header);
  // lower_attention.cpp
  Progress norm(int block, const char* name, bool low_plane);
  void attention(int block);
  Progress qkv(int block);
  Progress attend(int block, const Progress& qkv_done);
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
  std::uint64_t pixel_address_ = 0;  ///< of this frame
  std::map<std::string, PlacedLinear> linears_;
  std::map<std::string, PlacedNorm> norms_;
  std::map<std::string, PlacedGate> gates_;
  std::map<std::string, PlacedExperts> experts_;
};

/// `l03.NAME`
std::string tap_name(int block, const std::string& name);

}  // namespace edgemoe::host
