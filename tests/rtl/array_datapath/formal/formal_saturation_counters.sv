// SPDX-License-Identifier: Apache-2.0
// From any state, as no run reaches the end of 32 bits: a total does not fall before it is cleared,
// so it stays at its end. What it counts is compared in simulation.
module formal_saturation_counters (
  input logic        clk_i,
  input logic        rst_ni,
  input logic        clear_i,
  input logic        valid_i,
  input logic [15:0] accumulator_i,
  input logic [31:0] residual_i,
  input logic [15:0] int8_i,
  input logic        gelu_valid_i,
  input logic [15:0] gelu_i
);

  logic [31:0] accumulator, residual, int8;
  edgemoe_saturation_counters u_dut (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .valid_i(valid_i),
    .accumulator_i(accumulator_i), .residual_i(residual_i), .int8_i(int8_i),
    .gelu_valid_i(gelu_valid_i), .gelu_i(gelu_i), .accumulator_o(accumulator),
    .residual_o(residual), .int8_o(int8)
  );

  logic        quiet_q;
  logic [31:0] accumulator_q, residual_q, int8_q;
  initial quiet_q = 1'b0;
  always @(posedge clk_i) begin
    quiet_q       <= rst_ni && !clear_i;
    accumulator_q <= accumulator;
    residual_q    <= residual;
    int8_q        <= int8;
  end

  always @(posedge clk_i) if (rst_ni && quiet_q) begin
    accumulator_does_not_fall : assert (accumulator >= accumulator_q);
    residual_does_not_fall : assert (residual >= residual_q);
    int8_does_not_fall : assert (int8 >= int8_q);
  end
endmodule
