// SPDX-License-Identifier: Apache-2.0
// A user who obeys the rules: what is out and what is available are always Capacity together.
module formal_credit_counter #(
  parameter int unsigned Capacity = 5,
  parameter int unsigned AmountW = 2
) (
  input logic               clk_i,
  input logic               rst_ni,
  input logic [AmountW-1:0] take_i,
  input logic [AmountW-1:0] give_i
);
  `include "formal_start.svh"

  logic [$clog2(Capacity + 1)-1:0] available;
  logic [3:0] out_q;

  edgemoe_credit_counter #(.Capacity(Capacity), .AmountW(AmountW)) u_dut (
    .clk_i(clk_i), .rst_ni(rst_ni), .take_i(take_i), .give_i(give_i), .available_o(available)
  );

  always @* assume (take_i <= available && give_i <= out_q);
  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) out_q <= '0;
    else out_q <= out_q + take_i - give_i;
  end
  always @(posedge clk_i) if (rst_ni) begin
    conserved : assert (5'(available) + out_q == Capacity);
  end
endmodule
