// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/lower.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "host/compiler/cost.hpp"
#include "host/compiler/fit.hpp"
#include "models/io/error.hpp"
#include "models/schema/error.hpp"

namespace edgemoe::host {
namespace {

using program::Buffer;
using program::Command;
using program::LoopOrder;
using program::Opcode;

std::string common_task(const models::ModelConfig& model, const std::vector<int>& tasks) {
  return tasks.size() == 1 ? model.tasks[static_cast<std::size_t>(tasks[0])].name : "all";
}

/// First block whose feed-forward part differs between tasks.
int find_split(const models::ModelConfig& model) {
  if (model.moe.gate == models::GateKind::kShared) return model.depth();
  for (int i = 0; i < model.depth(); ++i) {
    if (model.blocks[static_cast<std::size_t>(i)] == models::BlockKind::kMoe) return i;
  }
  return model.depth();
}

}  // namespace

std::string tap_name(int block, const std::string& name) {
  return fmt::format("l{:02}.{}", block, name);
}

Lowering::Lowering(const models::ModelConfig& model, const models::TensorMap& weights,
                   const models::DesignConfig& design, const CompileOptions& options)
    : model_(model),
      weights_(weights),
      design_(design),
      tasks_(options.tasks),
      writer_(design, model.tokens(), common_task(model, options.tasks)),
      split_block_(find_split(model)) {}

Command Lowering::command(Opcode opcode, int block) const {
  Command c;
  c.opcode = opcode;
  c.layer = static_cast<std::uint8_t>(block);
  c.tokens = static_cast<std::uint16_t>(model_.tokens());
  c.segments = static_cast<std::uint16_t>(segments_);
  c.segment_stride = static_cast<std::uint16_t>(groups() * design_.array.token_lanes);
  return c;
}

int Lowering::groups() const { return groups_of(model_.tokens(), design_.array.token_lanes); }

std::string Lowering::slot_name(int slot) const {
  if (segments_ != static_cast<int>(tasks_.size())) return "all";
  return model_.tasks[static_cast<std::size_t>(tasks_[static_cast<std::size_t>(slot)])].name;
}

/// Token-outer keeps a whole matrix in the ring until its end, so that groups finish one by one and
/// the LayerNorm behind them overlaps. Beyond half the ring the next matrix could not arrive
/// meanwhile.
LoopOrder Lowering::order_of(const Placement& placement) const {
  const std::uint64_t rows = std::uint64_t{placement.param_rows} + placement.rows;
  const auto ring = static_cast<std::uint64_t>(design_.buffers.weight_ring_rows);
  return 2 * rows <= ring ? LoopOrder::kTokenOuter : LoopOrder::kWeightOuter;
}

void Lowering::wait_residual(Command* command) const {
  if (residual_.grouped && residual_.segments == command->segments) {
    wait_groups(command, residual_);
  } else {
    wait_all(command, residual_);
  }
}

void Lowering::embed() {
  const int dim = model_.embed_dim;
  Command pixels = command(Opcode::kLoadPixels, 0);
  pixels.tokens = 0;
  pixels.segment_stride = 0;
  pixels.image_width = static_cast<std::uint16_t>(model_.image.width);
  pixels.image_height = static_cast<std::uint16_t>(model_.image.height);
  pixels.dst = Buffer::kPixels;
  pixels.address = pixel_address_;
  writer_.emit(pixels, "load.pixels");
  Command table = command(Opcode::kLoadTokens, 0);
  table.segment_stride = 0;
  table.out_dim = static_cast<std::uint16_t>(dim);
  table.dst = Buffer::kPosition;
  table.address = image_.add_words(position_table(model_, weights_));
  const Progress table_there = writer_.emit_signalling(table, Counter::kInputs, "load.position");

  const LinearLayer layer = embed_layer(model_, weights_);
  const Placement placement = image_.add_linear(layer);
  Command c = command(Opcode::kEmbed, 0);
  c.tag = writer_.load(placement, 0, "embed");
  c.tokens = static_cast<std::uint16_t>(model_.patches());
  c.in_dim = static_cast<std::uint16_t>(layer.matrix.in);
  c.out_dim = static_cast<std::uint16_t>(dim);
  c.image_width = pixels.image_width;
  c.image_height = pixels.image_height;
  c.src = Buffer::kPixels;
  c.dst = Buffer::kResidual;
  c.post = program::Post::kEmbed;
  // The run starts with these weights: they arrive a row in 4 to 6 cycles, and weight-outer uses
  // each for one cycle per group, so the array keeps pace with the memory.
  c.order = LoopOrder::kWeightOuter;
  c.requant = layer.plan.shifts;
  wait_all(&c, table_there);  // and with it the pixels, which the loader brought before
  residual_ = writer_.emit_grouped(c, Counter::kResidual, 1, "embed");
  writer_.tap(hls::TapPoint::kResidual, "embed", 1.0 / 65536.0, 0, dim);
}

void Lowering::split() {
  const int all = static_cast<int>(tasks_.size());
  if (segments_ == all) return;
  Command c = command(Opcode::kCopy, std::min(split_block_, model_.depth() - 1));
  wait_residual(&c);  // of the one segment there is
  c.segments = static_cast<std::uint16_t>(all);
  c.src = Buffer::kResidual;
  c.dst = Buffer::kResidual;
  c.in_dim = static_cast<std::uint16_t>(model_.embed_dim);
  c.out_dim = c.in_dim;
  residual_ = writer_.emit_signalling(c, Counter::kCopied, tap_name(c.layer, "copy"));
  segments_ = all;
}

void Lowering::finish(std::uint64_t pixel_address) {
  LoweredProgram& result = writer_.result();
  const std::uint64_t result_bytes =
      tasks_.size() * static_cast<std::uint64_t>(model_.tokens()) * model_.embed_dim * 4;
  program::ImageHeader header;
  header.pixel_address = pixel_address;
  header.pixel_bytes = 3ull * model_.image.height * model_.image.width;
  header.result_address = image_.add_space(result_bytes);
  header.result_bytes = result_bytes;

  Command store = command(Opcode::kStoreTokens, model_.depth() - 1);
  wait_residual(&store);
  store.src = Buffer::kResidual;
  store.out_dim = static_cast<std::uint16_t>(model_.embed_dim);
  store.address = header.result_address;
  writer_.emit(store, "store");
  Command end;
  end.opcode = Opcode::kEnd;
  writer_.emit(end, "end");
  result.image = image_.finish(header, &result.commands);
  result.tasks = tasks_;
  result.expert_macs_per_choice = 2ull * model_.embed_dim * model_.moe.hidden;
  const std::uint64_t program_bytes = result.commands.size() * program::kCommandBytes;
  result.activation_read_bytes =
      program::kImageHeaderBytes +
      (program_bytes + program::kRowBytes - 1) / program::kRowBytes * program::kRowBytes;
  for (const Command& c : result.commands) {
    const bool input = c.opcode == Opcode::kLoadPixels || c.opcode == Opcode::kLoadTokens;
    if (input) result.activation_read_bytes += memory_bytes(c);
  }
  result.write_bytes = result_bytes;
}

LoweredProgram Lowering::run() {
  const std::uint64_t pixel_address =
      image_.add_space(3ull * model_.image.height * model_.image.width);
  pixel_address_ = pixel_address;
  embed();
  for (int i = 0; i < model_.depth(); ++i) {
    attention(i);
    if (i == split_block_) split();
    if (model_.blocks[static_cast<std::size_t>(i)] == models::BlockKind::kMoe) {
      experts(i);
    } else {
      dense(i);
    }
  }
  split();
  finish(pixel_address);
  return std::move(writer_.result());
}

LoweredProgram compile(const models::ModelConfig& model, const models::TensorMap& weights,
                       const models::DesignConfig& design, const CompileOptions& options) {
  check_fit(model, design, options.tasks);
  return Lowering(model, weights, design, options).run();
}

void set_pixels(LoweredProgram& program, const models::Image& image) {
  const Command* load = nullptr;
  for (const Command& c : program.commands) {
    if (c.opcode == Opcode::kLoadPixels) load = &c;
  }
  if (load == nullptr) throw std::invalid_argument("set_pixels: the program loads no pixels");
  const std::size_t plane = static_cast<std::size_t>(load->image_height) * load->image_width;
  if (image.height != load->image_height || image.width != load->image_width ||
      image.rgb.size() != 3 * plane) {
    throw models::DataError(fmt::format("image: error: expected {} x {} pixels, got {} x {}",
                                        load->image_width, load->image_height, image.width,
                                        image.height));
  }
  std::uint8_t* out = program.image.data() + load->address;
  for (std::size_t i = 0; i < plane; ++i) {
    for (std::size_t colour = 0; colour < 3; ++colour) {
      out[colour * plane + i] = image.rgb[3 * i + colour];
    }
  }
}

}  // namespace edgemoe::host
