// SPDX-License-Identifier: Apache-2.0
// edgemoe_topk: ranks the logits of one token within a window.
//
// Interface  in: Experts logits, the window [lo, hi). out (stage 4): for choice k the one-hot
//            expert of
//            rank k (0 if the window is smaller), the largest logit, and the logits and window
//            again.
// Handshake  none; every cycle, no stalls.
// Latency    4 cycles: register, compare all pairs, count, select.
// Reset      none: data only.
// Numbers    logits int32. Rank = number of logits in the window that stand before this one.
// Ties       the lower expert index stands before (choose_experts of hls/kernels/router.hpp).
// Parameters Experts 2..64; TopK <= Experts. Experts * (Experts - 1) / 2 comparators.
// Verified   tests/rtl/router, through edgemoe_router.
`include "edgemoe_assert.svh"

module edgemoe_topk #(
  parameter int unsigned Experts = 16,
  parameter int unsigned TopK    = 4
) (
  input  logic                    clk_i,
  input  logic [Experts*32-1:0]   logits_i,
  input  logic [7:0]              window_lo_i,
  input  logic [7:0]              window_hi_i,
  output logic [TopK*Experts-1:0] choice_o,
  output logic [31:0]             maximum_o,
  output logic [Experts*32-1:0]   logits_o,
  output logic [Experts-1:0]      window_o
);

  localparam int unsigned RankWidth = $clog2(Experts);

  `EDGEMOE_PARAMETER_CHECK(ExpertsInRange, Experts >= 2 && Experts <= 64)
  `EDGEMOE_PARAMETER_CHECK(TopKInRange, TopK >= 1 && TopK <= Experts)

  // Stage 1: who takes part.
  logic [Experts*32-1:0] logits_q, logits_q2, logits_q3, logits_q4;
  logic [Experts-1:0]    window_d, window_q, window_q2, window_q3, window_q4;

  // Stage 2: before[i*Experts + j]: i stands before j. Of a pair, one comparison decides both.
  logic [Experts*Experts-1:0] before_d, before_q;

  // Stage 3: ranks. Stage 4: choices and the largest.
  logic [Experts*RankWidth-1:0] rank_d, rank_q;
  logic [TopK*Experts-1:0]      choice_d, choice_q;
  logic [31:0]                  maximum_d, maximum_q;

  always_comb begin
    window_d  = '0;
    before_d  = '0;
    rank_d    = '0;
    choice_d  = '0;
    maximum_d = '0;
    for (int i = 0; i < Experts; i++) begin
      window_d[i] = 8'(i) >= window_lo_i && 8'(i) < window_hi_i;
      for (int j = i + 1; j < Experts; j++) begin
        before_d[i*Experts+j] = signed'(logits_q[i*32 +: 32]) >= signed'(logits_q[j*32 +: 32]);
        before_d[j*Experts+i] = !before_d[i*Experts+j];
      end
      for (int j = 0; j < Experts; j++) begin
        rank_d[i*RankWidth +: RankWidth] =
            rank_d[i*RankWidth +: RankWidth] + RankWidth'(window_q2[j] && before_q[j*Experts+i]);
      end
      for (int k = 0; k < TopK; k++) begin
        choice_d[k*Experts+i] = window_q3[i] && rank_q[i*RankWidth +: RankWidth] == RankWidth'(k);
      end
      if (choice_d[i]) maximum_d = maximum_d | logits_q3[i*32 +: 32];
    end
  end

  always_ff @(posedge clk_i) begin
    logits_q  <= logits_i;
    window_q  <= window_d;
    logits_q2 <= logits_q;
    window_q2 <= window_q;
    before_q  <= before_d;
    logits_q3 <= logits_q2;
    window_q3 <= window_q2;
    rank_q    <= rank_d;
    logits_q4 <= logits_q3;
    window_q4 <= window_q3;
    choice_q  <= choice_d;
    maximum_q <= maximum_d;
  end

  assign choice_o  = choice_q;
  assign maximum_o = maximum_q;
  assign logits_o  = logits_q4;
  assign window_o  = window_q4;

endmodule
