// SPDX-License-Identifier: Apache-2.0
// edgemoe_softmax_unit: scores of Tokens queries x Keys keys a cycle -> exponentials and their
// sums.
//
// Interface  in: a beat of scores with each query's maximum. first_i begins a run of keys, last_i
//            ends
//            it. keep_i: which keys exist (the last block of keys may be partly padding).
//            out: a beat of exponentials per beat of scores, 0 for keys that do not exist; with
//            last_o
//            also the sum of the run for each query: the same values that multiply V.
// Handshake  valid only, never stalls: runs start when an exponential buffer is free.
// Latency    13 cycles. With 6 cycles of score read before and the write behind it this is
//            kSoftmaxPipeline = 20 of sim/units/timing.hpp. One beat a cycle.
// Reset      clears the valid bits; sums need none, a run starts with first_i.
// Numbers    edgemoe_softmax_lane.sv; sums SumWidth bits unsigned, 255 * keys must fit.
// Parameters Tokens * Keys lanes (2 DSP48E2 each); Keys a multiple of 4; TagWidth >= 1.
// Verified   tests/rtl/softmax_unit.
`include "edgemoe_assert.svh"

module edgemoe_softmax_unit #(
  parameter int unsigned Tokens     = 2,
  parameter int unsigned Keys       = 16,
  parameter int unsigned ScoreWidth = 22,
  parameter int unsigned SumWidth   = 20,
  parameter int unsigned TagWidth   = 8
) (
  input  logic                              clk_i,
  input  logic                              rst_ni,

  // scores
  input  logic                              valid_i,
  input  logic                              first_i,
  input  logic                              last_i,
  input  logic [TagWidth-1:0]               tag_i,
  input  logic [Tokens*ScoreWidth-1:0]      maximum_i,
  input  logic [Tokens*Keys*ScoreWidth-1:0] score_i,
  input  logic [Keys-1:0]                   keep_i,

  // constants of the command
  input  logic [15:0]                       mult_i,
  input  logic [5:0]                        shift_i,

  // exponentials
  output logic                              valid_o,
  output logic                              last_o,
  output logic [TagWidth-1:0]               tag_o,
  output logic [Tokens*Keys*8-1:0]          e_o,
  output logic [Tokens*SumWidth-1:0]        sum_o
);

  localparam int unsigned LaneLatency = 10;
  localparam int unsigned Latency = 13;  // two levels of sums and the accumulation behind the lanes

  `EDGEMOE_PARAMETER_CHECK(KeysAreWholeFours, Keys >= 4 && Keys % 4 == 0)
  `EDGEMOE_PARAMETER_CHECK(SumsHoldOneBeat, SumWidth >= 8 + $clog2(Keys))

  logic [Latency-1:0] valid_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= '0;
    end else begin
      valid_q <= {valid_q[Latency-2:0], valid_i};
    end
  end

  logic [5:0] shift_s3;
  logic [3:0] shift_s4_q;
  logic       first_s12;
  edgemoe_delay #(.Width(6), .Depth(3)) u_shift (.clk_i, .data_i(shift_i), .data_o(shift_s3));
  always_ff @(posedge clk_i) shift_s4_q <= shift_s3[3:0];
  edgemoe_delay #(.Width(1), .Depth(Latency - 1)) u_first (
    .clk_i, .data_i(first_i), .data_o(first_s12)
  );
  edgemoe_delay #(.Width(TagWidth + 1), .Depth(Latency)) u_tag (
    .clk_i, .data_i({last_i, tag_i}), .data_o({last_o, tag_o})
  );

  logic [Tokens*Keys*8-1:0] e;
  for (genvar n = 0; n < Tokens * Keys; n++) begin : gen_lane
    edgemoe_softmax_lane #(
      .ScoreWidth(ScoreWidth)
    ) u_lane (
      .clk_i,
      .maximum_i (maximum_i[(n/Keys)*ScoreWidth +: ScoreWidth]),
      .score_i   (score_i[n*ScoreWidth +: ScoreWidth]),
      .keep_i    (keep_i[n%Keys]),
      .mult_s0_i (mult_i),
      .shift_s3_i(shift_s3[5:4]),
      .shift_s4_i(shift_s4_q),
      .e_o       (e[n*8 +: 8])
    );
  end

  // The exponentials leave together with the sum that contains them.
  edgemoe_delay #(.Width(Tokens * Keys * 8), .Depth(Latency - LaneLatency)) u_e (
    .clk_i, .data_i(e), .data_o(e_o)
  );

  for (genvar t = 0; t < Tokens; t++) begin : gen_sum
    logic [Keys/4*10-1:0] fours_d, fours_q;
    logic [SumWidth-1:0]  beat_d, beat_q, total_d, total_q;
    always_comb begin
      fours_d = '0;
      beat_d  = '0;
      for (int k = 0; k < Keys; k++) begin
        fours_d[(k/4)*10 +: 10] = fours_d[(k/4)*10 +: 10] + 10'(e[(t*Keys+k)*8 +: 8]);
      end
      for (int k = 0; k < Keys / 4; k++) beat_d = beat_d + SumWidth'(fours_q[k*10 +: 10]);
      total_d = total_q;
      if (valid_q[Latency-2]) total_d = (first_s12 ? '0 : total_q) + beat_q;
    end
    always_ff @(posedge clk_i) begin
      fours_q <= fours_d;
      beat_q  <= beat_d;
      total_q <= total_d;
    end
    assign sum_o[t*SumWidth +: SumWidth] = total_q;
  end

  assign valid_o = valid_q[Latency-1];

  `EDGEMOE_ASSERT(ShiftIsLegal, !valid_i || shift_i <= 6'd62)

endmodule
