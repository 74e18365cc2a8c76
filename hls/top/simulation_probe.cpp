// SPDX-License-Identifier: Apache-2.0
#include "hls/top/simulation_probe.hpp"

#include "hls/top/checks.hpp"
#include "hls/top/execute.hpp"
#include "hls/top/route_job.hpp"

namespace edgemoe {
namespace hls {
namespace {

using program::Command;
using program::Opcode;
using program::Post;

/// Width of the residual rows that a command adds to; 0 when it adds nothing.
int contribution_width(const Command& c) {
  if (c.opcode == Opcode::kExperts) return c.tiled ? 0 : c.in_dim;
  if (c.opcode == Opcode::kFill) return c.adds > 0 ? c.out_dim : 0;
  return c.opcode == Opcode::kLinear && c.post == Post::kResidualAdd ? c.out_dim : 0;
}

/// Distinct experts of the window, as many as the command wants.
bool usable_choices(const Command& c, const program::Choice* choices) {
  for (int k = 0; k < c.top_k; ++k) {
    if (choices[k].expert < c.window_lo || choices[k].expert >= c.window_hi) return false;
    for (int j = 0; j < k; ++j) {
      if (choices[j].expert == choices[k].expert) return false;
    }
  }
  return true;
}

/// Tokens of the segment, of which a tile is a part.
int segment_tokens(const Command& c) { return c.tiled ? c.frame_tokens : c.tokens; }

/// Choices of the command's token t in the routing of its whole segment.
const program::Choice* choices_of(const Command& c, const program::SegmentRouting& segment, int t) {
  const int token = (c.tiled ? c.token_begin : 0) + t;
  return &segment.choices[static_cast<std::size_t>(token) * segment.top_k];
}

bool usable_trace(const Command& c, const program::SegmentRouting& forced) {
  const int tokens = segment_tokens(c);
  if (forced.tokens != tokens || forced.top_k != c.top_k ||
      forced.choices.size() != static_cast<std::size_t>(tokens) * c.top_k ||
      (c.tiled && c.token_begin + c.tokens > tokens)) {
    return false;
  }
  for (int t = 0; t < c.tokens; ++t) {
    if (!usable_choices(c, choices_of(c, forced, t))) return false;
  }
  return true;
}

/// One row as forced. A choice that the trace dropped is dropped here too, and no other is: near
/// the threshold the trace decides, not the kernels' scores. Scores below 1 LSB count as 1 LSB in a
/// row with a dropped choice.
RouteJob force_row(const RouteJob& job, const program::Choice* choices,
                   UInt<17> (&scores)[SimulationLimits::kExperts]) {
  RouteJob forced = job;
  forced.threshold = 0;
  for (int k = 0; k < job.top_k; ++k) forced.threshold |= choices[k].dropped ? 1 : 0;
  if (forced.threshold == 0) return forced;
  for (int k = 0; k < job.top_k; ++k) {
    UInt<17>& score = scores[choices[k].expert];
    if (choices[k].dropped) {
      score = 0;
    } else if (score < 1) {
      score = 1;
    }
  }
  return forced;
}

template <typename Format>
void route_forced(const Command& c, const RouteJob& job, const program::SegmentRouting& forced,
                  TokenMemory<Format, SimulationLimits>& tokens) {
  for (int t = 0; t < job.tokens; ++t) {
    const int row = job.first_row + t;
    UInt<17> scores[SimulationLimits::kExperts] = {};
    std::uint16_t experts[program::kMaxTopK] = {};
    const program::Choice* choices = choices_of(c, forced, t);
    for (int k = 0; k < job.top_k; ++k) experts[k] = choices[k].expert;
    window_scores<SimulationLimits>(job, tokens.logits[row], scores);
    const RouteJob row_job = force_row(job, choices, scores);
    enqueue_row<Format, SimulationLimits>(row_job, job.first_queue_row + t, experts, scores,
                                          tokens);
  }
}

}  // namespace

template <typename Format>
void SimulationProbe<Format>::before(const Command& c, const SimulatedMachine& machine) {
  const int width = contribution_width(c);
  if (hooks_.observer == nullptr || width < 1 || width > SimulationLimits::kDim ||
      !rows_fit<SimulationLimits>(c)) {
    return;
  }
  residual_before_.clear();
  for (int segment = 0; segment < c.segments; ++segment) {
    for (int t = 0; t < c.tokens; ++t) {
      if (c.opcode == Opcode::kFill) {
        append_record(c, t, width);
        continue;
      }
      const auto* row = machine.tokens.residual[segment * c.segment_stride + t];
      residual_before_.insert(residual_before_.end(), row, row + width);
    }
  }
}

/// x as a fill finds it in memory; 0 beyond its end (the fill is then refused).
template <typename Format>
void SimulationProbe<Format>::append_record(const Command& c, int token, int width) {
  const std::uint64_t address =
      c.address + static_cast<std::uint64_t>(token) * c.expert_stride_rows * program::kRowBytes;
  for (int d = 0; d < width; ++d) {
    const std::uint64_t word = address / kWordBytes + static_cast<std::uint64_t>(d);
    residual_before_.push_back(word < memory_.words ? static_cast<std::int32_t>(memory_.port[word])
                                                    : 0);
  }
}

template <typename Format>
bool SimulationProbe<Format>::route(const Command& c, SimulatedMachine& machine, RunError& error) {
  if (hooks_.forced == nullptr) return false;
  const program::SegmentRouting* forced = hooks_.forced->find(c.layer, c.task_slot);
  if (forced == nullptr) return false;
  error = usable_trace(c, *forced) ? begin_route(c, machine) : RunError::kBadShape;
  if (error == RunError::kNone) {
    route_forced(c, route_job<Format>(c), *forced, machine.tokens);
    end_route(c, machine);
  }
  return true;
}

template <typename Format>
void SimulationProbe<Format>::after(const Command& c, const SimulatedMachine& machine) {
  if (hooks_.routing != nullptr && c.opcode == Opcode::kRoute) record(c, machine);
  if (hooks_.observer == nullptr) return;
  report_overflow(c, machine);
  switch (c.opcode) {
    case Opcode::kEmbed:
      report_segments(c, machine);
      if (!c.tiled || c.token_begin + c.tokens + 1 == c.frame_tokens)
        report_residual(c, machine, 0, c.tokens, c.out_dim);  // the class row
      break;
    case Opcode::kLinear:
    case Opcode::kAttention:
    case Opcode::kNorm:
      report_segments(c, machine);
      break;
    case Opcode::kExperts:
      if (!c.tiled) report_segments(c, machine);
      break;
    case Opcode::kFill:
      if (c.adds > 0) report_segments(c, machine);
      break;
    case Opcode::kGate:
      report_logits(c, machine);
      break;
    default:
      break;
  }
}

template <typename Format>
void SimulationProbe<Format>::report_overflow(const Command& c, const SimulatedMachine& machine) {
  const std::uint64_t now =
      machine.counters.residual_saturations + machine.counters.accumulator_saturations;
  if (now > overflows_) hooks_.observer->on_overflow(c, now - overflows_);
  overflows_ = now;
}

template <typename Format>
template <typename Row>
void SimulationProbe<Format>::report(const Command& c, TapPoint point, int segment, int token,
                                     const Row& row, int count, std::uint32_t scale) {
  row_.assign(row, row + count);
  show(c, point, segment, token, count, scale);
}

/// Rows of a tile are shown as what they are in their segment.
template <typename Format>
void SimulationProbe<Format>::show(const Command& c, TapPoint point, int segment, int token,
                                   int count, std::uint32_t scale) {
  hooks_.observer->on_row(c, point, c.tiled ? c.task_slot : segment,
                          c.tiled ? c.token_begin + token : token, row_.data(), count, scale);
}

template <typename Format>
void SimulationProbe<Format>::report_segments(const Command& c, const SimulatedMachine& machine) {
  for (int segment = 0; segment < c.segments; ++segment) {
    for (int t = 0; t < c.tokens; ++t) report_row(c, machine, segment, t);
  }
}

template <typename Format>
void SimulationProbe<Format>::report_row(const Command& c, const SimulatedMachine& machine,
                                         int segment, int t) {
  const int row = segment * c.segment_stride + t;
  if (c.opcode == Opcode::kAttention) {
    report(c, TapPoint::kAttentionOut, segment, t, machine.tokens.attention_out[row],
           c.heads * c.head_dim, 0);
  } else if (c.opcode == Opcode::kNorm) {
    report_norm(c, machine, segment, t);
  } else if (c.opcode == Opcode::kLinear && c.post == Post::kInt8) {
    report(c, TapPoint::kQkv, segment, t, machine.tokens.qkv[row], c.out_dim, 0);
  } else if (c.opcode == Opcode::kLinear && c.post == Post::kGelu) {
    report(c, TapPoint::kHidden, segment, t, machine.tokens.hidden[row], c.out_dim, 0);
  } else {
    report_residual(c, machine, segment, t, c.opcode == Opcode::kExperts ? c.in_dim : c.out_dim);
  }
}

template <typename Format>
void SimulationProbe<Format>::report_residual(const Command& c, const SimulatedMachine& machine,
                                              int segment, int t, int dim) {
  const auto* row = machine.tokens.residual[segment * c.segment_stride + t];
  if (contribution_width(c) > 0) {
    const std::size_t at = (static_cast<std::size_t>(segment) * c.tokens + t) * dim;
    row_.assign(row, row + dim);
    for (int d = 0; d < dim; ++d) row_[d] -= residual_before_[at + d];
    show(c, TapPoint::kContribution, segment, t, dim, 0);
  }
  report(c, TapPoint::kResidual, segment, t, row, dim, 0);
}

template <typename Format>
void SimulationProbe<Format>::report_norm(const Command& c, const SimulatedMachine& machine,
                                          int segment, int t) {
  const int row = segment * c.segment_stride + t;
  if (Format::kPrecision != program::Precision::kW8A8) {  // a static scale
    report(c, TapPoint::kNormZ16, segment, t, machine.tokens.norm_out[row], c.in_dim, 0);
    return;
  }
  row_.resize(c.in_dim);
  for (int d = 0; d < c.in_dim; ++d) {
    row_[d] = machine.tokens.norm_out[row][d] * 256;
    if (c.low_plane) row_[d] += static_cast<std::int32_t>(machine.tokens.norm_low[row][d]);
  }
  show(c, TapPoint::kNormZ16, segment, t, c.in_dim, machine.tokens.norm_scale[row]);
}

template <typename Format>
void SimulationProbe<Format>::report_logits(const Command& c, const SimulatedMachine& machine) {
  for (int t = 0; t < c.tokens; ++t) {
    report(c, TapPoint::kLogits, c.task_slot, t, machine.tokens.logits[segment_row(c) + t],
           c.experts, 0);
  }
}

/// Tiles of a segment make one entry.
template <typename Format>
program::SegmentRouting& SimulationProbe<Format>::entry_of(const Command& c) {
  std::vector<program::SegmentRouting>& segments = hooks_.routing->segments;
  if (c.tiled) {
    for (program::SegmentRouting& entry : segments) {
      if (entry.layer == c.layer && entry.segment == c.task_slot) return entry;
    }
  }
  program::SegmentRouting routing;
  routing.layer = c.layer;
  routing.segment = c.task_slot;
  routing.tokens = static_cast<std::uint16_t>(segment_tokens(c));
  routing.top_k = c.top_k;
  routing.choices.resize(static_cast<std::size_t>(routing.tokens) * routing.top_k);
  segments.push_back(routing);
  return segments.back();
}

template <typename Format>
void SimulationProbe<Format>::record(const Command& c, const SimulatedMachine& machine) {
  program::SegmentRouting& routing = entry_of(c);
  if (routing.top_k != c.top_k || routing.tokens != segment_tokens(c)) return;
  const std::size_t first = static_cast<std::size_t>(c.tiled ? c.token_begin : 0) * c.top_k;
  for (int t = 0; t < c.tokens; ++t) {
    for (int k = 0; k < c.top_k; ++k) {
      const RoutedChoice& choice = machine.tokens.choices[queue_row(c) + t][k];
      routing.choices[first + static_cast<std::size_t>(t) * c.top_k + static_cast<std::size_t>(k)] =
          program::Choice{choice.expert, static_cast<std::uint32_t>(choice.score), !choice.kept};
    }
  }
}

template class SimulationProbe<W8A8>;
template class SimulationProbe<W16A16>;
template class SimulationProbe<W16A32>;

}  // namespace hls
}  // namespace edgemoe
