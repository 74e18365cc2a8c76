// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "host/compiler/lower.hpp"
#include "host/compiler/tensors.hpp"

namespace edgemoe::host {
namespace {

using program::Buffer;
using program::Command;
using program::Opcode;

constexpr double kResidualStep = 1.0 / 65536.0;

}  // namespace

Progress Lowering::norm(int block, const char* name, bool low_plane) {
  const NormLayer layer = norm_layer(model_, weights_, block_name(block, name));
  Command c = command(Opcode::kNorm, block);
  c.tag = writer_.load(image_.add_norm(layer), block, tap_name(block, name));
  c.src = Buffer::kResidual;
  c.dst = Buffer::kNormOut;
  c.in_dim = static_cast<std::uint16_t>(model_.embed_dim);
  c.inv_d = layer.inv_d;
  c.sqrt_d = layer.sqrt_d;
  c.eps_acc = layer.eps_acc;
  c.gamma_frac = layer.gamma_frac;
  c.low_plane = low_plane;
  wait_residual(&c);
  const Progress progress =
      writer_.emit_grouped(c, Counter::kNormed, segments_, tap_name(block, name));
  writer_.tap(hls::TapPoint::kNormZ16, tap_name(block, name), std::ldexp(1.0, -25), 0,
              model_.embed_dim);
  return progress;
}

void Lowering::attention(int block) {
  const int dim = model_.embed_dim;
  const BlockScales scales = read_block_scales(weights_, block);
  normed_ = norm(block, "norm1", false);

  const LinearLayer qkv = qkv_layer(model_, weights_, block, scales);
  Placement placement = image_.add_linear(qkv);
  Command c = command(Opcode::kLinear, block);
  c.tag = writer_.load(placement, block, tap_name(block, "qkv"));
  c.src = Buffer::kNormOut;
  c.dst = Buffer::kQkv;
  c.in_dim = static_cast<std::uint16_t>(dim);
  c.out_dim = static_cast<std::uint16_t>(3 * dim);
  c.order = order_of(placement);
  c.post = program::Post::kInt8;
  c.scale_source = program::ScaleSource::kToken;
  c.requant = qkv.plan.shifts;
  wait_groups(&c, normed_);
  const Progress qkv_done =
      writer_.emit_grouped(c, Counter::kQkv, segments_, tap_name(block, "qkv"));
  const std::vector<float> value_bias = qkv_bias_part(model_, weights_, block, 2);
  writer_.tap(hls::TapPoint::kQkv, tap_name(block, "q"), scales.q, 0, dim);
  writer_.tap(hls::TapPoint::kQkv, tap_name(block, "k"), scales.k, dim, dim);
  writer_.last_tap().column_offset = qkv_bias_part(model_, weights_, block, 1);
  writer_.tap(hls::TapPoint::kQkv, tap_name(block, "v"), scales.v, 2 * dim, dim);
  writer_.last_tap().column_offset = value_bias;

  const AttentionConstants constants = attention_constants(model_, scales, block);
  c = command(Opcode::kAttention, block);
  c.src = Buffer::kQkv;
  c.dst = Buffer::kAttentionOut;
  c.in_dim = static_cast<std::uint16_t>(dim);
  c.out_dim = static_cast<std::uint16_t>(dim);
  c.heads = static_cast<std::uint8_t>(model_.heads);
  c.head_dim = static_cast<std::uint16_t>(model_.head_dim());
  c.score_mult = constants.score.mantissa;
  c.score_shift = constants.score.shift;
  c.out_mult = constants.out_mult;
  c.requant.r1 = constants.r1;
  c.requant.r2 = constants.r2;
  wait_all(&c, qkv_done);
  const Progress attended =
      writer_.emit_grouped(c, Counter::kAttention, segments_, tap_name(block, "attn"));
  writer_.tap(hls::TapPoint::kAttentionOut, tap_name(block, "attn"), scales.out, 0, dim);
  writer_.last_tap().column_offset = value_bias;

  const LinearLayer proj = proj_layer(model_, weights_, block, scales);
  placement = image_.add_linear(proj);
  c = command(Opcode::kLinear, block);
  c.tag = writer_.load(placement, block, tap_name(block, "proj"));
  c.src = Buffer::kAttentionOut;
  c.dst = Buffer::kResidual;
  c.in_dim = static_cast<std::uint16_t>(dim);
  c.out_dim = static_cast<std::uint16_t>(dim);
  c.order = order_of(placement);
  c.post = program::Post::kResidualAdd;
  c.requant = proj.plan.shifts;
  wait_groups(&c, attended);
  residual_ = writer_.emit_grouped(c, Counter::kResidual, segments_, tap_name(block, "proj"));
  writer_.tap(hls::TapPoint::kContribution, tap_name(block, "proj"), kResidualStep, 0, dim);
  writer_.tap(hls::TapPoint::kResidual, tap_name(block, "x_attn"), kResidualStep, 0, dim);
}

}  // namespace edgemoe::host
