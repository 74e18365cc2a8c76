// SPDX-License-Identifier: Apache-2.0
/// router: logits of one segment -> scores, top-k choices, one token queue per expert.
///
/// Numbers:  hls/README.md "Gate and router"; scores 17 bit unsigned, LSB 2^-16, softmax over the
///           window.
/// Ties:     the lower expert index wins; choices are in descending order of the logit.
/// Order:    queues keep the order in which tokens were routed: by segment, then by token.
/// Edges:    choices below the threshold are dropped, all of a token's if need be; a score of 0 is
///           kept when the threshold is 0. A queue never overflows because a row is routed once
///           between two clears.
#pragma once

#include "hls/kernels/token_memory.hpp"

namespace edgemoe {
namespace hls {

struct RouteJob {
  int first_row;
  int tokens;
  int experts;
  int window_lo;
  int window_hi;  ///< exclusive; window_lo < window_hi <= experts
  int top_k;      ///< at most the window's size and program::kMaxTopK
  std::uint32_t threshold;
  int logit_fraction = 20;  ///< of the format
  int first_queue_row = 0;  ///< what queues call first_row; the same unless the program is tiled
};

/// Scores of the experts in the window; others are left alone.
template <typename Limits>
void window_scores(const RouteJob& job, const Int<32> (&logits)[Limits::kExperts],
                   UInt<17> (&scores)[Limits::kExperts]);

/// The top_k experts of the window, best first.
template <typename Limits>
void choose_experts(const RouteJob& job, const Int<32> (&logits)[Limits::kExperts],
                    std::uint16_t (&experts)[program::kMaxTopK]);

/// Empties every queue.
template <typename Format, typename Limits>
void clear_queues(TokenMemory<Format, Limits>& tokens);

/// Notes the choices of one queue row and appends those that reach the threshold to their queues.
/// The row must not have been routed since clear_queues, and `experts` must be distinct.
template <typename Format, typename Limits>
void enqueue_row(const RouteJob& job, int row, const std::uint16_t (&experts)[program::kMaxTopK],
                 const UInt<17> (&scores)[Limits::kExperts], TokenMemory<Format, Limits>& tokens);

template <typename Format, typename Limits>
void route(const RouteJob& job, TokenMemory<Format, Limits>& tokens);

}  // namespace hls
}  // namespace edgemoe
