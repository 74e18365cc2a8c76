// SPDX-License-Identifier: Apache-2.0
// edgemoe_requantizer: one token's row of accumulators a cycle -> residual, int8, or GELU's input.
//
// Interface  in: a row of Lanes sums of one token, its channels' multipliers and biases, the
//            token's
//            scale, and the command's constants, all in the same cycle. x_i: the residual (or
//            position) row, 12 cycles later, when x_valid_o is high.
//            out: residual, embed and int8 rows with out_valid_o; rows for GELU with gelu_valid_o.
// Handshake  valid only: a row is offered when its destination is free, and never stalls.
// Latency    13 cycles to out_*, 12 to gelu_* and x_valid_o. With the write into the destination
//            this
//            is kRequantPipeline = 14 of sim/units/timing.hpp. One row a cycle.
// Reset      clears the valid bits.
// Numbers    edgemoe_requant_lane.sv. post_i: program::Post (0 residual, 1 embed, 2 int8, 3 GELU).
//            Attention is int8 with bias 0 and 1 / sum of exponentials as the scale.
// Flags      per lane, with out_valid_o (for GELU rows too: acc_sat_o is counted there as well):
//            acc_sat_o, res_sat_o[2*lane +: 2] (v, sum with x), int8_sat_o.
// Parameters Lanes >= 1; TagWidth >= 1.
// Verified   tests/rtl/requantizer: against hls/kernels/requantiser.hpp.
`include "edgemoe_assert.svh"

module edgemoe_requantizer #(
  parameter int unsigned Lanes    = 16,
  parameter int unsigned AccWidth = 32,
  parameter int unsigned TagWidth = 8
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,

  // row of sums
  input  logic                      valid_i,
  input  logic [TagWidth-1:0]       tag_i,
  input  logic [Lanes*AccWidth-1:0] acc_i,
  input  logic [Lanes*16-1:0]       mult_i,
  input  logic [Lanes*32-1:0]       bias_i,
  input  logic [16:0]               scale_i,

  // constants of the command
  input  logic [1:0]                post_i,
  input  logic [5:0]                r1_i,
  input  logic [5:0]                r2_i,
  input  logic [4:0]                bias_shift_i,
  input  logic                      bias_before_i,

  // what the row is added to
  output logic                      x_valid_o,
  output logic [TagWidth-1:0]       x_tag_o,
  input  logic [Lanes*32-1:0]       x_i,

  // results
  output logic                      out_valid_o,
  output logic [TagWidth-1:0]       out_tag_o,
  output logic [1:0]                out_post_o,
  output logic [Lanes*24-1:0]       out_o,
  output logic [Lanes-1:0]          acc_sat_o,
  output logic [2*Lanes-1:0]        res_sat_o,
  output logic [Lanes-1:0]          int8_sat_o,

  // rows for GELU
  output logic                      gelu_valid_o,
  output logic [TagWidth-1:0]       gelu_tag_o,
  output logic [Lanes*24-1:0]       gelu_o
);

  localparam int unsigned Latency = 13;
  localparam logic [1:0]  PostInt8 = 2'd2;
  localparam logic [1:0]  PostGelu = 2'd3;

  // The command's constants travel with the row, each as far as it is needed; slice k - 1 of a
  // register belongs to the row in stage k.
  logic [Latency-1:0]          valid_q;
  logic [TagWidth*Latency-1:0] tag_q;
  logic [2*Latency-1:0]        post_q;
  logic [6*5-3:0]              r1_q;
  logic [6*11-3:0]             r2_q;
  logic [17*6-1:0]             scale_q;
  logic [4:0]                  bias_shift_q;
  logic [2:0]                  bias_before_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= '0;
    end else begin
      valid_q <= {valid_q[Latency-2:0], valid_i};
    end
  end

  always_ff @(posedge clk_i) begin
    tag_q         <= {tag_q[TagWidth*(Latency-1)-1:0], tag_i};
    post_q        <= {post_q[2*(Latency-1)-1:0], post_i};
    r1_q          <= {r1_q[6*4-3:0], r1_i};
    r2_q          <= {r2_q[6*10-3:0], r2_i};
    scale_q       <= {scale_q[17*5-1:0], scale_i};
    bias_shift_q  <= bias_shift_i;
    bias_before_q <= {bias_before_q[1:0], bias_before_i};
  end

  logic [1:0] post_s12, post_s13;
  assign post_s12 = post_q[2*11 +: 2];
  assign post_s13 = post_q[2*12 +: 2];

  logic [2*Lanes-1:0] out_sat;
  logic [Lanes-1:0]   acc_fits;

  for (genvar n = 0; n < Lanes; n++) begin : gen_lane
    edgemoe_requant_lane u_lane (
      .clk_i,
      .acc_i           (acc_i[n*AccWidth +: 27]),
      .mult_i          (mult_i[n*16 +: 16]),
      .bias_i          (bias_i[n*32 +: 32]),
      .bias_shift_s1_i (bias_shift_q),
      .bias_before_s3_i(bias_before_q[2]),
      .r1_s4_i         (r1_q[6*3+4 +: 2]),
      .r1_s5_i         (r1_q[6*4 +: 4]),
      .scale_s6_i      (scale_q[17*5 +: 17]),
      .r2_s10_i        (r2_q[6*9+4 +: 2]),
      .r2_s11_i        (r2_q[6*10 +: 4]),
      .int8_s12_i      (post_s12 == PostInt8),
      .x_s12_i         (x_i[n*32 +: 32]),
      .v_o             (gelu_o[n*24 +: 24]),
      .out_o           (out_o[n*24 +: 24]),
      .acc_sat_o       (acc_sat_o[n]),
      .out_sat_o       (out_sat[2*n +: 2])
    );
    assign acc_fits[n] =
        acc_i[n*AccWidth+26 +: AccWidth-26] == {(AccWidth-26){acc_i[n*AccWidth+26]}};
    assign res_sat_o[2*n +: 2] = post_s13[1] ? 2'b00 : out_sat[2*n +: 2];
    assign int8_sat_o[n]       = post_s13 == PostInt8 && out_sat[2*n];
  end

  assign x_valid_o    = valid_q[11] && !post_s12[1];
  assign x_tag_o      = tag_q[TagWidth*11 +: TagWidth];
  assign gelu_valid_o = valid_q[11] && post_s12 == PostGelu;
  assign gelu_tag_o   = tag_q[TagWidth*11 +: TagWidth];
  assign out_valid_o  = valid_q[12];
  assign out_tag_o    = tag_q[TagWidth*12 +: TagWidth];
  assign out_post_o   = post_s13;

  `EDGEMOE_ASSERT(SumsAreWithinTheRangeProof, !valid_i || (&acc_fits))
  `EDGEMOE_ASSERT(ShiftsAreLegal, !valid_i || (r1_i <= 6'd62 && r2_i <= 6'd62))

endmodule
