// SPDX-License-Identifier: Apache-2.0
#include "tests/hls/top/network.hpp"

namespace edgemoe::testing {
namespace {

using naive::Row;
using naive::Rows;
using program::Buffer;
using program::Command;
using program::Opcode;
using program::Post;

program::Requant requant_of(const naive::Requant& r) {
  program::Requant out;
  out.r1 = static_cast<std::uint8_t>(r.r1);
  out.r2 = static_cast<std::uint8_t>(r.r2);
  out.bias_shift = static_cast<std::uint8_t>(r.bias_shift);
  out.bias_before_scale = r.bias_first;
  return out;
}

constexpr naive::Gelu kGelu = {45000, 25, 11};

/// Builds the network step by step, program and naive results side by side.
class Maker {
 public:
  Maker(const NetworkShape& shape, const program::RoutingTrace* forced)
      : shape_(shape), forced_(forced), random_(shape.seed) {}

  Network make() {
    embed();
    attend(0);
    dense(0);
    attend(1);
    split();
    mixture(1);
    attend(2);
    dense(2);
    attend(3);
    mixture(3);
    store();
    return std::move(network_);
  }

 private:
  ImageBuilder& builder() { return network_.builder; }

  Command command(Opcode opcode, int layer) const {
    Command c;
    c.opcode = opcode;
    c.layer = static_cast<std::uint8_t>(layer);
    c.tokens = static_cast<std::uint16_t>(shape_.tokens());
    c.segments = static_cast<std::uint16_t>(x_.size());
    c.segment_stride = static_cast<std::uint16_t>(shape_.stride());
    return c;
  }

  void count(std::int64_t rows, std::int64_t in, std::int64_t out) {
    network_.macs += static_cast<std::uint64_t>(rows * in * out);
  }

  /// Notes the residual after the command just emitted.
  void tap() {
    const int id = static_cast<int>(builder().commands().size()) - 1;
    for (std::size_t s = 0; s < x_.size(); ++s) {
      for (std::size_t t = 0; t < x_[s].size(); ++t) {
        network_.residual_taps.push_back({id, static_cast<int>(s), static_cast<int>(t), x_[s][t]});
      }
    }
  }

  Rows load_pixels() {
    const int width = 16 * shape_.grid_width, height = 16 * shape_.grid_height;
    std::vector<std::uint8_t> image(static_cast<std::size_t>(3) * width * height);
    for (auto& value : image) value = static_cast<std::uint8_t>(uniform(random_, 0, 255));
    Command c;
    c.opcode = Opcode::kLoadPixels;
    c.dst = Buffer::kPixels;
    c.image_width = static_cast<std::uint16_t>(width);
    c.image_height = static_cast<std::uint16_t>(height);
    c.address = builder().add(image);
    builder().header().pixel_address = c.address;
    builder().header().pixel_bytes = image.size();
    builder().emit(c);
    Rows patches;
    for (int p = 0; p < shape_.patches(); ++p) {
      const int left = p % shape_.grid_width * 16, top = p / shape_.grid_width * 16;
      Row patch;
      for (int i = 0; i < 768; ++i) {
        const int channel = i / 256, y = top + i / 16 % 16, x = left + i % 16;
        patch.push_back(image[(channel * height + y) * width + x]);
      }
      patches.push_back(patch);
    }
    return patches;
  }

  void embed() {
    const Rows patches = load_pixels();
    const Rows position = random_rows(random_, shape_.tokens(), shape_.dim, -60000, 60000);
    Command table = command(Opcode::kLoadTokens, 0);
    table.segments = 1;
    table.dst = Buffer::kPosition;
    table.out_dim = static_cast<std::uint16_t>(shape_.dim);
    table.address = builder().add_words(position);
    builder().emit(table);
    const naive::Matrix m = random_matrix(random_, shape_.dim, 768, 255, 17);
    Command c = command(Opcode::kEmbed, 0);
    c.tag = builder().load_matrix(m);
    c.segments = 1;
    c.tokens = static_cast<std::uint16_t>(shape_.patches());
    c.in_dim = 768;
    c.out_dim = static_cast<std::uint16_t>(shape_.dim);
    c.src = Buffer::kPixels;
    c.dst = Buffer::kResidual;
    c.post = Post::kEmbed;
    c.requant = requant_of(m.requant);
    builder().emit(c);
    x_ = {position};
    const Rows v = naive::linear(m, patches, Row(patches.size(), 65536));
    for (std::size_t t = 0; t < v.size(); ++t) naive::add_to(x_[0][t], v[t]);
    count(shape_.patches(), 768, shape_.dim);
    tap();
  }

