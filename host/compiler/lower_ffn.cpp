// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "host/compiler/lower.hpp"
#include "host/compiler/prefetch.hpp"
#include "host/compiler/tensors.hpp"

namespace edgemoe::host {
namespace {

using program::Buffer;
using program::Command;
using program::Opcode;

void set_expert_list(const std::vector<int>& experts, Command* c) {
  c->list_count = static_cast<std::uint8_t>(experts.size());
  for (std::size_t i = 0; i < experts.size(); ++i) {
    c->expert_list[i] = static_cast<std::uint8_t>(experts[i]);
  }
}

}  // namespace

void Lowering::set_gelu(int block, Command* c) const {
  const ScaledFactor factor = formats_->gelu(block);
  c->post = program::Post::kGelu;
  c->scale_source = program::ScaleSource::kToken;
  c->gelu_mult = factor.mantissa;
  c->gelu_shift = factor.shift;
  c->zero_point = static_cast<std::uint8_t>(formats_->scales(block).zero_point);
}

void Lowering::dense(int block) {
  const BlockScales scales = formats_->scales(block);
  normed_ = norm(block, "norm2", false);
  Command c = linear_command(block, "fc1", [&] { return formats_->fc1(block); });
  c.src = Buffer::kNormOut;
  c.dst = Buffer::kHidden;
  set_gelu(block, &c);
  wait_groups(&c, normed_);
  const Progress hidden_done =
      writer_.emit_grouped(c, Counter::kHidden, c.segments, tap_name(block, "fc1"));
  note_read(Buffer::kNormOut, hidden_done);
  writer_.tap(hls::TapPoint::kHidden, tap_name(block, "mlp.hidden"), scales.hidden, 0,
              model_.mlp_hidden);
  writer_.last_tap().zero_point = scales.zero_point;

  c = linear_command(block, "fc2", [&] { return formats_->fc2(block); });
  c.src = Buffer::kHidden;
  c.dst = Buffer::kResidual;
  c.post = program::Post::kResidualAdd;
  wait_groups(&c, hidden_done);
  residual_ = writer_.emit_grouped(c, Counter::kResidual, c.segments, tap_name(block, "fc2"));
  residual_taps(block, "mlp.out", "x");
}

Command Lowering::expert_command(Opcode opcode, int block, const ExpertPlacement& placement,
                                 std::uint16_t tag) const {
  Command c = command(opcode, block);
  c.tokens = 0;
  c.segment_stride = 0;
  c.segments = 1;
  c.tag = tag;
  c.address = placement.first.address;
  c.rows = placement.first.rows;
  c.param_rows = placement.first.param_rows;
  c.expert_stride_rows = placement.stride_rows;
  c.experts = static_cast<std::uint16_t>(model_.moe.experts);
  c.in_dim = static_cast<std::uint16_t>(model_.embed_dim);
  c.hidden_dim = static_cast<std::uint16_t>(model_.moe.hidden);
  return c;
}

const PlacedGate& Lowering::placed_gate(int block, int slot) {
  const auto [at, is_new] = gates_.try_emplace(tap_name(block, std::to_string(tasks_[slot])));
  if (is_new) {
    const GateLayer gate = formats_->gate(block, tasks_[slot]);
    at->second = {image_.add_gate(gate, model_.moe.experts), gate.shift};
  }
  return at->second;
}

const PlacedExperts& Lowering::placed_experts(int block) {
  const auto [at, is_new] = experts_.try_emplace(tap_name(block, "experts"));
  if (is_new) {
    const ExpertLayers layers = formats_->experts(block);
    at->second = {image_.add_experts(layers), layers.up_plan.shifts, layers.down_plan.shifts};
  }
  return at->second;
}

/// One gate of a segment: two planes of z times two digits of w. Returns the progress of its
/// logits.
Progress Lowering::gate(int block, int slot, std::uint8_t shift, std::uint16_t tag) {
  const std::string task = slot_name(slot);
  Command c = command(Opcode::kGate, block);
  c.task_slot = static_cast<std::uint8_t>(slot);
  c.segments = 1;
  c.tag = tag;
  c.src = Buffer::kNormOut;
  c.dst = Buffer::kLogits;
  c.in_dim = static_cast<std::uint16_t>(model_.embed_dim);
  c.out_dim = static_cast<std::uint16_t>(model_.moe.experts);
  c.experts = c.out_dim;
  c.gate_shift = shift;
  wait_groups(&c, normed_, tile_ ? 0 : slot * groups());
  wait_readers(&c);
  const Progress logits =
      writer_.emit_grouped(c, Counter::kLogits, 1, tap_name(block, "gate." + task), task);
  writer_.tap(hls::TapPoint::kLogits, tap_name(block, "moe.logits"), formats_->logit_step(), 0,
              model_.moe.experts);
  note_read(Buffer::kNormOut, logits);
  return logits;
}

/// The last route of a block names the prefetched experts again: they are executed first, and the
/// router publishes the order.
Progress Lowering::route(int block, int slot, const Progress& logits, std::uint16_t experts_tag,
                         const std::vector<int>& prefetched) {
  const std::string task = slot_name(slot);
  Command c = command(Opcode::kRoute, block);
  c.task_slot = static_cast<std::uint8_t>(slot);
  c.tag = experts_tag;
  c.src = Buffer::kLogits;
  c.dst = Buffer::kQueues;
  c.experts = static_cast<std::uint16_t>(model_.moe.experts);
  c.top_k = static_cast<std::uint8_t>(model_.moe.top_k);
  c.window_lo = 0;
  c.window_hi = static_cast<std::uint8_t>(model_.moe.experts);
  c.threshold = static_cast<std::uint32_t>(std::llround(model_.moe.threshold * 65536.0));
  c.first_route = slot == 0 && (!tile_ || tile_->begin == 0);
  c.last_route =
      slot == segments_ - 1 && (!tile_ || tile_->begin + tile_->tokens == model_.tokens());
  if (c.last_route) set_expert_list(prefetched, &c);
  wait_groups(&c, logits);
  const Progress routed =
      writer_.emit_signalling(c, Counter::kRouted, tap_name(block, "route." + task), task);
  note_read(Buffer::kLogits, routed);
  return routed;
}

/// Gates of all segments, then their experts once for the union of the queues. The gates' weights
/// are loaded before any expert: the array needs them first, and the ring is freed in load order.
void Lowering::experts(int block) {
  normed_ = norm(block, "norm2", formats_->gate_has_planes());
  std::vector<std::uint16_t> gate_tags;
  std::vector<std::uint8_t> shifts;
  for (int s = 0; s < segments_; ++s) {
    const PlacedGate& gate = placed_gate(block, s);
    shifts.push_back(gate.shift);
    gate_tags.push_back(
        writer_.load(gate.placement, block, tap_name(block, "gate." + slot_name(s)), slot_name(s)));
  }
  const PlacedExperts& layers = placed_experts(block);
  const ExpertPlacement& placement = layers.placement;
  writer_.result().expert_bytes = placement.first.bytes();
  const std::uint16_t tag = writer_.next_tag();
  const std::vector<int> list = prefetch_list(model_, design_, block, tasks_);
  if (!list.empty()) {
    Command c = expert_command(Opcode::kPrefetchExperts, block, placement, tag);
    set_expert_list(list, &c);
    writer_.emit(c, "prefetch." + tap_name(block, "experts"));
  }
  Progress routed;
  for (int s = 0; s < segments_; ++s) {
    const Progress logits = gate(block, s, shifts[s], gate_tags[s]);
    routed = route(block, s, logits, tag, list);
  }
  if (next_starts_here(block, list.size())) load_next_start();
  Command load = expert_command(Opcode::kLoadExperts, block, placement, tag);
  wait_all(&load, routed);
  writer_.emit(load, "load." + tap_name(block, "experts"));
  run_experts(block, layers, tag, routed);
}

Command Lowering::experts_command(int block, const PlacedExperts& layers, std::uint16_t tag) {
  Command c = command(Opcode::kExperts, block);
  c.tag = tag;
  c.src = Buffer::kNormOut;
  c.dst = Buffer::kResidual;
  c.in_dim = static_cast<std::uint16_t>(model_.embed_dim);
  c.out_dim = c.in_dim;
  c.hidden_dim = static_cast<std::uint16_t>(model_.moe.hidden);
  c.experts = static_cast<std::uint16_t>(model_.moe.experts);
  c.order = program::LoopOrder::kWeightOuter;
  c.requant = layers.up;
  c.requant2 = layers.down;
  set_gelu(block, &c);
  return c;
}

void Lowering::run_experts(int block, const PlacedExperts& layers, std::uint16_t tag,
                           const Progress& routed) {
  Command c = experts_command(block, layers, tag);
  wait_all(&c, routed);
  residual_ = writer_.emit_signalling(c, Counter::kResidual, tap_name(block, "moe"));
  residual_taps(block, "moe.out", "x");
}

}  // namespace edgemoe::host
