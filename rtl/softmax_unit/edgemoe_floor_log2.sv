// SPDX-License-Identifier: Apache-2.0
// edgemoe_floor_log2: position of the highest set bit. Combinational.
//
// Interface  log_o of value_i >= 1; 0 gives 0.
// Parameters LogWidth: value_i has 2^LogWidth bits.
// Verified   tests/rtl/softmax_unit, through edgemoe_recip and edgemoe_rsqrt.
module edgemoe_floor_log2 #(
  parameter int unsigned LogWidth = 5,
  localparam int unsigned Width = 1 << LogWidth
) (
  input  logic [Width-1:0]    value_i,
  output logic [LogWidth-1:0] log_o
);

  // Halves the range, as the kernels do.
  logic [Width-1:0] rest;
  always_comb begin
    rest  = value_i;
    log_o = '0;
    for (int k = LogWidth - 1; k >= 0; k--) begin
      if ((rest >> (1 << k)) != '0) begin
        rest     = rest >> (1 << k);
        log_o[k] = 1'b1;
      end
    end
  end

endmodule