  void norm(int layer, bool low_plane) {
    const naive::Norm n = random_norm(random_, shape_.dim);
    const std::uint16_t tag = builder().load_norm(n);
    Command c = command(Opcode::kNorm, layer);
    c.tag = tag;
    c.src = Buffer::kResidual;
    c.dst = Buffer::kNormOut;
    c.in_dim = static_cast<std::uint16_t>(shape_.dim);
    c.inv_d = static_cast<std::uint32_t>(n.inv_d);
    c.sqrt_d = static_cast<std::uint32_t>(n.sqrt_d);
    c.eps_acc = static_cast<std::uint64_t>(n.eps_acc);
    c.gamma_frac = static_cast<std::uint8_t>(n.gamma_frac);
    c.low_plane = low_plane;
    builder().emit(c);
    normed_.clear();
    for (const Rows& rows : x_) {
      normed_.emplace_back();
      for (const Row& row : rows) normed_.back().push_back(naive::layer_norm(n, row));
    }
  }

  /// z8 and S_t of every row of a segment.
  void inputs_of(int segment, Rows* rows, Row* scales) const {
    for (const naive::Normed& z : normed_[segment]) {
      rows->push_back(z.z8);
      scales->push_back(z.scale);
    }
  }

  Command linear_command(const naive::Matrix& m, int layer, Buffer src, Buffer dst, Post post) {
    const std::uint16_t tag = builder().load_matrix(m);
    Command c = command(Opcode::kLinear, layer);
    c.tag = tag;
    c.src = src;
    c.dst = dst;
    c.post = post;
    c.in_dim = static_cast<std::uint16_t>(m.weights[0].size());
    c.out_dim = static_cast<std::uint16_t>(m.weights.size());
    c.scale_source =
        src == Buffer::kNormOut ? program::ScaleSource::kToken : program::ScaleSource::kUnity;
    c.requant = requant_of(m.requant);
    count(static_cast<std::int64_t>(x_.size()) * shape_.tokens(), c.in_dim, c.out_dim);
    return c;
  }

  void attend(int layer) {
    const int dim = shape_.dim;
    norm(layer, false);
    const naive::Matrix qkv = random_matrix(random_, 3 * dim, dim, 127, 6, 5000);
    builder().emit(linear_command(qkv, layer, Buffer::kNormOut, Buffer::kQkv, Post::kInt8));
    naive::Attention a;
    a.heads = shape_.heads;
    a.head_dim = dim / shape_.heads;
    a.score_mult = 40000;
    a.score_shift = 20;
    a.out_mult = 50000;
    a.r1 = 12;
    a.r2 = 26;
    emit_attention(a, layer);
    const naive::Matrix proj = random_matrix(random_, dim, dim, 60, 16);
    builder().emit(
        linear_command(proj, layer, Buffer::kAttentionOut, Buffer::kResidual, Post::kResidualAdd));
    for (std::size_t s = 0; s < x_.size(); ++s) {
      Rows rows;
      Row scales;
      inputs_of(static_cast<int>(s), &rows, &scales);
      Rows values = naive::linear(qkv, rows, scales);
      for (Row& row : values) row = naive::to_int8(row);
      add_rows(static_cast<int>(s),
               naive::linear(proj, naive::attention(a, values), Row(rows.size(), 65536)));
    }
    tap();
  }

  void emit_attention(const naive::Attention& a, int layer) {
    Command c = command(Opcode::kAttention, layer);
    c.src = Buffer::kQkv;
    c.dst = Buffer::kAttentionOut;
    c.heads = static_cast<std::uint8_t>(a.heads);
    c.head_dim = static_cast<std::uint16_t>(a.head_dim);
    c.score_mult = static_cast<std::uint16_t>(a.score_mult);
    c.score_shift = static_cast<std::uint8_t>(a.score_shift);
    c.out_mult = static_cast<std::uint16_t>(a.out_mult);
    c.requant.r1 = static_cast<std::uint8_t>(a.r1);
    c.requant.r2 = static_cast<std::uint8_t>(a.r2);
    builder().emit(c);
    count(2LL * static_cast<std::int64_t>(x_.size()) * shape_.tokens(), shape_.tokens(),
          shape_.dim);
  }

