// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "host/compiler/lower.hpp"
#include "host/compiler/tensors.hpp"

namespace edgemoe::host {
namespace {

using program::Buffer;
using program::Command;
using program::Opcode;

}  // namespace

void Lowering::residual_taps(int block, const char* contribution, const char* sum) {
  const double step = formats_->residual_step();
  const int dim = model_.embed_dim;
  writer_.tap(hls::TapPoint::kContribution, tap_name(block, contribution), step, 0, dim);
  writer_.tap(hls::TapPoint::kResidual, tap_name(block, sum), step, 0, dim);
}

void Lowering::add_back(int block, int part) {
  if (!formats_->folds_biases()) return;
  writer_.last_tap().column_offset = qkv_bias_part(model_, weights_, block, part);
}

Progress Lowering::norm(int block, const char* name, bool low_plane) {
  const auto [placed, is_new] = norms_.try_emplace(tap_name(block, name));
  if (is_new) {
    placed->second.layer = formats_->norm(block, name);
    placed->second.placement = image_.add_norm(placed->second.layer);
  }
  const NormLayer& layer = placed->second.layer;
  Command c = command(Opcode::kNorm, block);
  c.tag = writer_.load(placed->second.placement, block, tap_name(block, name));
  c.src = Buffer::kResidual;
  c.dst = Buffer::kNormOut;
  c.in_dim = static_cast<std::uint16_t>(model_.embed_dim);
  c.inv_d = layer.inv_d;
  c.sqrt_d = layer.sqrt_d;
  c.eps_acc = layer.eps_acc;
  c.gamma_frac = layer.gamma_frac;
  c.requant.r2 = layer.output_shift;
  c.low_plane = low_plane;
  wait_residual(&c);
  wait_readers(&c);
  const Progress progress =
      writer_.emit_grouped(c, Counter::kNormed, c.segments, tap_name(block, name));
  note_read(Buffer::kResidual, progress);
  const BlockScales scales = formats_->scales(block);
  writer_.tap(hls::TapPoint::kNormZ16, tap_name(block, name),
              std::string(name) == "norm1" ? scales.norm1 : scales.norm2, 0, model_.embed_dim);
  return progress;
}

Command Lowering::linear_command(int block, const char* name,
                                 const std::function<LinearLayer()>& make) {
  const auto [at, is_new] = linears_.try_emplace(tap_name(block, name));
  PlacedLinear& placed = at->second;
  if (is_new) {
    const LinearLayer layer = make();
    placed = {image_.add_linear(layer), layer.matrix.in, layer.matrix.out, layer.plan.shifts};
  }
  Command c = command(Opcode::kLinear, block);
  c.tag = writer_.load(placed.placement, block, tap_name(block, name));
  c.in_dim = static_cast<std::uint16_t>(placed.in);
  c.out_dim = static_cast<std::uint16_t>(placed.out);
  c.order = order_of(placed.placement);
  c.requant = placed.shifts;
  return c;
}

Progress Lowering::qkv(int block) {
  const int dim = model_.embed_dim;
  const BlockScales scales = formats_->scales(block);
  Command c = linear_command(block, "qkv", [&] { return formats_->qkv(block); });
  c.src = Buffer::kNormOut;
  c.dst = Buffer::kQkv;
  c.post = program::Post::kInt8;
  c.scale_source = program::ScaleSource::kToken;
  wait_groups(&c, normed_);
  wait_readers(&c);
  const Progress done = writer_.emit_grouped(c, Counter::kQkv, c.segments, tap_name(block, "qkv"));
  note_read(Buffer::kNormOut, done);
  writer_.tap(hls::TapPoint::kQkv, tap_name(block, "q"), scales.q, 0, dim);
  writer_.tap(hls::TapPoint::kQkv, tap_name(block, "k"), scales.k, dim, dim);
  add_back(block, 1);
  writer_.tap(hls::TapPoint::kQkv, tap_name(block, "v"), scales.v, 2 * dim, dim);
  add_back(block, 2);
  return done;
}

Progress Lowering::attend(int block, const Progress& queries) {
  const AttentionConstants constants = formats_->attention(block);
  Command c = command(Opcode::kAttention, block);
  c.src = Buffer::kQkv;
  c.dst = Buffer::kAttentionOut;
  c.in_dim = static_cast<std::uint16_t>(model_.embed_dim);
  c.out_dim = c.in_dim;
  c.heads = static_cast<std::uint8_t>(model_.heads);
  c.head_dim = static_cast<std::uint16_t>(model_.head_dim());
  c.score_mult = constants.score.mantissa;
  c.score_shift = constants.score.shift;
  c.out_mult = constants.out_mult;
  c.requant.r1 = constants.r1;
  c.requant.r2 = constants.r2;
  if (tile_) {
    c.tag = key_tag_;
    c.order = program::LoopOrder::kWeightOuter;  // head by head, as K and V arrive
  }
  wait_all(&c, queries);  // with K and V of all tokens
  const Progress done =
      writer_.emit_grouped(c, Counter::kAttention, c.segments, tap_name(block, "attn"));
  note_read(Buffer::kQkv, done);
  writer_.tap(hls::TapPoint::kAttentionOut, tap_name(block, "attn"), formats_->scales(block).out, 0,
              model_.embed_dim);
  add_back(block, 2);
  return done;
}

void Lowering::attention(int block) {
  normed_ = norm(block, "norm1", false);
  project(block, attend(block, qkv(block)));
}

void Lowering::project(int block, const Progress& attended) {
  Command c = linear_command(block, "proj", [&] { return formats_->proj(block); });
  c.src = Buffer::kAttentionOut;
  c.dst = Buffer::kResidual;
  c.post = program::Post::kResidualAdd;
  wait_groups(&c, attended);
  if (tile_) wait_groups(&c, filled_);
  residual_ = writer_.emit_grouped(c, Counter::kResidual, c.segments, tap_name(block, "proj"));
  residual_taps(block, "proj", "x_attn");
}

}  // namespace edgemoe::host
