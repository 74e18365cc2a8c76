// SPDX-License-Identifier: Apache-2.0
// edgemoe_rsqrt_step: one Newton step of 1/sqrt(m).
//
// Interface  y2 = (y y) >> 20; t = (m y2) >> 20; y_o = (y (3 * 2^20 - t)) >> 21.
// Latency    6 cycles; every cycle, no stalls. Reset: none.
// Verified   tests/rtl/softmax_unit, through edgemoe_rsqrt.
module edgemoe_rsqrt_step (
  input  logic        clk_i,
  input  logic [21:0] m_i,
  input  logic [20:0] y_i,
  output logic [20:0] y_o
);

  logic [41:0] yy;
  logic [21:0] m_s2, rest;
  logic [43:0] myy;
  logic [20:0] y_s4;
  logic [42:0] next;
  edgemoe_product #(.AWidth(21), .BWidth(21)) u_yy (.clk_i, .a_i(y_i), .b_i(y_i), .p_o(yy));
  edgemoe_delay #(.Width(22), .Depth(2)) u_m (.clk_i, .data_i(m_i), .data_o(m_s2));
  edgemoe_product #(.AWidth(22), .BWidth(22)) u_myy (
    .clk_i, .a_i(m_s2), .b_i(yy[41:20]), .p_o(myy)
  );
  edgemoe_delay #(.Width(21), .Depth(4)) u_y (.clk_i, .data_i(y_i), .data_o(y_s4));
  assign rest = 22'h300000 - myy[41:20];
  edgemoe_product #(.AWidth(21), .BWidth(22)) u_next (.clk_i, .a_i(y_s4), .b_i(rest), .p_o(next));
  assign y_o = next[41:21];

  logic unused_bits;
  assign unused_bits = ^{yy[19:0], myy[43:42], myy[19:0], next[42], next[20:0]};

endmodule