  void add_rows(int segment, const Rows& v) {
    for (std::size_t t = 0; t < v.size(); ++t) naive::add_to(x_[segment][t], v[t]);
  }

  void set_gelu(Command* c) const {
    c->gelu_mult = static_cast<std::uint16_t>(kGelu.mult);
    c->gelu_shift = static_cast<std::uint8_t>(kGelu.shift);
    c->zero_point = static_cast<std::uint8_t>(kGelu.zero_point);
  }

  void dense(int layer) {
    norm(layer, false);
    const naive::Matrix up = random_matrix(random_, shape_.hidden, shape_.dim, 127, 14, 5000);
    Command c = linear_command(up, layer, Buffer::kNormOut, Buffer::kHidden, Post::kGelu);
    set_gelu(&c);
    builder().emit(c);
    const naive::Matrix down = random_matrix(random_, shape_.dim, shape_.hidden, 100, 16);
    builder().emit(
        linear_command(down, layer, Buffer::kHidden, Buffer::kResidual, Post::kResidualAdd));
    for (std::size_t s = 0; s < x_.size(); ++s) {
      Rows rows;
      Row scales;
      inputs_of(static_cast<int>(s), &rows, &scales);
      Rows hidden = naive::linear(up, rows, scales);
      for (Row& row : hidden) row = naive::to_hidden(row, kGelu);
      add_rows(static_cast<int>(s), naive::linear(down, hidden, Row(rows.size(), 65536)));
    }
    tap();
  }

  void split() {
    const Rows shared = x_[0];
    x_.assign(static_cast<std::size_t>(shape_.tasks), shared);
    Command c = command(Opcode::kCopy, 1);
    c.in_dim = static_cast<std::uint16_t>(shape_.dim);
    c.src = Buffer::kResidual;
    c.dst = Buffer::kResidual;
    builder().emit(c);
  }

  void mixture(int layer) {
    norm(layer, true);
    std::vector<naive::Matrix> up, down;
    make_experts(&up, &down);
    const std::uint16_t tag = builder().add_experts(up, down);
    builder().prefetch_experts(tag, {shape_.experts - 1, 0});
    for (int s = 0; s < shape_.tasks; ++s) route(layer, s, tag, up, down);
    builder().load_experts(tag);
    Command c = command(Opcode::kExperts, layer);
    c.tag = tag;
    c.src = Buffer::kNormOut;
    c.dst = Buffer::kResidual;
    c.in_dim = static_cast<std::uint16_t>(shape_.dim);
    c.out_dim = c.in_dim;
    c.hidden_dim = static_cast<std::uint16_t>(shape_.expert_hidden);
    c.experts = static_cast<std::uint16_t>(shape_.experts);
    c.requant = requant_of(up[0].requant);
    c.requant2 = requant_of(down[0].requant);
    set_gelu(&c);
    builder().emit(c);
    tap();
  }

  void make_experts(std::vector<naive::Matrix>* up, std::vector<naive::Matrix>* down) {
    for (int e = 0; e < shape_.experts; ++e) {
      up->push_back(random_matrix(random_, shape_.expert_hidden, shape_.dim, 127, 14, 5000));
      down->push_back(random_matrix(random_, shape_.dim, shape_.expert_hidden, 100, 17));
      down->back().requant.bias_first = true;
      down->back().requant.bias_shift = 0;
    }
  }

  naive::Gate make_gate() {
    naive::Gate gate;
    gate.weights = random_rows(random_, shape_.experts, shape_.dim, -16319, 16319);
    gate.bias = random_row(random_, shape_.experts, -20000, 20000);
    gate.bias[0] += shape_.gate_bias_of_expert_0;
    gate.shift = 26;
    return gate;
  }

