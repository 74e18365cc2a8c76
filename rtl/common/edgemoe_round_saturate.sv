// SPDX-License-Identifier: Apache-2.0
// edgemoe_round_saturate: the end of a rounding right shift, with something added.
//
// For        y_o = sat(rhu(x, s) + add_i) after edgemoe_shift_coarse and edgemoe_shift_fine, whose
//            result x_i, over_i is. The rounding bit is the carry of the addition.
// Interface  sat_o: the sum left OutWidth bits.
// Latency    combinational.
// Numbers    signed. add_i has OutWidth bits at most; with x beyond XWidth bits (over_i) the sum
//            must be beyond OutWidth bits whatever is added: XWidth > OutWidth where something is.
// Parameters XWidth: OutWidth of edgemoe_shift_fine.
// Verified   tests/rtl/common, and by all lanes that use it.
module edgemoe_round_saturate #(
  parameter int unsigned XWidth   = 27,
  parameter int unsigned OutWidth = 27
) (
  input  logic [XWidth+1:0]   x_i,
  input  logic                over_i,
  input  logic [OutWidth-1:0] add_i,
  output logic [OutWidth-1:0] y_o,
  output logic                sat_o
);

  localparam int unsigned SumWidth = XWidth + 2;

  logic                sign;
  logic [SumWidth-1:0] sum;
  always_comb begin
    sign  = x_i[XWidth+1];
    sum   = {sign, x_i[XWidth+1:1]} + {{(SumWidth-OutWidth){add_i[OutWidth-1]}}, add_i} +
            SumWidth'(x_i[0]);
    sat_o = over_i || sum[SumWidth-1:OutWidth-1] != {(SumWidth-OutWidth+1){sum[SumWidth-1]}};
    y_o   = sum[OutWidth-1:0];
    if (sat_o) begin
      sign = over_i ? sign : sum[SumWidth-1];
      y_o  = {sign, {(OutWidth-1){!sign}}};
    end
  end

endmodule
