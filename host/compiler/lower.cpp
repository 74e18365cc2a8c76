// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/lower.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "host/compiler/cost.hpp"
#include "host/compiler/fit.hpp"
#include "host/compiler/precision.hpp"
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
                   const models::DesignConfig& design, const std::vector<CompileOptions>& frames)
    : model_(model),
      weights_(weights),
      design_(design),
      formats_(make_layer_formats(precision_of(design.precision), model, weights)),
      frames_(frames),
      tasks_(frames.front().tasks),
      writer_(design, model.tokens(), common_task(model, tasks_)),
      image_(formats_->precision()),
      split_block_(find_split(model)),
      tiling_(plan_tiling(model, design, static_cast<int>(tasks_.size()))) {}

Command Lowering::command(Opcode opcode, int block) const {
  Command c;
  c.opcode = opcode;
  c.layer = static_cast<std::uint8_t>(frame_ * model_.depth() + block);
  c.tokens = static_cast<std::uint16_t>(model_.tokens());
  c.segments = static_cast<std::uint16_t>(segments_);
  c.segment_stride = static_cast<std::uint16_t>(groups() * design_.array.token_lanes);
  if (!tile_) return c;
  c.tiled = true;
  c.task_slot = static_cast<std::uint8_t>(tile_->slot);
  c.tokens = static_cast<std::uint16_t>(tile_->tokens);
  c.segments = 1;
  c.segment_stride = c.frame_tokens = static_cast<std::uint16_t>(model_.tokens());
  c.token_begin = static_cast<std::uint16_t>(tile_->begin);
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

/// Loads the pixels; the first frame's position table serves all. What is returned says that both
/// are there.
Progress Lowering::load_inputs() {
  Command pixels = command(Opcode::kLoadPixels, 0);
  pixels.tokens = 0;
  pixels.segment_stride = 0;
  pixels.image_width = static_cast<std::uint16_t>(model_.image.width);
  pixels.image_height = static_cast<std::uint16_t>(model_.image.height);
  pixels.dst = Buffer::kPixels;
  pixels.address = pixel_address_ + static_cast<std::uint64_t>(frame_) * pixel_stride_;
  if (frame_ > 0) {
    wait_all(&pixels, embedded_);  // the frame before this one has read its own
    return writer_.emit_signalling(pixels, Counter::kInputs, "load.pixels");
  }
  writer_.emit(pixels, "load.pixels");
  Command table = command(Opcode::kLoadTokens, 0);
  table.segment_stride = 0;
  table.out_dim = static_cast<std::uint16_t>(model_.embed_dim);
  table.dst = Buffer::kPosition;
  table.address = image_.add_words(formats_->position_table());
  return writer_.emit_signalling(table, Counter::kInputs, "load.position");
}

const PlacedLinear& Lowering::placed_embed() {
  const auto [at, is_new] = linears_.try_emplace("embed");
  PlacedLinear& placed = at->second;
  if (is_new) {
    const LinearLayer layer = formats_->embed();
    placed = {image_.add_linear(layer), layer.matrix.in, layer.matrix.out, layer.plan.shifts};
  }
  return placed;
}

/// Loop order and waits are left to the caller.
Command Lowering::embed_command(const PlacedLinear& placed, std::uint16_t tag) {
  Command c = command(Opcode::kEmbed, 0);
  c.tag = tag;
  if (!tile_) c.tokens = static_cast<std::uint16_t>(model_.patches());
  c.in_dim = static_cast<std::uint16_t>(placed.in);
  c.out_dim = static_cast<std::uint16_t>(placed.out);
  c.image_width = static_cast<std::uint16_t>(model_.image.width);
  c.image_height = static_cast<std::uint16_t>(model_.image.height);
  c.src = Buffer::kPixels;
  c.dst = Buffer::kResidual;
  c.post = program::Post::kEmbed;
  c.requant = placed.shifts;
  return c;
}

void Lowering::load_start() {
  Start start;
  start.load_pixels = next_id();
  start.inputs = load_inputs();
  start.tag = writer_.load(placed_embed().placement, 0, "embed");
  start_ = start;
}

void Lowering::embed() {
  if (!start_) load_start();
  writer_.result().frames.back().load_pixels = start_->load_pixels;
  const PlacedLinear& placed = placed_embed();
  Command c = embed_command(placed, start_->tag);
  // The run starts with these weights: they arrive a row in 4 to 6 cycles, and weight-outer uses
  // each for one cycle per group, so the array keeps pace with the memory. A later frame finds them
  // there, and follows the store of the one before, which a group at a time leaves behind.
  c.order = frame_ == 0 ? LoopOrder::kWeightOuter : order_of(placed.placement);
  wait_all(&c, start_->inputs);
  if (frame_ > 0) wait_groups(&c, stored_);
  start_.reset();
  writer_.result().frames.back().embed = next_id();
  embedded_ = residual_ = writer_.emit_grouped(c, Counter::kResidual, 1, "embed");
  writer_.tap(hls::TapPoint::kResidual, "embed", formats_->residual_step(), 0, model_.embed_dim);
}

void Lowering::split() {
  const int all = static_cast<int>(tasks_.size());
  if (segments_ == all) return;
  Command c = command(Opcode::kCopy, std::min(split_block_, model_.depth() - 1));
  wait_residual(&c);                      // of the one segment there is
  if (frame_ > 0) wait_all(&c, stored_);  // all segments of the frame before
  c.segments = static_cast<std::uint16_t>(all);
  c.src = Buffer::kResidual;
  c.dst = Buffer::kResidual;
  c.in_dim = static_cast<std::uint16_t>(model_.embed_dim);
  c.out_dim = c.in_dim;
  residual_ = writer_.emit_signalling(c, Counter::kCopied, tap_name(c.layer, "copy"));
  segments_ = all;
}

void Lowering::store() {
  Command c = command(Opcode::kStoreTokens, model_.depth() - 1);
  wait_residual(&c);
  c.src = Buffer::kResidual;
  c.out_dim = static_cast<std::uint16_t>(model_.embed_dim);
  if (frame_ + 1 < static_cast<int>(frames_.size())) {
    stored_ = writer_.emit_grouped(c, Counter::kStored, segments_, "store");
  } else {
    writer_.emit(c, "store");
  }
  writer_.result().frames.back().store = writer_.result().commands.back().id;
}

/// Results of the frames one after another, each from a new row on.
void Lowering::place_results(program::ImageHeader* header) {
  LoweredProgram& result = writer_.result();
  std::uint64_t bytes = 0;
  for (const FrameInfo& frame : result.frames) {
    result.commands[frame.store].address = bytes;
    const std::uint64_t own = memory_bytes(result.commands[frame.store]);
    header->result_bytes = bytes + own;
    result.write_bytes += own;
    bytes += (own + program::kRowBytes - 1) / program::kRowBytes * program::kRowBytes;
  }
  header->result_address = image_.add_space(bytes);
  for (const FrameInfo& frame : result.frames)
    result.commands[frame.store].address += header->result_address;
}

void Lowering::finish(program::ImageHeader header) {
  LoweredProgram& result = writer_.result();
  Command end;
  end.opcode = Opcode::kEnd;
  writer_.emit(end, "end");
  if (!tiling_.on) {
    place_results(&header);
    result.spill = SpillTraffic();  // frames of a stream load their weights again as well
  }
  result.result_row_bytes = std::uint64_t{4} * model_.embed_dim;
  if (tiling_.on)
    result.result_row_bytes = program::word_rows(model_.embed_dim) * program::kRowBytes;
  result.image = image_.finish(header, &result.commands);
  result.tasks = frames_.front().tasks;
  result.residual_step = formats_->residual_step();
  result.expert_macs_per_choice = 2ull * model_.embed_dim * model_.moe.hidden;
  const std::uint64_t program_bytes = result.commands.size() * program::kCommandBytes;
  result.activation_read_bytes =
      program::kImageHeaderBytes +
      (program_bytes + program::kRowBytes - 1) / program::kRowBytes * program::kRowBytes;
  for (const Command& c : result.commands) {
    const bool input = c.opcode == Opcode::kLoadPixels || c.opcode == Opcode::kLoadTokens ||
                       (c.opcode == Opcode::kFill && c.dst == Buffer::kPosition);
    if (input) result.activation_read_bytes += memory_bytes(c);
  }
}

/// From here on commands are those of this frame.
void Lowering::name_frame(int frame) {
  frame_ = frame;
  const bool stream = frames_.size() > 1;
  const std::vector<int>& tasks = frames_[static_cast<std::size_t>(frame)].tasks;
  writer_.begin_frame(stream ? fmt::format("f{:02}.", frame) : "", frame * model_.depth(),
                      common_task(model_, tasks));
}

void Lowering::begin_frame(int frame) {
  name_frame(frame);
  tasks_ = frames_[static_cast<std::size_t>(frame)].tasks;
  segments_ = 1;
  writer_.result().frames.push_back({tasks_, frame * model_.depth(), 0, 0, 0});
}

void Lowering::lower_frame() {
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
  store();
}

LoweredProgram Lowering::run() {
  const std::uint64_t pixel_bytes = 3ull * model_.image.height * model_.image.width;
  pixel_stride_ = (pixel_bytes + program::kRowBytes - 1) / program::kRowBytes * program::kRowBytes;
  program::ImageHeader header;
  header.pixel_bytes = pixel_stride_ * (frames_.size() - 1) + pixel_bytes;
  header.pixel_address = pixel_address_ = image_.add_space(header.pixel_bytes);
  for (std::size_t f = 0; f < frames_.size(); ++f) {
    begin_frame(static_cast<int>(f));
    if (tiling_.on) {
      lower_tiled(&header);
    } else {
      lower_frame();
    }
  }
  finish(header);
  return std::move(writer_.result());
}

LoweredProgram compile(const models::ModelConfig& model, const models::TensorMap& weights,
                       const models::DesignConfig& design, const CompileOptions& options) {
  check_fit(model, design, options.tasks);
  return Lowering(model, weights, design, {options}).run();
}

LoweredProgram compile_stream(const models::ModelConfig& model, const models::TensorMap& weights,
                              const models::DesignConfig& design,
                              const std::vector<CompileOptions>& frames) {
  constexpr std::size_t kLayers = 256;  // a command's layer has 8 bits
  if (frames.empty()) throw models::ConfigError({"error: stream: expected one frame or more"});
  for (const CompileOptions& frame : frames) check_fit(model, design, frame.tasks);
  if (frames.size() > 1 && !design.buffers.own_inputs) {
    throw models::ConfigError(
        {fmt::format("error: design.buffers.own_inputs: design {} keeps pixels and position table "
                     "in memories that a running frame uses; a stream needs true",
                     design.name)});
  }
  for (const CompileOptions& frame : frames) {
    if (frames.size() == 1 ||
        !plan_tiling(model, design, static_cast<int>(frame.tasks.size())).on) {
      continue;
    }
    throw models::ConfigError(
        {fmt::format("error: stream: the tokens of model {} exceed the buffers of design {}; tiled "
                     "frames come one by one, expected a single frame",
                     model.name, design.name)});
  }
  if (frames.size() * static_cast<std::size_t>(model.depth()) > kLayers) {
    throw models::ConfigError(
        {fmt::format("error: stream: needs {} x {} layer numbers, a command has {}", frames.size(),
                     model.depth(), kLayers)});
  }
  return Lowering(model, weights, design, frames).run();
}

void set_pixels(LoweredProgram& program, const models::Image& image, int frame) {
  if (frame < 0 || static_cast<std::size_t>(frame) >= program.frames.size())
    throw std::invalid_argument("set_pixels: the program has no such frame");
  const Command& load =
      program.commands[program.frames[static_cast<std::size_t>(frame)].load_pixels];
  const std::size_t plane = static_cast<std::size_t>(load.image_height) * load.image_width;
  if (image.height != load.image_height || image.width != load.image_width ||
      image.rgb.size() != 3 * plane) {
    throw models::DataError(fmt::format("image: error: expected {} x {} pixels, got {} x {}",
                                        load.image_width, load.image_height, image.width,
                                        image.height));
  }
  std::uint8_t* out = program.image.data() + load.address;
  for (std::size_t i = 0; i < plane; ++i) {
    for (std::size_t colour = 0; colour < 3; ++colour) {
      out[colour * plane + i] = image.rgb[3 * i + colour];
    }
  }
}

}  // namespace edgemoe::host