  void route(int layer, int segment, std::uint16_t tag, const std::vector<naive::Matrix>& up,
             const std::vector<naive::Matrix>& down) {
    const naive::Gate gate = make_gate();
    Command c = command(Opcode::kGate, layer);
    c.tag = builder().load_gate(gate);
    c.task_slot = static_cast<std::uint8_t>(segment);
    c.src = Buffer::kNormOut;
    c.dst = Buffer::kLogits;
    c.in_dim = static_cast<std::uint16_t>(shape_.dim);
    c.experts = static_cast<std::uint16_t>(shape_.experts);
    c.gate_shift = static_cast<std::uint8_t>(gate.shift);
    builder().emit(c);
    count(shape_.tokens(), shape_.dim, shape_.experts);
    emit_route(layer, segment, tag);
    program::SegmentRouting trace;
    trace.layer = static_cast<std::uint16_t>(layer);
    trace.segment = static_cast<std::uint16_t>(segment);
    trace.tokens = static_cast<std::uint16_t>(shape_.tokens());
    trace.top_k = static_cast<std::uint8_t>(shape_.top_k);
    for (int t = 0; t < shape_.tokens(); ++t) {
      for (const naive::Pick& pick : picks_of(gate, layer, segment, t)) {
        const bool dropped = pick.score < shape_.threshold;
        trace.choices.push_back({static_cast<std::uint16_t>(pick.expert),
                                 static_cast<std::uint32_t>(pick.score), dropped});
        if (!dropped) add_expert(segment, t, pick, up[pick.expert], down[pick.expert]);
      }
    }
    network_.routing.segments.push_back(trace);
  }

  void emit_route(int layer, int segment, std::uint16_t tag) {
    Command c = command(Opcode::kRoute, layer);
    c.tag = tag;
    c.task_slot = static_cast<std::uint8_t>(segment);
    c.src = Buffer::kLogits;
    c.dst = Buffer::kQueues;
    c.experts = static_cast<std::uint16_t>(shape_.experts);
    c.top_k = static_cast<std::uint8_t>(shape_.top_k);
    c.window_hi = static_cast<std::uint8_t>(shape_.experts);
    c.threshold = shape_.threshold;
    c.first_route = segment == 0;
    c.last_route = segment == shape_.tasks - 1;
    builder().emit(c);
  }

  std::vector<naive::Pick> picks_of(const naive::Gate& gate, int layer, int segment,
                                    int token) const {
    const Row logits = naive::gate_logits(gate, normed_[segment][token]);
    const program::SegmentRouting* forced =
        forced_ == nullptr ? nullptr : forced_->find(layer, segment);
    if (forced == nullptr) return naive::route(logits, 0, shape_.experts, shape_.top_k);
    std::vector<naive::Pick> picks;
    for (int k = 0; k < shape_.top_k; ++k) {
      const int expert = forced->choices[token * shape_.top_k + k].expert;
      for (const naive::Pick& pick : naive::route(logits, 0, shape_.experts, shape_.experts)) {
        if (pick.expert == expert) picks.push_back(pick);
      }
    }
    return picks;
  }

  void add_expert(int segment, int token, const naive::Pick& pick, const naive::Matrix& up,
                  const naive::Matrix& down) {
    const naive::Normed& z = normed_[segment][token];
    const Row hidden = naive::to_hidden(naive::linear(up, {z.z8}, {z.scale})[0], kGelu);
    naive::add_to(x_[segment][token], naive::linear(down, {hidden}, {pick.score})[0]);
    count(2, shape_.dim, shape_.expert_hidden);
  }

  void store() {
    Command c = command(Opcode::kStoreTokens, 3);
    c.src = Buffer::kResidual;
    c.out_dim = static_cast<std::uint16_t>(shape_.dim);
    const std::uint64_t bytes = 4ull * x_.size() * shape_.tokens() * shape_.dim;
    c.address = builder().add_space(bytes);
    builder().header().result_address = c.address;
    builder().header().result_bytes = bytes;
    builder().emit(c);
    Command end;
    end.opcode = Opcode::kEnd;
    builder().emit(end);
    network_.result_address = c.address;
    network_.results = x_;
  }

  NetworkShape shape_;
  const program::RoutingTrace* forced_;
  Random random_;
  Network network_;
  std::vector<Rows> x_;                             ///< [segment][token][dim]
  std::vector<std::vector<naive::Normed>> normed_;  ///< [segment][token]
};

}  // namespace

Network make_network(const NetworkShape& shape, const program::RoutingTrace* forced) {
  return Maker(shape, forced).make();
}

}  // namespace edgemoe::testing
