// SPDX-License-Identifier: Apache-2.0
// edgemoe_gelu_unit: rows of the requantiser's GELU port -> rows of the hidden buffer.
//
// Interface  in: a row of Lanes values (24 bit, LSB 2^-12) with the command's constants. out: a row
//            of uint8 and per lane whether it was clamped.
// Handshake  valid only, never stalls.
// Latency    7 cycles. Behind the requantiser's stage 12 this is 19, and with the write 20:
//            kRequantPipeline + kGeluPipeline of sim/units/timing.hpp. One row a cycle.
// Reset      clears the valid bits.
// Numbers, Rounding: edgemoe_gelu_lane.sv. shift_i <= 62.
// Parameters Lanes >= 1; TagWidth >= 1.
// Verified   tests/rtl/gelu_unit.
`include "edgemoe_assert.svh"

module edgemoe_gelu_unit #(
  parameter int unsigned Lanes    = 16,
  parameter int unsigned TagWidth = 8
) (
  input  logic                clk_i,
  input  logic                rst_ni,

  input  logic                valid_i,
  input  logic [TagWidth-1:0] tag_i,
  input  logic [Lanes*24-1:0] v_i,
  input  logic [15:0]         mult_i,
  input  logic [5:0]          shift_i,
  input  logic [7:0]          zero_point_i,

  output logic                valid_o,
  output logic [TagWidth-1:0] tag_o,
  output logic [Lanes*8-1:0]  hidden_o,
  output logic [Lanes-1:0]    sat_o
);

  localparam int unsigned Latency = 7;

  logic [Latency-1:0] valid_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= '0;
    end else begin
      valid_q <= {valid_q[Latency-2:0], valid_i};
    end
  end
  assign valid_o = valid_q[Latency-1];

  // Constants of the command at the stages that use them.
  logic [15:0] mult_s3;
  logic  [5:0] shift_s5;
  logic  [3:0] shift_s6_q;
  logic  [7:0] zero_point_s6;
  edgemoe_delay #(.Width(16), .Depth(3)) u_mult (.clk_i, .data_i(mult_i), .data_o(mult_s3));
  edgemoe_delay #(.Width(6), .Depth(5)) u_shift (.clk_i, .data_i(shift_i), .data_o(shift_s5));
  edgemoe_delay #(.Width(8), .Depth(6)) u_zero (
    .clk_i, .data_i(zero_point_i), .data_o(zero_point_s6)
  );
  edgemoe_delay #(.Width(TagWidth), .Depth(Latency)) u_tag (
    .clk_i, .data_i(tag_i), .data_o(tag_o)
  );
  always_ff @(posedge clk_i) shift_s6_q <= shift_s5[3:0];

  for (genvar n = 0; n < Lanes; n++) begin : gen_lane
    edgemoe_gelu_lane u_lane (
      .clk_i,
      .v_i            (v_i[n*24 +: 24]),
      .mult_s3_i      (mult_s3),
      .shift_s5_i     (shift_s5[5:4]),
      .shift_s6_i     (shift_s6_q),
      .zero_point_s6_i(zero_point_s6),
      .hidden_o       (hidden_o[n*8 +: 8]),
      .sat_o          (sat_o[n])
    );
  end

  `EDGEMOE_ASSERT(ShiftIsLegal, !valid_i || shift_i <= 6'd62)

endmodule
