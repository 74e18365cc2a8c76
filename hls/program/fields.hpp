// SPDX-License-Identifier: Apache-2.0
/// The one table of the command's binary form: serves encoder, decoder, printer and the generated
/// RTL package.
///
/// Form:   a command is a 1024-bit little-endian word; a field occupies bits [8 * byte + bit, +
/// bits) of it.
///         Bits that no field covers are 0. Fields wider than 8 bits start at a byte.
/// Use:    `visit_fields(command, visitor)` calls `visitor(name, byte, bit, bits, member)` per
/// field, in the
///         order of the offsets. Members are enums, bools or unsigned integers. C++14, no library
///         containers.
/// Change: append in the free bytes (kFirstFreeByte); never move a field. A test checks that none
/// overlap.
#pragma once

#include "hls/program/command.hpp"

namespace edgemoe {
namespace program {

constexpr int kFirstFreeByte = 124;  ///< bytes from here to kCommandBytes are reserved, 0

/// Largest legal value of an enum's underlying integer.
template <typename T>
struct EnumLimit;
template <>
struct EnumLimit<Opcode> {
  static constexpr int kLast = static_cast<int>(Opcode::kStoreExperts);
};
template <>
struct EnumLimit<Buffer> {
  static constexpr int kLast = static_cast<int>(Buffer::kKeyValue);
};
template <>
struct EnumLimit<Post> {
  static constexpr int kLast = static_cast<int>(Post::kGelu);
};
template <>
struct EnumLimit<ScaleSource> {
  static constexpr int kLast = static_cast<int>(ScaleSource::kToken);
};
template <>
struct EnumLimit<LoopOrder> {
  static constexpr int kLast = static_cast<int>(LoopOrder::kWeightOuter);
};
template <>
struct EnumLimit<WaitMode> {
  static constexpr int kLast = static_cast<int>(WaitMode::kGroup);
};
template <>
struct EnumLimit<SignalMode> {
  static constexpr int kLast = static_cast<int>(SignalMode::kGroup);
};

template <typename CommandT, typename Visitor>
void visit_head_fields(CommandT& c, Visitor& v) {
  v("opcode", 0, 0, 8, c.opcode);
  v("layer", 1, 0, 8, c.layer);
  v("task_slot", 2, 0, 8, c.task_slot);
  v("signal_mode", 3, 0, 8, c.signal_mode);
  v("id", 4, 0, 16, c.id);
  v("signal", 6, 0, 8, c.signal);
  v("order", 7, 0, 1, c.order);
  v("scale_source", 7, 1, 1, c.scale_source);
  v("requant.bias_before_scale", 7, 2, 1, c.requant.bias_before_scale);
  v("requant2.bias_before_scale", 7, 3, 1, c.requant2.bias_before_scale);
  v("low_plane", 7, 4, 1, c.low_plane);
  v("first_route", 7, 5, 1, c.first_route);
  v("last_route", 7, 6, 1, c.last_route);
  v("tiled", 7, 7, 1, c.tiled);
  v("wait0.mode", 8, 0, 8, c.wait[0].mode);
  v("wait0.counter", 9, 0, 8, c.wait[0].counter);
  v("wait0.value", 10, 0, 16, c.wait[0].value);
  v("wait1.mode", 12, 0, 8, c.wait[1].mode);
  v("wait1.counter", 13, 0, 8, c.wait[1].counter);
  v("wait1.value", 14, 0, 16, c.wait[1].value);
  v("wait2.mode", 16, 0, 8, c.wait[2].mode);
  v("wait2.counter", 17, 0, 8, c.wait[2].counter);
  v("wait2.value", 18, 0, 16, c.wait[2].value);
}

template <typename CommandT, typename Visitor>
void visit_shape_fields(CommandT& c, Visitor& v) {
  v("tag", 20, 0, 16, c.tag);
  v("param_rows", 22, 0, 16, c.param_rows);
  v("address", 24, 0, 48, c.address);
  v("src", 30, 0, 8, c.src);
  v("dst", 31, 0, 8, c.dst);
  v("rows", 32, 0, 32, c.rows);
  v("expert_stride_rows", 36, 0, 32, c.expert_stride_rows);
  v("tokens", 40, 0, 16, c.tokens);
  v("segments", 42, 0, 16, c.segments);
  v("segment_stride", 44, 0, 16, c.segment_stride);
  v("in_dim", 46, 0, 16, c.in_dim);
  v("out_dim", 48, 0, 16, c.out_dim);
  v("hidden_dim", 50, 0, 16, c.hidden_dim);
  v("image_width", 52, 0, 16, c.image_width);
  v("image_height", 54, 0, 16, c.image_height);
}

template <typename CommandT, typename Visitor>
void visit_arithmetic_fields(CommandT& c, Visitor& v) {
  v("post", 56, 0, 8, c.post);
  v("requant.r1", 57, 0, 8, c.requant.r1);
  v("requant.r2", 58, 0, 8, c.requant.r2);
  v("requant.bias_shift", 59, 0, 8, c.requant.bias_shift);
  v("requant2.r1", 60, 0, 8, c.requant2.r1);
  v("requant2.r2", 61, 0, 8, c.requant2.r2);
  v("requant2.bias_shift", 62, 0, 8, c.requant2.bias_shift);
  v("zero_point", 63, 0, 8, c.zero_point);
  v("gelu_mult", 64, 0, 16, c.gelu_mult);
  v("gelu_shift", 66, 0, 8, c.gelu_shift);
  v("heads", 67, 0, 8, c.heads);
  v("head_dim", 68, 0, 16, c.head_dim);
  v("score_mult", 70, 0, 16, c.score_mult);
  v("out_mult", 72, 0, 16, c.out_mult);
  v("score_shift", 74, 0, 8, c.score_shift);
  v("gamma_frac", 75, 0, 8, c.gamma_frac);
  v("inv_d", 76, 0, 32, c.inv_d);
  v("sqrt_d", 80, 0, 32, c.sqrt_d);
  v("eps_acc", 84, 0, 64, c.eps_acc);
}

template <typename CommandT, typename Visitor>
void visit_expert_fields(CommandT& c, Visitor& v) {
  v("experts", 92, 0, 16, c.experts);
  v("top_k", 94, 0, 8, c.top_k);
  v("window_lo", 95, 0, 8, c.window_lo);
  v("window_hi", 96, 0, 8, c.window_hi);
  v("gate_shift", 97, 0, 8, c.gate_shift);
  v("threshold", 98, 0, 32, c.threshold);
  v("list_count", 102, 0, 8, c.list_count);
  static const char* const kNames[kMaxListedExperts] = {
      "expert_list0",  "expert_list1",  "expert_list2",  "expert_list3",
      "expert_list4",  "expert_list5",  "expert_list6",  "expert_list7",
      "expert_list8",  "expert_list9",  "expert_list10", "expert_list11",
      "expert_list12", "expert_list13", "expert_list14", "expert_list15"};
  for (int i = 0; i < kMaxListedExperts; ++i) v(kNames[i], 103 + i, 0, 8, c.expert_list[i]);
}

template <typename CommandT, typename Visitor>
void visit_tile_fields(CommandT& c, Visitor& v) {
  v("adds", 119, 0, 8, c.adds);
  v("token_begin", 120, 0, 16, c.token_begin);
  v("frame_tokens", 122, 0, 16, c.frame_tokens);
}

template <typename CommandT, typename Visitor>
void visit_fields(CommandT& c, Visitor& v) {
  visit_head_fields(c, v);
  visit_shape_fields(c, v);
  visit_arithmetic_fields(c, v);
  visit_expert_fields(c, v);
  visit_tile_fields(c, v);
}

}  // namespace program
}  // namespace edgemoe
