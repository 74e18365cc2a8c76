// SPDX-License-Identifier: Apache-2.0
// edgemoe_gate_unit: rows of the gate's sums -> rows of logits.
//
// Interface  in: rows of the array's requantiser bank. A row with high_i (sums with the digit wh)
//            is
//            kept under slot_i; the row of wl with the same slot, any later cycle, gives the logits
//            of
//            Lanes experts of one token. scale_i is the token's LayerNorm scale.
// Handshake  valid only, never stalls.
// Latency    7 cycles from a low row to its logits. One row a cycle.
// Reset      clears the valid bits.
// Numbers, Rounding: edgemoe_gate_lane.sv.
// Parameters Lanes; Slots: rows between a high row and its low row (tokens of a group x blocks of
//            experts), at least 2; TagWidth >= 1.
// Verified   tests/rtl/router.
`include "edgemoe_assert.svh"

module edgemoe_gate_unit #(
  parameter int unsigned Lanes    = 16,
  parameter int unsigned Slots    = 8,
  parameter int unsigned TagWidth = 8,
  localparam int unsigned SlotWidth = $clog2(Slots)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  // row of sums
  input  logic                 valid_i,
  input  logic                 high_i,
  input  logic [SlotWidth-1:0] slot_i,
  input  logic [TagWidth-1:0]  tag_i,
  input  logic [Lanes*32-1:0]  sum_i,
  input  logic [16:0]          scale_i,
  input  logic [Lanes*32-1:0]  bias_i,
  input  logic [5:0]           shift_i,

  // row of logits
  output logic                 valid_o,
  output logic [TagWidth-1:0]  tag_o,
  output logic [Lanes*32-1:0]  logit_o
);

  localparam int unsigned Latency = 7;

  `EDGEMOE_PARAMETER_CHECK(SlotsAtLeastTwo, Slots >= 2)

  logic [Latency-1:0]  valid_q;
  logic [Lanes*32-1:0] high_mem [0:Slots-1];
  logic [Lanes*32-1:0] high_q, low_q;
  logic [16:0]         scale_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= '0;
    end else begin
      valid_q <= {valid_q[Latency-2:0], valid_i && !high_i};
    end
  end

  always_ff @(posedge clk_i) begin
    if (valid_i && high_i) high_mem[slot_i] <= sum_i;
    high_q  <= high_mem[slot_i];
    low_q   <= sum_i;
    scale_q <= scale_i;
  end

  logic [5:0]          shift_s4;
  logic [3:0]          shift_s5_q;
  logic [Lanes*32-1:0] bias_s6;
  edgemoe_delay #(.Width(6), .Depth(4)) u_shift (.clk_i, .data_i(shift_i), .data_o(shift_s4));
  always_ff @(posedge clk_i) shift_s5_q <= shift_s4[3:0];
  edgemoe_delay #(.Width(Lanes * 32), .Depth(6)) u_bias (
    .clk_i, .data_i(bias_i), .data_o(bias_s6)
  );
  edgemoe_delay #(.Width(TagWidth), .Depth(Latency)) u_tag (
    .clk_i, .data_i(tag_i), .data_o(tag_o)
  );

  for (genvar n = 0; n < Lanes; n++) begin : gen_lane
    edgemoe_gate_lane u_lane (
      .clk_i,
      .high_i    (high_q[n*32 +: 32]),
      .low_i     (low_q[n*32 +: 32]),
      .scale_s0_i(scale_q),
      .shift_s3_i(shift_s4[5:4]),
      .shift_s4_i(shift_s5_q),
      .bias_s5_i (bias_s6[n*32 +: 32]),
      .logit_o   (logit_o[n*32 +: 32])
    );
  end

  assign valid_o = valid_q[Latency-1];

  `EDGEMOE_ASSERT(ShiftIsLegal, !valid_i || shift_i <= 6'd62)

endmodule
