// SPDX-License-Identifier: Apache-2.0
// edgemoe_router: logits of one token a cycle -> its experts, best first, with their scores.
//
// Interface  in: a token's logits with the constants of the command. out: TopK choices; of these
//            the
//            first top_k are the token's, kept_o tells which of them reach the threshold (and join
//            a queue).
// Handshake  valid only, never stalls.
// Latency    31 cycles. With 4 cycles of reading logits before and the push into the queue behind
//            this
//            is within kRoutePipeline = 40 of sim/units/timing.hpp. One token a cycle.
// Reset      clears the valid bits.
// Numbers    hls/README.md "Gate and router": logits int32 (LSB 2^-20), softmax over the window by
//            exp_u17 and one reciprocal, scores 17 bit unsigned (LSB 2^-16).
// Rounding   half up. Ties: the lower expert index.
// Requires   window_lo < window_hi <= Experts, top_k <= window_hi - window_lo, 1 <= top_k <= TopK.
// Parameters Experts a multiple of 4, 4..64; TopK; RowWidth. Experts * 2 + 8 + TopK DSP48E2.
// Verified   tests/rtl/router: against window_scores, choose_experts and enqueue_row of
//            hls/kernels.
`include "edgemoe_assert.svh"

module edgemoe_router #(
  parameter int unsigned Experts  = 16,
  parameter int unsigned TopK     = 4,
  parameter int unsigned RowWidth = 9,
  localparam int unsigned ExpertWidth = $clog2(Experts)
) (
  input  logic                        clk_i,
  input  logic                        rst_ni,

  // token
  input  logic                        valid_i,
  input  logic [RowWidth-1:0]         row_i,
  input  logic [Experts*32-1:0]       logits_i,

  // constants of the command
  input  logic [7:0]                  window_lo_i,
  input  logic [7:0]                  window_hi_i,
  input  logic [2:0]                  top_k_i,
  input  logic [31:0]                 threshold_i,

  // choices
  output logic                        valid_o,
  output logic [RowWidth-1:0]         row_o,
  output logic [TopK-1:0]             chosen_o,
  output logic [TopK-1:0]             kept_o,
  output logic [TopK*ExpertWidth-1:0] expert_o,
  output logic [TopK*17-1:0]          score_o
);

  localparam int unsigned Latency = 31;
  localparam logic [16:0] Log2EScaled = 17'd94548;  // log2(e) * 2^16

  `EDGEMOE_PARAMETER_CHECK(ExpertsAreWholeFours, Experts >= 4 && Experts % 4 == 0)

  logic [Latency-1:0] valid_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= '0;
    end else begin
      valid_q <= {valid_q[Latency-2:0], valid_i};
    end
  end

  // Stages 1..4: ranks.
  logic [TopK*Experts-1:0] choice_s4, choice_s13;
  logic [31:0]             maximum_s4;
  logic [Experts*32-1:0]   logits_s4;
  logic [Experts-1:0]      window_s4, window_s13;
  edgemoe_topk #(
    .Experts(Experts), .TopK(TopK)
  ) u_topk (
    .clk_i, .logits_i, .window_lo_i, .window_hi_i, .choice_o(choice_s4),
    .maximum_o(maximum_s4), .logits_o(logits_s4), .window_o(window_s4)
  );
  edgemoe_delay #(.Width((TopK + 1) * Experts), .Depth(9)) u_choice (
    .clk_i, .data_i({choice_s4, window_s4}), .data_o({choice_s13, window_s13})
  );

  // Stages 5..13: exponentials. From a gap of 2^24 - 1 on they are 0 anyway.
  logic [Experts*17-1:0] e_s13;
  for (genvar n = 0; n < Experts; n++) begin : gen_expert
    logic [32:0] gap;
    logic [23:0] gap_d, gap_q;
    logic [40:0] product, rounded;
    logic [14:0] x_q;
    logic [16:0] e;
    always_comb begin
      gap     = 33'(signed'(maximum_s4)) - 33'(signed'(logits_s4[n*32 +: 32]));
      gap_d   = (|gap[32:24]) ? 24'hffffff : gap[23:0];
      rounded = product + 41'd33554432;
      e_s13[n*17 +: 17] = window_s13[n] ? e : '0;
    end
    edgemoe_product #(.AWidth(24), .BWidth(17)) u_scale (
      .clk_i, .a_i(gap_q), .b_i(Log2EScaled), .p_o(product)
    );
    edgemoe_exp2 #(.Wide(1)) u_exp2 (.clk_i, .x_i(x_q), .e_o(e));
    always_ff @(posedge clk_i) begin
      gap_q <= gap_d;
      x_q   <= rounded[40:26];
    end
    logic unused_bits;
    assign unused_bits = ^rounded[25:0];
  end

  // Stages 14, 15: their sum, and those of the choices.
  logic [Experts/4*19-1:0]     fours_d, fours_q;
  logic [31:0]                 total_d, total_q;
  logic [TopK*17-1:0]          chosen_e_d, chosen_e_q, chosen_e_s26;
  logic [TopK*ExpertWidth-1:0] expert_d, expert_q;
  always_comb begin
    fours_d    = '0;
    total_d    = '0;
    chosen_e_d = '0;
    expert_d   = '0;
    for (int n = 0; n < Experts; n++) begin
      fours_d[(n/4)*19 +: 19] = fours_d[(n/4)*19 +: 19] + 19'(e_s13[n*17 +: 17]);
      for (int k = 0; k < TopK; k++) begin
        if (choice_s13[k*Experts+n]) begin
          chosen_e_d[k*17 +: 17] = chosen_e_d[k*17 +: 17] | e_s13[n*17 +: 17];
          expert_d[k*ExpertWidth +: ExpertWidth] =
              expert_d[k*ExpertWidth +: ExpertWidth] | ExpertWidth'(n);
        end
      end
    end
    for (int n = 0; n < Experts / 4; n++) total_d = total_d + 32'(fours_q[n*19 +: 19]);
  end
  always_ff @(posedge clk_i) begin
    fours_q    <= fours_d;
    total_q    <= total_d;
    chosen_e_q <= chosen_e_d;
    expert_q   <= expert_d;
  end

  // Stages 16..26: reciprocal of the sum.
  logic [20:0] y_s26;
  logic [4:0]  exp_s26, exp_s28, exp_s29_q;
  edgemoe_recip u_recip (.clk_i, .v_i(total_q), .y_o(y_s26), .exp_o(exp_s26));
  edgemoe_delay #(.Width(TopK * 17), .Depth(12)) u_chosen (
    .clk_i, .data_i(chosen_e_q), .data_o(chosen_e_s26)
  );
  edgemoe_delay #(.Width(5), .Depth(2)) u_exp (.clk_i, .data_i(exp_s26), .data_o(exp_s28));
  always_ff @(posedge clk_i) exp_s29_q <= exp_s28;
  edgemoe_delay #(.Width(TopK * ExpertWidth), .Depth(Latency - 14)) u_expert (
    .clk_i, .data_i(expert_q), .data_o(expert_o)
  );

  // Stages 27..31: scores, threshold.
  logic [RowWidth-1:0] row_s30;
  logic [2:0]          top_k_s30;
  logic [31:0]         threshold_s30;
  edgemoe_delay #(.Width(RowWidth + 35), .Depth(Latency - 1)) u_constants (
    .clk_i, .data_i({row_i, top_k_i, threshold_i}),
    .data_o({row_s30, top_k_s30, threshold_s30})
  );
  logic [RowWidth-1:0] row_q;
  logic [TopK-1:0]     chosen_d, chosen_q, kept_d, kept_q;
  logic [TopK*17-1:0]  score_q, score_q2;
  for (genvar k = 0; k < TopK; k++) begin : gen_choice
    logic [37:0] product;
    logic [38:0] sum_d, sum_q;
    edgemoe_product #(.AWidth(17), .BWidth(21)) u_score (
      .clk_i, .a_i(chosen_e_s26[k*17 +: 17]), .b_i(y_s26), .p_o(product)
    );
    always_comb begin
      sum_d       = 39'(product) + (39'd8 << exp_s28);  // half of 2^(exp + 4)
      chosen_d[k] = 3'(k) < top_k_s30;
      kept_d[k]   = chosen_d[k] && 32'(score_q[k*17 +: 17]) >= threshold_s30;
    end
    always_ff @(posedge clk_i) begin
      sum_q                  <= sum_d;
      score_q[k*17 +: 17]    <= 17'((sum_q >> exp_s29_q) >> 4);
      score_q2[k*17 +: 17]   <= score_q[k*17 +: 17];
    end
  end
  always_ff @(posedge clk_i) begin
    row_q    <= row_s30;
    chosen_q <= chosen_d;
    kept_q   <= kept_d;
  end

  assign valid_o  = valid_q[Latency-1];
  assign row_o    = row_q;
  assign chosen_o = chosen_q;
  assign kept_o   = kept_q;
  assign score_o  = score_q2;

  `EDGEMOE_ASSERT(WindowIsLegal,
                  !valid_i || (window_lo_i < window_hi_i && 32'(window_hi_i) <= Experts))
  `EDGEMOE_ASSERT(TopKIsLegal, !valid_i || (top_k_i >= 3'd1 && 32'(top_k_i) <= TopK &&
                                            32'(top_k_i) <= 32'(window_hi_i) - 32'(window_lo_i)))

endmodule
