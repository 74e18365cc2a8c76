// SPDX-License-Identifier: Apache-2.0
// edgemoe_recip_step: one Newton step of 1/m.
//
// Interface  t = (m y) >> 20; y_o = (y (2^21 - t)) >> 20; m and y have 20 fraction bits.
// Latency    4 cycles; every cycle, no stalls. Reset: none.
// Verified   tests/rtl/softmax_unit, through edgemoe_recip.
module edgemoe_recip_step (
  input  logic        clk_i,
  input  logic [20:0] m_i,
  input  logic [20:0] y_i,
  output logic [20:0] y_o
);

  logic [41:0] my;
  logic [20:0] y_s2;
  logic [21:0] rest;
  logic [42:0] next;
  edgemoe_product #(.AWidth(21), .BWidth(21)) u_my (.clk_i, .a_i(m_i), .b_i(y_i), .p_o(my));
  edgemoe_delay #(.Width(21), .Depth(2)) u_y (.clk_i, .data_i(y_i), .data_o(y_s2));
  assign rest = 22'h200000 - my[41:20];
  edgemoe_product #(.AWidth(21), .BWidth(22)) u_next (.clk_i, .a_i(y_s2), .b_i(rest), .p_o(next));
  assign y_o = next[40:20];

  logic unused_bits;
  assign unused_bits = ^{my[19:0], next[42:41], next[19:0]};

endmodule
