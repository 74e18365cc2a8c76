// SPDX-License-Identifier: Apache-2.0
// edgemoe_product: unsigned product behind two registers (a DSP's M and P).
//
// Interface  p_o = a_i * b_i, two cycles later; every cycle, no stalls.
// Latency    2 cycles.
// Reset      none: data only.
// Parameters AWidth, BWidth >= 1.
// Verified   tests/rtl/softmax_unit, through edgemoe_recip and edgemoe_rsqrt.
module edgemoe_product #(
  parameter int unsigned AWidth = 22,
  parameter int unsigned BWidth = 22
) (
  input  logic                     clk_i,
  input  logic [AWidth-1:0]        a_i,
  input  logic [BWidth-1:0]        b_i,
  output logic [AWidth+BWidth-1:0] p_o
);

  logic [AWidth+BWidth-1:0] m_d, m_q, p_q;
  assign m_d = (AWidth+BWidth)'(a_i) * (AWidth+BWidth)'(b_i);

  always_ff @(posedge clk_i) begin
    m_q <= m_d;
    p_q <= m_q;
  end

  assign p_o = p_q;

endmodule
