// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/noisy_network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "host/compiler/integer_functions.hpp"
#include "host/compiler/lower.hpp"
#include "models/io/error.hpp"
#include "models/reference/error_metrics.hpp"
#include "models/reference/gemm.hpp"
#include "models/reference/moe.hpp"
#include "models/reference/vector_math.hpp"

namespace edgemoe::host {
namespace {

/// Adds or takes off (sign) the biases that the accelerator leaves out of K and V.
void shift_columns(const float* bias, std::size_t begin, std::size_t dim, std::size_t stride,
                   float sign, std::vector<float>* rows) {
  for (std::size_t i = 0; i < rows->size(); i += stride) {
    for (std::size_t d = 0; d < dim; ++d) (*rows)[i + begin + d] += sign * bias[d];
  }
}

/// Formats of sites that are off have no step, and values pass them as they are.
NetworkNoise chosen(NetworkNoise noise, const NoiseSites& sites) {
  if (!sites.residual) noise.residual = {};
  if (!sites.exponentials) noise.exponential_levels = 0.0F;
  if (!sites.range) noise.score_limit = 0.0F;
  return noise;
}

BlockNoise chosen(BlockNoise noise, const NoiseSites& sites) {
  if (!sites.norm) noise.norm1 = noise.norm2 = NoiseFormat{};
  if (!sites.query) noise.q = {};
  if (!sites.key) noise.k = {};
  if (!sites.value) noise.v = {};
  if (!sites.attention) noise.out = {};
  if (!sites.hidden) noise.hidden = {};
  return noise;
}

}  // namespace

NoisyNetwork::NoisyNetwork(const models::ModelConfig& model, program::Precision precision,
                           const models::TensorMap& weights, const models::TensorMap& quant,
                           int task, const models::TensorMap& reference, int draw,
                           const NoiseSites& sites)
    : model_(model),
      sites_(sites),
      formats_(chosen(network_noise(precision), sites)),
      quant_(quant),
      reference_(reference),
      weights_(model, weights),
      task_(task),
      draw_(draw),
      tokens_(static_cast<std::size_t>(model.tokens())),
      dim_(static_cast<std::size_t>(model.embed_dim)) {}

const models::Tensor& NoisyNetwork::reference(const std::string& tap, std::size_t size) const {
  const auto at = reference_.find(tap);
  if (at == reference_.end() || at->second.data.size() != size) {
    throw models::DataError(fmt::format("taps: error: {}: expected {} values, got {}", tap, size,
                                        at == reference_.end() ? 0 : at->second.data.size()));
  }
  return at->second;
}

void NoisyNetwork::judge(const std::string& tap, const Rows& value) {
  const models::Tensor& truth = reference(tap, value.size());
  noise_[tap] = models::compare_values(truth.data.data(), value.data(), value.size()).nmse;
}

void NoisyNetwork::add_residual(const Rows& contribution, const std::string& site) {
  NoiseSource noise(site, draw_);
  Rows rounded = contribution;
  add_step_noise(rounded.data(), rounded.size(), formats_.residual, &noise);
  models::add_to(x_.data(), rounded.data(), x_.size());
  const NoiseFormat& format = formats_.residual;
  if (format.wraps) wrap(x_.data(), x_.size(), format.high * format.step);
}

void NoisyNetwork::embed(const models::Image& image) {
  const std::size_t patch = static_cast<std::size_t>(model_.patch);
  const std::size_t width = static_cast<std::size_t>(model_.image.width);
  if (image.width != model_.image.width || image.height != model_.image.height ||
      image.rgb.size() != 3 * width * model_.image.height) {
    throw models::DataError(fmt::format("image: error: expected {} x {} pixels, got {} x {}",
                                        model_.image.width, model_.image.height, image.width,
                                        image.height));
  }
  const std::size_t inputs = 3 * patch * patch, grid = width / patch;
  Rows pixels((tokens_ - 1) * inputs);
  for (std::size_t p = 0; p + 1 < tokens_; ++p) {
    for (std::size_t i = 0; i < inputs; ++i) {
      const std::size_t colour = i / (patch * patch), dy = i / patch % patch, dx = i % patch;
      const std::size_t y = p / grid * patch + dy, column = p % grid * patch + dx;
      const double value = image.rgb[3 * (y * width + column) + colour] / 255.0;
      pixels[p * inputs + i] =
          static_cast<float>((value - model_.image.mean[colour]) / model_.image.std[colour]);
    }
  }
  x_.assign(tokens_ * dim_, 0.0F);
  models::linear(pixels.data(), static_cast<int>(tokens_) - 1, weights_.patch(), x_.data() + dim_);
  std::copy_n(weights_.cls_token(), dim_, x_.begin());
  models::add_to(x_.data(), weights_.pos_embed(), x_.size());
  NoiseSource noise("embed", draw_);
  add_step_noise(x_.data(), x_.size(), formats_.residual, &noise);
  judge("embed", x_);
}

NoisyNetwork::Rows NoisyNetwork::norm(int block, const char* name, const models::NormView& view,
                                      const std::optional<NoiseFormat>& format, bool fine) {
  Rows z(x_.size());
  models::layer_norm(x_.data(), tokens_, dim_, view.weight, view.bias,
                     static_cast<float>(model_.norm_eps), z.data());
  const std::string tap = tap_name(block, name);
  NoiseSource noise(tap, draw_);
  if (format) {
    add_step_noise(z.data(), z.size(), *format, &noise);
  } else {
    add_token_noise(z.data(), tokens_, dim_, fine ? 256.0F : 1.0F, &noise);
  }
  judge(tap, z);
  return z;
}

/// One head after the other: integer-like scores, exponentials with the noise of their integer
/// form.
NoisyNetwork::Rows NoisyNetwork::attend(int block, const BlockNoise& steps, Rows qkv) {
  const int tokens = static_cast<int>(tokens_), head_dim = model_.head_dim();
  const int stride = 3 * model_.embed_dim;
  Rows out(tokens_ * dim_), scores(tokens_ * tokens_);
  NoiseSource noise(tap_name(block, "exponentials"), draw_);
  const float levels = formats_.exponential_levels == 0.0F ? 1.0F : formats_.exponential_levels;
  const float scale = 1.0F / std::sqrt(float(head_dim));
  for (int h = 0; h < model_.heads; ++h) {
    const float* q = qkv.data() + h * head_dim;
    const float* k = q + dim_;
    const float* v = k + dim_;
    models::multiply(tokens, tokens, head_dim, scale, {q, stride}, {k, stride},
                     models::Transpose::kYes, 0.0F, scores.data(), tokens);
    for (std::size_t row = 0; row < tokens_; ++row) {
      float* s = scores.data() + row * tokens_;
      if (formats_.score_limit > 0.0F) wrap(s, tokens_, formats_.score_limit * scale);
      if (sites_.integer_softmax) {
        integer_softmax(formats_.precision, s, tokens_);
        continue;
      }
      const float top = *std::max_element(s, s + tokens_);
      float sum = 0.0F;
      for (std::size_t i = 0; i < tokens_; ++i) {
        const float e = levels * std::exp(s[i] - top);
        const bool exact = formats_.exponential_levels == 0.0F || !(s[i] < top);  // the maximum is
        s[i] = exact ? e : (e < 0.5F ? 0.0F : e + noise.next());
        sum += s[i];
      }
      for (std::size_t i = 0; i < tokens_; ++i) s[i] /= sum;
    }
    models::multiply(tokens, head_dim, tokens, 1.0F, {scores.data(), tokens}, {v, stride},
                     models::Transpose::kNo, 0.0F, out.data() + h * head_dim, model_.embed_dim);
  }
  NoiseSource rounding(tap_name(block, "attn"), draw_);
  add_step_noise(out.data(), out.size(), steps.out, &rounding);
  return out;
}

void NoisyNetwork::attention(int block, const BlockNoise& steps) {
  const models::BlockView& view = weights_.block(block);
  const Rows z = norm(block, "norm1", view.norm1, steps.norm1, false);
  Rows qkv(tokens_ * 3 * dim_);
  models::linear(z.data(), static_cast<int>(tokens_), view.qkv, qkv.data());
  const float* k_bias = view.qkv.bias + dim_;
  const float* v_bias = k_bias + dim_;
  if (formats_.folds_biases) shift_columns(k_bias, dim_, 2 * dim_, 3 * dim_, -1.0F, &qkv);
  const char* names[] = {"q", "k", "v"};
  const NoiseFormat* formats[] = {&steps.q, &steps.k, &steps.v};
  for (int part = 0; part < 3; ++part) {
    NoiseSource noise(tap_name(block, names[part]), draw_);
    Rows with_bias(tokens_ * dim_);
    for (std::size_t t = 0; t < tokens_; ++t) {
      float* row = qkv.data() + t * 3 * dim_ + part * dim_;
      add_step_noise(row, dim_, *formats[part], &noise);
      std::copy_n(row, dim_, with_bias.begin() + static_cast<std::ptrdiff_t>(t * dim_));
    }
    const bool folded = formats_.folds_biases && part > 0;
    if (folded) shift_columns(part == 1 ? k_bias : v_bias, 0, dim_, dim_, 1.0F, &with_bias);
    judge(tap_name(block, names[part]), with_bias);
  }
  Rows out = attend(block, steps, std::move(qkv));
  if (formats_.folds_biases) shift_columns(v_bias, 0, dim_, dim_, 1.0F, &out);
  judge(tap_name(block, "attn"), out);
  Rows proj(tokens_ * dim_);
  models::linear(out.data(), static_cast<int>(tokens_), view.proj, proj.data());
  judge(tap_name(block, "proj"), proj);
  add_residual(proj, tap_name(block, "proj"));
  judge(tap_name(block, "x_attn"), x_);
}

void NoisyNetwork::hide(const BlockNoise& steps, NoiseSource* noise, Rows* hidden) {
  const bool table = sites_.gelu_table && formats_.precision != program::Precision::kW8A8;
  if (sites_.integer_gelu) {
    integer_gelu(formats_.precision, hidden->data(), hidden->size());
  } else if (!table) {
    models::gelu(hidden->data(), hidden->size());
  } else {
    interpolated_gelu(hidden->data(), hidden->size());
  }
  add_step_noise(hidden->data(), hidden->size(), steps.hidden, noise);
}

void NoisyNetwork::dense(int block, const BlockNoise& steps) {
  const models::BlockView& view = weights_.block(block);
  const Rows z = norm(block, "norm2", view.norm2, steps.norm2, false);
  Rows hidden(tokens_ * static_cast<std::size_t>(model_.mlp_hidden));
  models::linear(z.data(), static_cast<int>(tokens_), view.fc1, hidden.data());
  NoiseSource noise(tap_name(block, "mlp.hidden"), draw_);
  hide(steps, &noise, &hidden);
  judge(tap_name(block, "mlp.hidden"), hidden);
  Rows out(tokens_ * dim_);
  models::linear(hidden.data(), static_cast<int>(tokens_), view.fc2, out.data());
  judge(tap_name(block, "mlp.out"), out);
  add_residual(out, tap_name(block, "mlp.out"));
}

/// One expert over the tokens that chose it; `scores` [N][E] is 0 elsewhere.
void NoisyNetwork::add_expert(int block, int expert, const Rows& z, const Rows& scores,
                              const BlockNoise& steps, NoiseSource* noise, Rows* out) {
  const std::size_t experts = static_cast<std::size_t>(model_.moe.experts);
  const models::BlockView& view = weights_.block(block);
  std::vector<std::size_t> queue;
  Rows input;
  for (std::size_t t = 0; t < tokens_; ++t) {
    if (scores[t * experts + expert] == 0.0F) continue;
    queue.push_back(t);
    input.insert(input.end(), z.begin() + static_cast<std::ptrdiff_t>(t * dim_),
                 z.begin() + static_cast<std::ptrdiff_t>((t + 1) * dim_));
  }
  const int rows = static_cast<int>(queue.size());
  Rows hidden(queue.size() * static_cast<std::size_t>(model_.moe.hidden));
  models::linear(input.data(), rows, view.up[expert], hidden.data());
  hide(steps, noise, &hidden);
  Rows result(queue.size() * dim_);
  models::linear(hidden.data(), rows, view.down[expert], result.data());
  for (std::size_t i = 0; i < queue.size(); ++i) {
    models::add_scaled(out->data() + queue[i] * dim_, scores[queue[i] * experts + expert],
                       result.data() + i * dim_, dim_);
  }
}

void NoisyNetwork::experts(int block, const BlockNoise& steps) {
  const models::BlockView& view = weights_.block(block);
  Rows z = norm(block, "norm2", view.norm2, steps.norm2, true);
  const std::size_t experts = static_cast<std::size_t>(model_.moe.experts);
  Rows logits;
  models::gate_logits(z.data(), static_cast<int>(tokens_), model_.embed_dim,
                      weights_.gate(block, task_), weights_.gate_bias(block, task_),
                      model_.moe.experts, &logits);
  judge(tap_name(block, "moe.logits"), logits);
  models::softmax_rows(logits.data(), tokens_, experts);
  const std::size_t top_k = static_cast<std::size_t>(model_.moe.top_k);
  const models::Tensor& index = reference(tap_name(block, "moe.index"), tokens_ * top_k);
  Rows scores(logits.size(), 0.0F);
  for (std::size_t i = 0; i < index.data.size(); ++i) {
    const float expert = index.data[i];
    if (!(expert >= 0.0F && expert < static_cast<float>(experts))) continue;  // an empty slot
    const std::size_t at = i / top_k * experts + static_cast<std::size_t>(expert);
    scores[at] = logits[at];
  }
  if (!steps.norm2) {  // experts read the coarser plane alone
    NoiseSource rounding(tap_name(block, "experts.z8"), draw_);
    add_token_noise(z.data(), tokens_, dim_, 1.0F, &rounding);
  }
  NoiseSource noise(tap_name(block, "moe.hidden"), draw_);
  Rows out(tokens_ * dim_, 0.0F);
  for (int e = 0; e < model_.moe.experts; ++e) {
    add_expert(block, e, z, scores, steps, &noise, &out);
  }
  judge(tap_name(block, "moe.out"), out);
  add_residual(out, tap_name(block, "moe.out"));
}

TapNoise NoisyNetwork::run(const models::Image& image) {
  noise_.clear();
  embed(image);
  for (int i = 0; i < model_.depth(); ++i) {
    const BlockNoise steps = chosen(block_noise(formats_.precision, quant_, i), sites_);
    attention(i, steps);
    if (model_.blocks[static_cast<std::size_t>(i)] == models::BlockKind::kMoe) {
      experts(i, steps);
    } else {
      dense(i, steps);
    }
    judge(tap_name(i, "x"), x_);
  }
  return noise_;
}

models::Tensor NoisyNetwork::tokens() const {
  models::Tensor tensor;
  tensor.shape = {static_cast<std::int64_t>(tokens_), static_cast<std::int64_t>(dim_)};
  tensor.data = x_;
  return tensor;
}

}  // namespace edgemoe::host
