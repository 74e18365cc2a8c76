// SPDX-License-Identifier: Apache-2.0
#include "rtl/harness/buffer_shadow.hpp"

#include <algorithm>

namespace edgemoe::rtl {

using hls::TapPoint;
using program::Buffer;
using program::Command;
using program::Opcode;
using program::Post;

BufferShadow::BufferShadow(const ShadowShape& shape, const std::vector<Command>& commands,
                           hls::Observer* observer)
    : shape_(shape), commands_(commands), observer_(observer) {
  const auto rows = static_cast<std::size_t>(shape.segments * shape.segment_rows);
  for (Rows* buffer : {&residual_, &qkv_, &attention_, &hidden_, &logits_}) buffer->resize(rows);
  norm_.resize(rows);
  choices_.resize(rows);
}

void BufferShadow::put(Rows* rows, int row, int offset, const std::int32_t* values, int count) {
  std::vector<std::int32_t>& to = rows->at(static_cast<std::size_t>(row));
  const auto end = static_cast<std::size_t>(offset + count);
  if (to.size() < end) to.resize(end, 0);
  std::copy(values, values + count, to.begin() + offset);
}

void BufferShadow::begin_residual(std::uint16_t id) {
  if (observer_ != nullptr) before_.emplace(id, residual_);
}

void BufferShadow::write(const ModelOutputs& outputs) {
  for (const TraceWord& w : outputs.word) {
    if (!w.valid) continue;
    const auto buffer = static_cast<Buffer>(w.buffer);
    if (buffer == Buffer::kResidual && before_.count(w.id) == 0) begin_residual(w.id);
    Rows* rows = buffer == Buffer::kResidual ? &residual_
                 : buffer == Buffer::kQkv    ? &qkv_
                                             : &attention_;
    put(rows, w.row, w.word * 16, w.values, 16);
  }
  for (const TraceWord& h : outputs.hidden) {
    if (h.valid && !h.experts) put(&hidden_, h.row, h.word * 16, h.values, 16);
  }
  const TraceWord& l = outputs.logits;
  if (l.valid) put(&logits_, l.row, l.word * 16, l.values, 16);
  if (outputs.copy.valid) {
    put(&residual_, outputs.copy.row, outputs.copy.beat * shape_.norm_lanes, outputs.copy.values,
        shape_.norm_lanes);
  }
  const TraceNorm& n = outputs.norm_beat;
  if (n.valid) {
    NormRow& row = norm_.at(static_cast<std::size_t>(n.row));
    const auto offset = static_cast<std::size_t>(n.beat * shape_.norm_lanes);
    const auto end = offset + static_cast<std::size_t>(shape_.norm_lanes);
    if (row.z8.size() < end) {
      row.z8.resize(end, 0);
      row.lo.resize(end, 0);
    }
    std::copy(n.z8, n.z8 + shape_.norm_lanes, row.z8.begin() + static_cast<long>(offset));
    std::copy(n.lo, n.lo + shape_.norm_lanes, row.lo.begin() + static_cast<long>(offset));
    row.scale = n.scale;
  }
  if (outputs.choice.valid) {
    choices_.at(static_cast<std::size_t>(outputs.choice.row)) = outputs.choice;
  }
}

std::size_t BufferShadow::row_of(int segment, int row) const {
  return static_cast<std::size_t>(segment * shape_.segment_rows + row);
}

void BufferShadow::emit(const Command& c, TapPoint point, int segment, int row,
                        const std::vector<std::int32_t>& values, int count, std::uint32_t scale) {
  if (observer_ == nullptr || values.size() < static_cast<std::size_t>(count)) return;
  observer_->on_row(c, point, segment, row, values.data(), count, scale);
}

void BufferShadow::report(const Command& c, TapPoint point, const Rows& rows, int count) {
  for (int segment = 0; segment < c.segments; ++segment) {
    for (int row = 0; row < c.tokens; ++row) {
      emit(c, point, segment, row, rows.at(row_of(segment, row)), count, 0);
    }
  }
}

void BufferShadow::report_residual(const Command& c) {
  const bool embed = c.opcode == Opcode::kEmbed;
  const int dim = c.opcode == Opcode::kExperts ? c.in_dim : c.out_dim;
  if (before_.count(c.id) == 0) begin_residual(c.id);
  const Rows& before = before_[c.id];
  for (int segment = 0; segment < c.segments; ++segment) {
    for (int row = 0; row < c.tokens + (embed ? 1 : 0); ++row) {
      const std::vector<std::int32_t>& now = residual_.at(row_of(segment, row));
      if (!embed && now.size() >= static_cast<std::size_t>(dim)) {
        std::vector<std::int32_t> added = now;
        const std::vector<std::int32_t>& old = before.at(row_of(segment, row));
        for (std::size_t i = 0; i < added.size() && i < old.size(); ++i) added[i] -= old[i];
        emit(c, TapPoint::kContribution, segment, row, added, dim, 0);
      }
      emit(c, TapPoint::kResidual, segment, row, now, dim, 0);
    }
  }
  before_.erase(c.id);
}

void BufferShadow::report_norm(const Command& c) {
  for (int segment = 0; segment < c.segments; ++segment) {
    for (int row = 0; row < c.tokens; ++row) {
      const NormRow& from = norm_.at(row_of(segment, row));
      std::vector<std::int32_t> z16(from.z8.size());
      for (std::size_t i = 0; i < z16.size(); ++i) {
        z16[i] = from.z8[i] * 256 + (c.low_plane ? from.lo[i] : 0);
      }
      emit(c, TapPoint::kNormZ16, segment, row, z16, c.in_dim, from.scale);
    }
  }
}

void BufferShadow::report_logits(const Command& c) {
  for (int row = 0; row < c.tokens; ++row) {
    emit(c, TapPoint::kLogits, c.task_slot, row, logits_.at(row_of(c.task_slot, row)), c.experts,
         0);
  }
}

void BufferShadow::record_route(const Command& c) {
  program::SegmentRouting routing;
  routing.layer = c.layer;
  routing.segment = c.task_slot;
  routing.tokens = c.tokens;
  routing.top_k = c.top_k;
  for (int row = 0; row < c.tokens; ++row) {
    const TraceChoice& choice = choices_.at(row_of(c.task_slot, row));
    for (unsigned k = 0; k < c.top_k; ++k) {
      routing.choices.push_back({static_cast<std::uint16_t>(choice.expert[k]), choice.score[k],
                                 ((choice.kept >> k) & 1u) == 0});
    }
  }
  routing_.segments.push_back(routing);
}

void BufferShadow::end(std::uint16_t id) {
  const Command& c = commands_.at(id);
  switch (c.opcode) {
    case Opcode::kEmbed:
    case Opcode::kExperts:
      report_residual(c);
      break;
    case Opcode::kLinear:
      if (c.post == Post::kInt8) {
        report(c, TapPoint::kQkv, qkv_, c.out_dim);
      } else if (c.post == Post::kGelu) {
        report(c, TapPoint::kHidden, hidden_, c.out_dim);
      } else {
        report_residual(c);
      }
      break;
    case Opcode::kAttention:
      report(c, TapPoint::kAttentionOut, attention_, c.heads * c.head_dim);
      break;
    case Opcode::kNorm:
      report_norm(c);
      break;
    case Opcode::kGate:
      report_logits(c);
      break;
    case Opcode::kRoute:
      record_route(c);
      break;
    default:
      break;
  }
}

}  // namespace edgemoe::rtl
