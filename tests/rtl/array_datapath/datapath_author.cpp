// SPDX-License-Identifier: Apache-2.0
#include "tests/rtl/array_datapath/datapath_author.hpp"

#include <algorithm>
#include <cstring>

#include "hls/kernels/embed.hpp"
#include "hls/kernels/gate.hpp"
#include "hls/program/weight_layout.hpp"
#include "hls/support/memory.hpp"
#include "sim/units/timing.hpp"

namespace edgemoe::rtl {

using program::Buffer;
using program::Command;
using program::LoopOrder;
using program::Opcode;
namespace timing = sim::timing;

namespace {

constexpr int kWord = 16;

template <typename Row>
void put_row(Row& row, const std::vector<std::uint32_t>& image, std::size_t index) {
  for (std::size_t w = 0; w < 64; ++w) hls::bytes_of_word(image[index * 64 + w], &row[w * 4]);
}

}  // namespace

Author::Author(const DatapathShape& shape, Outside& outside, std::uint32_t seed)
    : shape_(shape), outside_(outside), random_(seed), tokens_(std::make_unique<Tokens>()) {}

hls::MatrixRef Author::Matrix::ref() const {
  return hls::MatrixRef{0, static_cast<int>(program::param_rows(records)), in, out};
}

void Author::begin(const Model& model, Cycle now) {
  model_ = model;
  patches_per_row_ = model.patches_per_row;
  now_ = now;
  for (int r = 0; r < shape_.rows(); ++r) {
    for (int d = 0; d < model.dim; ++d) {
      const std::int32_t x = pick(-(1 << 23), (1 << 23) - 1) >> pick(0, 8);
      tokens_->residual[r][d] = x;
      outside_.residual[static_cast<std::size_t>(r)][static_cast<std::size_t>(d)] = x;
    }
  }
  ready_.clear();
}

std::int8_t Author::weight() {
  const int kind = pick(0, extremes ? 2 : 15);
  return static_cast<std::int8_t>(kind == 0 ? 127 : kind == 1 ? -127 : pick(-127, 127));
}

program::Requant Author::requant() {
  program::Requant r;
  r.r1 = shift(10, 20);
  r.r2 = shift(14, 30);
  r.bias_shift = static_cast<std::uint8_t>(extremes ? pick(0, 30) : pick(0, 6));
  r.bias_before_scale = pick(0, 1);
  return r;
}

/// Such as compilers choose; of extremes any legal one.
std::uint8_t Author::shift(int low, int high) {
  const bool any = extremes && pick(0, 2) == 0;
  return static_cast<std::uint8_t>(any ? pick(0, 62) : pick(low, high));
}

hls::RowSet Author::row_set() const {
  return hls::RowSet{0, model_.tokens, model_.segments, shape_.segment_rows};
}

Command Author::start(Opcode opcode, std::initializer_list<Buffer> reads) {
  now_ += timing::kDecode;
  for (Buffer b : reads) now_ = std::max(now_, ready_[b] + timing::kSignal);
  Command c;
  c.opcode = opcode;
  c.id = static_cast<std::uint16_t>(++id_);
  c.tokens = static_cast<std::uint16_t>(model_.tokens);
  c.segments = static_cast<std::uint16_t>(model_.segments);
  c.in_dim = c.out_dim = static_cast<std::uint16_t>(model_.dim);
  c.requant = requant();
  c.requant2 = requant();
  c.gelu_mult = static_cast<std::uint16_t>(pick(1, 65535));
  c.gelu_shift = shift(18, 26);
  c.zero_point = static_cast<std::uint8_t>(pick(0, extremes ? 255 : 40));
  context_ = (context_ + 1) % 8;
  return c;
}

void Author::written(Buffer buffer, Cycle cycle) {
  ready_[buffer] = std::max(ready_[buffer], cycle);
  script.end = std::max(script.end, cycle + 4);
}

/// A random matrix; its rows in the rings from where the last one ended.
Author::Matrix Author::matrix(int out, int in, int param_records, bool gate) {
  const auto params = program::param_rows(param_records);
  const auto tiles = program::tile_rows(out, in);
  std::vector<std::uint8_t> bytes((params + tiles) * 256u);
  for (int n = 0; n < param_records; ++n) {
    const std::int32_t bias = extremes && pick(0, 1) ? (pick(0, 1) ? INT32_MAX : INT32_MIN)
                                                     : pick(-(1 << 30), 1 << 30) >> pick(6, 28);
    program::put_channel(bytes.data(), n,
                         {gate ? pick(-(1 << 30), 1 << 30) : bias,
                          static_cast<std::uint16_t>(gate ? 0 : pick(0, 65535))});
  }
  std::vector<std::int8_t> weights(static_cast<std::size_t>(out) * static_cast<std::size_t>(in));
  for (std::size_t n = 0; n < weights.size(); ++n) {
    const bool low_digit = gate && n >= weights.size() / 2;
    weights[n] = low_digit ? static_cast<std::int8_t>(pick(-64, 63)) : weight();
    const int channel = static_cast<int>(n) / in % kWord;
    if (gate && channel >= param_records) weights[n] = 0;
  }
  program::pack_matrix(weights.data(), out, in, bytes.data() + params * 256u);
  Matrix m{out, in, param_records, {}, next_slot_, next_param_};
  m.image.resize(bytes.size() / 4);
  for (std::size_t w = 0; w < m.image.size(); ++w)
    m.image[w] = hls::word_of_bytes(bytes.data() + w * 4);
  for (std::size_t r = 0; r < params; ++r)
    put_row(outside_.params[(static_cast<std::size_t>(next_param_) + r) % Outside::kParamRing],
            m.image, r);
  for (std::size_t r = 0; r < tiles; ++r)
    put_row(outside_.tiles[(static_cast<std::size_t>(next_slot_) + r) % Outside::kTileRing],
            m.image, params + r);
  next_param_ = (next_param_ + static_cast<int>(params)) % Outside::kParamRing;
  next_slot_ = (next_slot_ + static_cast<int>(tiles)) % Outside::kTileRing;
  return m;
}

/// The command's constants go to the datapath with its first cycle.
void Author::announce(const Command& c) { script.contexts[now_] = Context{context_, c}; }

/// The position table, the router and rows of a queue take one row a cycle.
Cycle Author::drain_of(const Tile& tile) const {
  const bool single = tile.dst == kEmbed || tile.dst == kLogits || tile.matrix == 1;
  return static_cast<Cycle>(single ? shape_.lanes : shape_.lanes / shape_.drain_rows);
}

/// Array::block: the tiles of out block n of a group, whose operand fields `tile` has. Returns the
/// cycle in which its results are written.
Cycle Author::block(const Matrix* matrix, int n, int k_tiles, Tile tile) {
  const auto k_cycles = static_cast<Cycle>(k_tiles);
  if (drain_ready_ > k_cycles) now_ = std::max(now_, drain_ready_ - k_cycles);
  tile.ctx = context_;
  if (matrix != nullptr) {
    tile.param_slot = (matrix->param_slot + n / 2) % Outside::kParamRing;
    tile.param_half = n % 2;
  }
  for (int k = 0; k < k_tiles; ++k) {
    Tile t = tile;
    t.first = k == 0;
    t.last = k + 1 == k_tiles;
    t.k = k;
    if (matrix != nullptr) t.slot = (matrix->slot + n * k_tiles + k) % Outside::kTileRing;
    if (t.wsrc == 2) t.kv_group = k;
    if (t.src == kPixels) {
      const std::size_t at = pixel_place(tile.row, k);
      t.pix_row = static_cast<int>(at / 256);
      t.pix_bank = static_cast<int>(at % 256 / 16);
    }
    script.tiles[now_ + static_cast<Cycle>(k)] = t;
  }
  now_ += k_cycles;
  drain_ready_ = now_ + drain_of(tile);
  return drain_ready_ + timing::kArrayPipeline + timing::kRequantPipeline +
         (tile.dst == kHiddenRows ? timing::kGeluPipeline : 0);
}

void Author::norm() {
  for (const auto& [buffer, cycle] : ready_) now_ = std::max(now_, cycle);
  now_ += timing::kSignal;  // all earlier rows have their scales
  Cycle at = now_;
  const int beats = (model_.dim + shape_.norm_lanes - 1) / shape_.norm_lanes;
  for (int s = 0; s < model_.segments; ++s) {
    for (int t = 0; t < model_.tokens; ++t) {
      const int row = s * shape_.segment_rows + t;
      const bool largest = pick(0, extremes ? 1 : 7) == 0;
      const auto scale = static_cast<std::uint32_t>(largest ? 131071 : pick(1, 131071));
      tokens_->norm_scale[row] = scale;
      for (int b = 0; b < beats; ++b) {
        NormBeat beat{row, b, b + 1 == beats, scale, {}, {}};
        for (int n = 0; n < shape_.norm_lanes; ++n) {
          const int d = b * shape_.norm_lanes + n;
          beat.z8.push_back(weight());
          beat.lo.push_back(static_cast<std::int8_t>(pick(-128, 127)));
          if (d >= model_.dim) continue;
          tokens_->norm_out[row][d] = beat.z8.back();
          tokens_->norm_low[row][d] = beat.lo.back();
        }
        script.beats[at++] = beat;
      }
    }
  }
  written(Buffer::kNormOut, at);
}

/// All blocks of a LINEAR or EMBED, and what the kernel has left for each.
void Author::linear(const Command& c, const Matrix& m, int src, int dst) {
  const bool patches = src == kPixels;
  const int tokens = model_.tokens - (patches ? 1 : 0);
  const int blocks = m.out / kWord;
  const int k_tiles = m.in / kWord;
  const int groups = (tokens + shape_.lanes - 1) / shape_.lanes;
  const int all = groups * (patches ? 1 : model_.segments);
  for (int i = 0; i < all * blocks; ++i) {
    const bool token_outer = c.order == LoopOrder::kTokenOuter;
    const int g = token_outer ? i / blocks : i % all;
    const int first = g % groups * shape_.lanes;
    Tile t;
    t.seg = g / groups;
    t.word = token_outer ? i % blocks : i / all;
    t.src = src;
    t.dst = dst;
    t.row = t.dst_row = t.seg * shape_.segment_rows + first;
    t.hid = src == kHidden ? t.row / shape_.lanes * k_tiles : 0;
    t.dst_hid = dst == kHiddenRows ? t.row / shape_.lanes * blocks : 0;
    t.rows = std::min(shape_.lanes, tokens - first);
    expect_block(t, block(&m, t.word, k_tiles, t));
  }
}

/// What a block of LINEAR writes.
void Author::expect_block(const Tile& t, Cycle end) {
  for (int row = t.dst_row; row < t.dst_row + t.rows; ++row) {
    const int value = t.word * kWord;
    if (t.dst == kQkv) {
      expect(Buffer::kQkv, row, t.word, &tokens_->qkv[row][value], end);
    } else if (t.dst == kHiddenRows) {
      expect(Buffer::kHidden, row, t.word, &tokens_->hidden[row][value], end);
    } else {
      expect(Buffer::kResidual, row, t.word, &tokens_->residual[row][value], end);
    }
  }
  written(t.dst == kQkv          ? Buffer::kQkv
          : t.dst == kHiddenRows ? Buffer::kHidden
                                 : Buffer::kResidual,
          end);
}

hls::LinearJob Author::job(const Command& c, const Matrix& m, hls::OperandSource source,
                           hls::LinearPost post) const {
  const bool norm = c.scale_source == program::ScaleSource::kToken;
  return hls::LinearJob{m.ref(),
                        row_set(),
                        source,
                        norm ? hls::TokenScale::kNorm : hls::TokenScale::kUnity,
                        post,
                        c.requant,
                        hls::GeluScale{c.gelu_mult, c.gelu_shift, c.zero_point},
                        0,
                        0};
}

void Author::qkv(LoopOrder order) {
  Command c = start(Opcode::kLinear, {Buffer::kNormOut});
  c.order = order;
  c.out_dim = static_cast<std::uint16_t>(3 * model_.dim);
  c.post = program::Post::kInt8;
  c.scale_source = program::ScaleSource::kToken;
  Matrix m = matrix(c.out_dim, c.in_dim, c.out_dim, false);
  hls::linear(m.image.data(), job(c, m, hls::OperandSource::kNormOut, hls::LinearPost::kSigned),
              *tokens_, counters_);
  announce(c);
  linear(c, m, kZ8, kQkv);
}

void Author::project(LoopOrder order) {
  Command c = start(Opcode::kLinear, {Buffer::kAttentionOut});
  c.order = order;
  Matrix m = matrix(c.out_dim, c.in_dim, c.out_dim, false);
  hls::linear(m.image.data(),
              job(c, m, hls::OperandSource::kAttentionOut, hls::LinearPost::kResidualAdd), *tokens_,
              counters_);
  announce(c);
  linear(c, m, kAttention, kResidual);
}

void Author::expand(LoopOrder order) {
  Command c = start(Opcode::kLinear, {Buffer::kNormOut});
  c.order = order;
  c.out_dim = static_cast<std::uint16_t>(model_.hidden);
  c.post = program::Post::kGelu;
  c.scale_source = program::ScaleSource::kToken;
  Matrix m = matrix(c.out_dim, c.in_dim, c.out_dim, false);
  hls::linear(m.image.data(), job(c, m, hls::OperandSource::kNormOut, hls::LinearPost::kGelu),
              *tokens_, counters_);
  announce(c);
  linear(c, m, kZ8, kHiddenRows);
}

void Author::contract(LoopOrder order) {
  Command c = start(Opcode::kLinear, {Buffer::kHidden});
  c.order = order;
  c.in_dim = static_cast<std::uint16_t>(model_.hidden);
  Matrix m = matrix(c.out_dim, c.in_dim, c.out_dim, false);
  hls::linear(m.image.data(), job(c, m, hls::OperandSource::kHidden, hls::LinearPost::kResidualAdd),
              *tokens_, counters_);
  announce(c);
  linear(c, m, kHidden, kResidual);
}

/// Pixels as LOAD_PIXELS leaves them: bands of 16 lines, of each its three planes.
void Author::embed(LoopOrder order, Cycle pause) {
  Command c = start(Opcode::kEmbed, {});
  const int patches = model_.tokens - 1;
  c.order = order;
  c.tokens = static_cast<std::uint16_t>(patches);
  c.segments = 1;
  c.in_dim = hls::kPatchPixels;
  c.post = program::Post::kEmbed;
  for (int patch = 0; patch < patches; ++patch) {
    for (int i = 0; i < hls::kPatchPixels; ++i) {
      const auto pixel = static_cast<std::uint8_t>(pick(0, 5) == 0 ? 255 : pick(0, 255));
      const auto at = pixel_place(patch, i / kWord) + static_cast<std::size_t>(i % kWord);
      tokens_->pixels[patch][i] = pixel;
      outside_.pixels[at / 256][at % 256] = pixel;
    }
  }
  for (int t = 0; t < model_.tokens; ++t) {
    for (int d = 0; d < model_.dim; ++d) {
      const std::int32_t x = pick(INT32_MIN, INT32_MAX) >> pick(6, 20);
      const auto at = static_cast<std::size_t>(t * model_.dim + d) * 4;
      tokens_->position[t][d] = x;
      program::put_word(&outside_.position[at / 256][at % 256], x);
    }
  }
  Matrix m = matrix(c.out_dim, c.in_dim, c.out_dim, false);
  hls::LinearJob work = job(c, m, hls::OperandSource::kPixels, hls::LinearPost::kEmbed);
  work.rows = hls::RowSet{0, patches, 1, 0};
  hls::embed(m.image.data(), work, *tokens_, counters_);
  announce(c);
  linear(c, m, kPixels, kEmbed);

  now_ += pause;
  const auto slots = static_cast<Cycle>(model_.dim / kWord);
  const Cycle drained = drain_ready_ + timing::kArrayPipeline;
  script.class_rows[std::max(now_, drained)] = ClassRow{context_, patches, model_.dim / kWord};
  drain_ready_ = std::max(now_, drain_ready_) + slots;
  const Cycle end = std::max(ready_[Buffer::kResidual], now_ + timing::kRequantPipeline) + slots;
  for (int n = 0; n < model_.dim / kWord; ++n)
    expect(Buffer::kResidual, patches, n, &tokens_->residual[patches][n * kWord], end);
  written(Buffer::kResidual, end);
}

/// Byte of the first of 16 pixels of word k of a patch, in a row of the image as wide as
/// patches_per_row_.
std::size_t Author::pixel_place(int patch, int k) const {
  const int band = patch / patches_per_row_;
  const int line = (band * 3 + k / kWord) * 16 + k % kWord;
  return static_cast<std::size_t>((line * patches_per_row_ + patch % patches_per_row_) * kWord);
}

/// Two planes of each block, z8 and lo, with the shift between them.
void Author::gate(int segment) {
  Command c = start(Opcode::kGate, {Buffer::kNormOut});
  c.order = LoopOrder::kTokenOuter;
  c.task_slot = static_cast<std::uint8_t>(segment);
  c.experts = static_cast<std::uint16_t>(model_.experts);
  c.gate_shift = shift(10, 24);
  Matrix m = matrix(2 * kWord, model_.dim, model_.experts, true);
  const int first_row = segment * shape_.segment_rows;
  hls::gate(m.image.data(),
            hls::GateJob{m.ref(), first_row, model_.tokens, model_.experts, c.gate_shift}, *tokens_,
            counters_);
  announce(c);
  const int planes = model_.dim / kWord;
  for (int first = 0; first < model_.tokens; first += shape_.lanes) {
    for (int n = 0; n < 2; ++n) {
      Tile t;
      t.seg = segment;
      t.row = t.dst_row = first_row + first;
      t.rows = std::min(shape_.lanes, model_.tokens - first);
      t.dst = kLogits;
      t.gate_low = n;
      t.ctx = context_;
      t.param_slot = m.param_slot;
      const Cycle end = planes_block(m, n, planes, t);
      for (int row = t.dst_row; n == 1 && row < t.dst_row + t.rows; ++row) {
        std::int32_t logits[kWord] = {};  // experts that do not exist have no weights
        std::copy_n(tokens_->logits[row], model_.experts, logits);
        expect(Buffer::kLogits, row, 0, logits, end);
      }
      written(Buffer::kLogits, end);
    }
  }
}

Cycle Author::planes_block(const Matrix& m, int n, int planes, Tile tile) {
  const Cycle first = std::max(now_, drain_ready_ > static_cast<Cycle>(2 * planes)
                                         ? drain_ready_ - static_cast<Cycle>(2 * planes)
                                         : 0);
  for (int k = 0; k < 2 * planes; ++k) {
    Tile t = tile;
    t.src = k < planes ? kZ8 : kLow;
    t.k = k % planes;
    t.first = k == 0;
    t.shift = k == planes;
    t.last = k + 1 == 2 * planes;
    t.slot = (m.slot + n * planes + k % planes) % Outside::kTileRing;
    script.tiles[first + static_cast<Cycle>(k)] = t;
  }
  now_ = first + static_cast<Cycle>(2 * planes);
  drain_ready_ = now_ + drain_of(tile);
  return drain_ready_ + timing::kArrayPipeline + timing::kRequantPipeline;
}

}  // namespace edgemoe::rtl
