// SPDX-License-Identifier: Apache-2.0
// A frame in tiles of tokens: hls/program/README.md "Tiled programs".
#include <fmt/format.h>

#include <algorithm>

#include "host/compiler/cost.hpp"
#include "host/compiler/lower.hpp"

namespace edgemoe::host {
namespace {

using program::Buffer;
using program::Command;
using program::kRowBytes;
using program::Opcode;

bool signalled_by_array(Counter counter) {
  return counter == Counter::kResidual || counter == Counter::kQkv ||
         counter == Counter::kAttention || counter == Counter::kHidden ||
         counter == Counter::kLogits;
}

}  // namespace

/// From here on commands work on this tile.
void Lowering::begin_tile(int slot, int begin, int tokens) {
  tile_ = Tile{slot, begin, tokens};
  const bool parted = segments_ > 1;
  const std::string task = slot_name(slot);
  writer_.begin_tile(fmt::format("{}.t{:05}", parted ? "." + task : "", begin), parted ? task : "");
}

/// Calls `step` for every tile of every segment.
void Lowering::each_tile(const std::function<void()>& step) {
  const int segments = segments_;
  for (int slot = 0; slot < segments; ++slot) {
    for (int begin = 0; begin < model_.tokens(); begin += tiling_.tile_tokens) {
      segments_ = segments;
      begin_tile(slot, begin, std::min(tiling_.tile_tokens, model_.tokens() - begin));
      step();
    }
  }
}

/// Waits for what earlier tiles read from the buffer that the command writes. Units work in order,
/// so nothing is waited for that the command's own unit did. Nothing to do where tokens are whole.
void Lowering::wait_readers(Command* c) const {
  if (!tile_) return;
  const auto readers = readers_.find(c->dst);
  if (readers == readers_.end()) return;
  const bool array = program::unit_of(c->opcode) == program::Unit::kArray;
  const int groups = groups_of(tile_rows_of(*c), design_.array.token_lanes);
  for (const auto& [counter, progress] : readers->second) {
    if (array && signalled_by_array(counter)) continue;
    if (progress.grouped && groups <= progress.after - progress.before) {
      wait_groups(c, progress);
    } else {
      wait_all(c, progress);
    }
  }
}

void Lowering::note_read(Buffer buffer, const Progress& progress) {
  if (tile_) readers_[buffer][progress.counter] = progress;
}

/// Ends when all that has been spilled is in DRAM. Whoever waits for it need not wait for any
/// reader before: what a pass spills last depends on all that it read.
void Lowering::fence(const std::string& name) {
  tile_.reset();
  writer_.begin_tile("", "");
  readers_.clear();
  Command c;
  c.opcode = Opcode::kFence;
  fence_ = writer_.emit_signalling(c, Counter::kFenced, "fence." + name);
  fenced_ = false;
}

std::uint64_t Lowering::record_address(int slot, std::uint32_t piece) const {
  const std::uint64_t index =
      static_cast<std::uint64_t>(slot) * static_cast<std::uint64_t>(model_.tokens()) +
      static_cast<std::uint64_t>(tile_->begin);
  return scratch_.records + (index * record_.stride + piece) * kRowBytes;
}

/// K and V of two consecutive blocks lie apart: one is written while the other is read.
std::uint64_t Lowering::key_address(int block, int slot) const {
  const std::uint64_t half = block % 2 == 0 ? 0 : tasks_.size();
  return scratch_.keys + (half + static_cast<std::uint64_t>(slot)) * key_rows_ * kRowBytes;
}

Command Lowering::piece_command(Opcode opcode, int block, Buffer buffer) const {
  const auto dim = static_cast<std::uint32_t>(model_.embed_dim);
  Command c = command(opcode, block);
  (opcode == Opcode::kSpill ? c.src : c.dst) = buffer;
  c.rows = program::word_rows(dim);
  if (buffer == Buffer::kQkv) c.rows = program::query_rows(dim, formats_->precision());
  if (buffer == Buffer::kNormOut) c.rows = program::norm_rows(dim, formats_->precision());
  c.expert_stride_rows = record_.stride;
  c.out_dim = static_cast<std::uint16_t>(dim);
  return c;
}

Progress Lowering::emit_spill(const Command& c, const std::string& name) {
  writer_.result().spill.write_bytes += memory_bytes(c);
  const Progress spilled = writer_.emit_grouped(c, Counter::kSpilled, 1, "spill." + name);
  note_read(c.src == Buffer::kKeyValue ? Buffer::kQkv : c.src, spilled);
  return spilled;
}

Progress Lowering::emit_fill(Command c, const std::string& name) {
  if (!fenced_) wait_all(&c, fence_);
  fenced_ = true;  // the loader works in order
  wait_readers(&c);
  readers_.erase(c.dst);
  writer_.result().spill.read_bytes += memory_bytes(c);
  return writer_.emit_grouped(c, Counter::kFilled, 1, "fill." + name);
}

void Lowering::spill_residual(int block, int slot, const std::string& name) {
  Command c = piece_command(Opcode::kSpill, block, Buffer::kResidual);
  c.address = record_address(slot, 0);
  wait_groups(&c, residual_);
  emit_spill(c, name);
}

/// The tile's final residuals, to the results of its task, or of all tasks that share it.
void Lowering::store_tile() {
  const int copies = segments_ == 1 ? static_cast<int>(tasks_.size()) : 1;
  for (int i = 0; i < copies; ++i) {
    const int slot = tile_->slot + i;
    Command c = piece_command(Opcode::kSpill, model_.depth() - 1, Buffer::kResidual);
    c.expert_stride_rows = c.rows;
    const std::uint64_t index =
        static_cast<std::uint64_t>(slot) * static_cast<std::uint64_t>(model_.tokens()) +
        static_cast<std::uint64_t>(tile_->begin);
    c.address = scratch_.results + index * c.rows * kRowBytes;
    wait_groups(&c, residual_);
    if (slot == 0 && tile_->begin == 0) writer_.result().frames.back().store = next_id();
    writer_.result().write_bytes += memory_bytes(c);
    note_read(Buffer::kResidual,
              writer_.emit_grouped(c, Counter::kSpilled, 1, fmt::format("store.s{}", slot)));
  }
}

/// Q, K and V of the tile.
void Lowering::spill_qkv(int block, const Progress& written) {
  Command q = piece_command(Opcode::kSpill, block, Buffer::kQkv);
  q.address = record_address(tile_->slot, record_.query);
  wait_groups(&q, written);
  emit_spill(q, tap_name(block, "q"));
  Command kv = command(Opcode::kSpill, block);
  kv.src = Buffer::kKeyValue;
  kv.rows = program::key_tile_rows(formats_->precision());
  kv.out_dim = static_cast<std::uint16_t>(model_.embed_dim);
  kv.heads = static_cast<std::uint8_t>(model_.heads);
  kv.head_dim = static_cast<std::uint16_t>(model_.head_dim());
  kv.address = key_address(block, tile_->slot);
  emit_spill(kv, tap_name(block, "kv"));
}

/// x of the tile, with the contributions of the experts of `block`, if `adds`.
void Lowering::fill_residual(int block, int adds) {
  Command c = piece_command(Opcode::kFill, block, Buffer::kResidual);
  c.adds = static_cast<std::uint8_t>(adds);
  c.address = record_address(tile_->slot, 0);
  residual_ = filled_ = emit_fill(c, tap_name(block, adds > 0 ? "moe.x" : "x"));
  if (adds == 0) return;
  residual_taps(block, "moe.out", "x");
}

/// LayerNorm, Q, K and V of the residual that is in the buffers, spilled for the block's attention.
void Lowering::prepare_attention(int block) {
  normed_ = norm(block, "norm1", false);
  spill_qkv(block, qkv(block));
}

void Lowering::tiled_embedding() {
  const int patches = model_.patches(), step = tiling_.embed_patches;
  for (int first = 0; first < patches; first += step) {
    begin_tile(0, first, std::min(step, patches - first));
    embed_tile();
    Command c = piece_command(Opcode::kSpill, 0, Buffer::kResidual);
    c.tokens = static_cast<std::uint16_t>(tile_->tokens + (first + step >= patches ? 1 : 0));
    c.address = record_address(0, 0);
    wait_groups(&c, embedded_);
    emit_spill(c, "embed");
  }
  fence("embed");
}

/// The tile's pixels and positions, and their embedding.
void Lowering::embed_tile() {
  Command pixels = command(Opcode::kLoadPixels, 0);
  pixels.image_width = static_cast<std::uint16_t>(model_.image.width);
  pixels.image_height = static_cast<std::uint16_t>(model_.image.height);
  pixels.dst = Buffer::kPixels;
  pixels.address = pixel_address_;
  const bool first = tile_->begin == 0;
  if (!first) wait_all(&pixels, embedded_);  // has read pixels and positions
  FrameInfo& frame = writer_.result().frames.back();
  if (first) frame.load_pixels = next_id();
  writer_.emit(pixels, "load.pixels");
  Command table = piece_command(Opcode::kFill, 0, Buffer::kPosition);
  const bool last = tile_->begin + tile_->tokens == model_.patches();
  table.tokens = static_cast<std::uint16_t>(tile_->tokens + (last ? 1 : 0));
  table.expert_stride_rows = table.rows;
  table.address =
      scratch_.positions + static_cast<std::uint64_t>(tile_->begin) * table.rows * kRowBytes;
  const Progress inputs = writer_.emit_signalling(table, Counter::kInputs, "load.position");
  const PlacedLinear& placed = placed_embed();
  Command c = embed_command(placed, writer_.load(placed.placement, 0, "embed"));
  c.order = order_of(placed.placement);
  wait_all(&c, inputs);
  wait_readers(&c);
  embedded_ = writer_.emit_grouped(c, Counter::kResidual, 1, "embed");
  writer_.tap(hls::TapPoint::kResidual, "embed", formats_->residual_step(), 0, model_.embed_dim);
}

/// Before block `block`: after the embedding, or after a mixture of experts, whose contributions
/// come back here. After the last block: its results.
void Lowering::first_pass(int block, int adds) {
  each_tile([&] {
    fill_residual(block - (adds > 0 ? 1 : 0), adds);
    if (block == model_.depth()) {
      store_tile();
      return;
    }
    if (adds > 0) spill_residual(block, tile_->slot, tap_name(block, "x"));
    prepare_attention(block);
  });
  fence(block == model_.depth() ? "results" : tap_name(block, "qkv"));
}

/// Attention of the tile's queries over the whole segment.
void Lowering::attend_tile(int block) {
  Command q = piece_command(Opcode::kFill, block, Buffer::kQkv);
  q.address = record_address(tile_->slot, record_.query);
  const Progress queries = emit_fill(q, tap_name(block, "q"));
  Command keys;
  keys.opcode = Opcode::kLoadWeights;
  keys.layer = static_cast<std::uint8_t>(block);
  keys.address = key_address(block, tile_->slot);
  keys.rows = key_rows_;
  keys.tag = key_tag_ = writer_.next_tag();
  writer_.emit(keys, "load." + tap_name(block, "kv"));
  writer_.result().spill.read_bytes += std::uint64_t{key_rows_} * kRowBytes;
  fill_residual(block, 0);
  project(block, attend(block, queries));
}

/// A dense block, and what the next one can do with the tile at hand.
void Lowering::dense_pass(int block) {
  each_tile([&] {
    attend_tile(block);
    dense(block);
    if (block + 1 == model_.depth()) {
      store_tile();
      return;
    }
    spill_residual(block, tile_->slot, tap_name(block, "x"));
    prepare_attention(block + 1);
  });
  fence(tap_name(block, "x"));
}

/// LayerNorm, gate and routing of the tile for one task; z is spilled for the experts.
void Lowering::route_tile(int block, std::uint16_t tag) {
  const int slot = tile_->slot;
  normed_ = norm(block, "norm2", formats_->gate_has_planes());
  const PlacedGate& gate_layer = placed_gate(block, slot);
  const std::uint16_t gate_tag = writer_.load(
      gate_layer.placement, block, tap_name(block, "gate." + slot_name(slot)), slot_name(slot));
  const Progress logits = gate(block, slot, gate_layer.shift, gate_tag);
  routed_ = route(block, slot, logits, tag, {});
  Command z = piece_command(Opcode::kSpill, block, Buffer::kNormOut);
  z.address = record_address(slot, record_.norm);
  wait_groups(&z, normed_);
  emit_spill(z, tap_name(block, "z"));
}

/// Attention and routing of a mixture of experts; where the tasks part, each gets a residual.
void Lowering::routing_pass(int block, std::uint16_t tag) {
  const int tasks = static_cast<int>(tasks_.size());
  const bool parts = block == split_block_ && segments_ != tasks;
  each_tile([&] {
    attend_tile(block);
    for (int i = 0; i < (parts ? tasks : 1); ++i) {
      const int slot = parts ? i : tile_->slot;
      if (parts) segments_ = tasks;
      begin_tile(slot, tile_->begin, tile_->tokens);
      spill_residual(block, slot, tap_name(block, "x_attn"));
      route_tile(block, tag);
    }
    if (parts) segments_ = 1;
  });
  if (parts) segments_ = tasks;
  fence(tap_name(block, "z"));
}

/// The experts over the queues of all tiles and tasks.
void Lowering::tiled_experts(int block, std::uint16_t tag) {
  const PlacedExperts& layers = placed_experts(block);
  writer_.result().expert_bytes = layers.placement.first.bytes();
  Command load = expert_command(Opcode::kLoadExperts, block, layers.placement, tag);
  load.tiled = true;
  wait_all(&load, routed_);
  wait_all(&load, fence_);
  writer_.emit(load, "load." + tap_name(block, "experts"));
  Command c = experts_command(block, layers, tag);
  c.tiled = true;
  c.tokens = static_cast<std::uint16_t>(tiling_.chunk_tokens);
  c.address = scratch_.records;
  c.rows = record_.contribution - record_.norm;
  c.expert_stride_rows = record_.stride;
  c.adds = static_cast<std::uint8_t>(model_.moe.top_k);
  c.frame_tokens = static_cast<std::uint16_t>(model_.tokens());
  wait_all(&c, routed_);
  wait_all(&c, fence_);
  writer_.emit(c, tap_name(block, "moe"));
  Command store = c;
  store.opcode = Opcode::kStoreExperts;
  store.requant = store.requant2 = program::Requant();
  store.src = Buffer::kResidual;
  store.dst = Buffer::kNone;
  for (program::Wait& wait : store.wait) wait = program::Wait();
  wait_all(&store, routed_);
  fence_ = writer_.emit_signalling(store, Counter::kFenced, "store." + tap_name(block, "moe"));
  fenced_ = false;
}

/// Regions for records, keys and positions; results of a tiled program lie in whole rows.
void Lowering::place_scratch(program::ImageHeader* header) {
  const auto dim = static_cast<std::uint32_t>(model_.embed_dim);
  const auto tokens = static_cast<std::uint64_t>(model_.tokens());
  const bool moe = model_.moe.top_k > 0;
  const program::Precision precision = formats_->precision();
  record_ =
      program::token_record(dim, moe ? static_cast<std::uint32_t>(model_.moe.top_k) : 0, precision);
  key_rows_ = program::key_value_rows(model_.tokens(), model_.heads, model_.head_dim(), precision);
  const std::uint64_t records = tasks_.size() * tokens * record_.stride;
  const std::uint64_t keys = 2 * tasks_.size() * std::uint64_t{key_rows_};
  header->scratch_bytes = (records + keys) * kRowBytes;
  header->scratch_address = scratch_.records = image_.add_space(header->scratch_bytes);
  scratch_.keys = scratch_.records + records * kRowBytes;
  header->result_bytes = tasks_.size() * tokens * program::word_rows(dim) * kRowBytes;
  header->result_address = scratch_.results = image_.add_space(header->result_bytes);
  scratch_.positions = image_.add_rows(formats_->position_table(), model_.embed_dim);
  SpillTraffic& spill = writer_.result().spill;
  spill.tile_tokens = tiling_.tile_tokens;
  spill.gather_bytes = std::uint64_t{program::norm_rows(dim, precision)} * kRowBytes;
  spill.contribution_bytes = std::uint64_t{program::word_rows(dim)} * kRowBytes;
}

void Lowering::lower_tiled(program::ImageHeader* header) {
  place_scratch(header);
  tiled_embedding();
  first_pass(0, 0);
  for (int i = 0; i < model_.depth(); ++i) {
    if (model_.blocks[static_cast<std::size_t>(i)] == models::BlockKind::kMlp) {
      dense_pass(i);
      continue;
    }
    const std::uint16_t tag = writer_.next_tag();
    routing_pass(i, tag);
    tiled_experts(i, tag);
    first_pass(i + 1, model_.moe.top_k);
  }
}

}  // namespace edgemoe::host
