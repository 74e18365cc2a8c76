// SPDX-License-Identifier: Apache-2.0
// edgemoe_score_maximum: the running maximum of each query's scores while they leave the array.
//
// Interface  in: sums of PerCycle queries x Keys keys, queries token_i .. token_i + PerCycle - 1;
//            first_i: the first block of keys of these queries. keep_i: which keys exist; at least
//            one
//            of a first block must. out: maximum_o of all queries, and the scores cut to
//            ScoreWidth.
// Handshake  valid only, never stalls; fits edgemoe_drain_bank.
// Latency    3 cycles from a beat to maximum_o; score_o is combinational (wiring).
// Reset      none: a query's maximum begins with first_i.
// Numbers    sums int32 within ScoreWidth bits signed (asserted): head_dim * 127 * 127.
// Parameters Tokens a multiple of PerCycle; Keys a multiple of 4.
// Verified   tests/rtl/softmax_unit.
`include "edgemoe_assert.svh"

module edgemoe_score_maximum #(
  parameter int unsigned Tokens     = 8,
  parameter int unsigned PerCycle   = 4,
  parameter int unsigned Keys       = 16,
  parameter int unsigned ScoreWidth = 22,
  localparam int unsigned IndexWidth = $clog2(Tokens)
) (
  input  logic                                clk_i,
  input  logic                                rst_ni,

  input  logic                                valid_i,
  input  logic                                first_i,
  input  logic [IndexWidth-1:0]               token_i,
  input  logic [PerCycle*Keys*32-1:0]         sum_i,
  input  logic [Keys-1:0]                     keep_i,

  output logic [PerCycle*Keys*ScoreWidth-1:0] score_o,
  output logic [Tokens*ScoreWidth-1:0]        maximum_o
);

  `EDGEMOE_PARAMETER_CHECK(KeysAreWholeFours, Keys >= 4 && Keys % 4 == 0)
  `EDGEMOE_PARAMETER_CHECK(TokensAreWholeBeats, Tokens % PerCycle == 0)

  localparam logic [ScoreWidth-1:0] Lowest = {1'b1, {(ScoreWidth-1){1'b0}}};

  logic [1:0]              valid_q, first_q;
  logic [2*IndexWidth-1:0] token_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= '0;
    end else begin
      valid_q <= {valid_q[0], valid_i};
    end
  end
  always_ff @(posedge clk_i) begin
    first_q <= {first_q[0], first_i};
    token_q <= {token_q[IndexWidth-1:0], token_i};
  end

  // Two levels of four-way maxima; keys that do not exist are passed over. Which of the values
  // exist is the same for all queries.
  logic [PerCycle*Keys-1:0]       fits;
  logic [PerCycle*ScoreWidth-1:0] beat_q;
  logic [Keys/4-1:0]              exists_d, exists_q;
  logic                           beat_exists_q;
  always_comb begin
    for (int k = 0; k < Keys / 4; k++) exists_d[k] = |keep_i[k*4 +: 4];
  end
  always_ff @(posedge clk_i) begin
    exists_q      <= exists_d;
    beat_exists_q <= |exists_q;
  end
  for (genvar t = 0; t < PerCycle; t++) begin : gen_token
    logic [Keys/4*ScoreWidth-1:0] fours_d, fours_q;
    logic [ScoreWidth-1:0]        beat_d, score;
    logic                         some;
    always_comb begin
      score = '0;
      for (int k = 0; k < Keys / 4; k++) begin
        fours_d[k*ScoreWidth +: ScoreWidth] = sum_i[(t*Keys+k*4)*32 +: ScoreWidth];
        some = keep_i[k*4];
        for (int n = 1; n < 4; n++) begin
          score = sum_i[(t*Keys+k*4+n)*32 +: ScoreWidth];
          if (keep_i[k*4+n] &&
              (!some || signed'(score) > signed'(fours_d[k*ScoreWidth +: ScoreWidth]))) begin
            fours_d[k*ScoreWidth +: ScoreWidth] = score;
          end
          some = some || keep_i[k*4+n];
        end
      end
      beat_d = fours_q[ScoreWidth-1:0];
      some   = exists_q[0];
      for (int k = 1; k < Keys / 4; k++) begin
        score = fours_q[k*ScoreWidth +: ScoreWidth];
        if (exists_q[k] && (!some || signed'(score) > signed'(beat_d))) beat_d = score;
        some = some || exists_q[k];
      end
    end
    always_ff @(posedge clk_i) begin
      fours_q                            <= fours_d;
      beat_q[t*ScoreWidth +: ScoreWidth] <= beat_d;
    end
  end

  for (genvar n = 0; n < PerCycle * Keys; n++) begin : gen_score
    assign score_o[n*ScoreWidth +: ScoreWidth] = sum_i[n*32 +: ScoreWidth];
    assign fits[n] = sum_i[n*32+ScoreWidth-1 +: 33-ScoreWidth] ==
                     {(33-ScoreWidth){sum_i[n*32+ScoreWidth-1]}};
  end

  // A register a query.
  logic [Tokens*ScoreWidth-1:0] maximum_d, maximum_q;
  always_comb begin
    maximum_d = maximum_q;
    for (int t = 0; t < Tokens; t++) begin
      if (valid_q[1] && t / PerCycle == 32'(token_q[IndexWidth +: IndexWidth]) / PerCycle) begin
        if (first_q[1] || (beat_exists_q &&
                           signed'(beat_q[(t%PerCycle)*ScoreWidth +: ScoreWidth]) >
                           signed'(maximum_q[t*ScoreWidth +: ScoreWidth]))) begin
          maximum_d[t*ScoreWidth +: ScoreWidth] =
              beat_exists_q ? beat_q[(t%PerCycle)*ScoreWidth +: ScoreWidth] : Lowest;
        end
      end
    end
  end
  always_ff @(posedge clk_i) maximum_q <= maximum_d;
  assign maximum_o = maximum_q;

  `EDGEMOE_ASSERT(ScoresFit, !valid_i || (&fits))

endmodule
