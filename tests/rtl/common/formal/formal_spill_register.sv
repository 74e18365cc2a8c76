// SPDX-License-Identifier: Apache-2.0
module formal_spill_register (
  input logic       clk_i,
  input logic       rst_ni,
  input logic       valid_i,
  input logic [1:0] data_i,
  input logic       ready_i
);
  `include "formal_start.svh"

  logic ready, valid;
  logic [1:0] data, count_q;

  edgemoe_spill_register #(.Width(2)) u_dut (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(valid_i), .ready_o(ready), .data_i(data_i),
    .valid_o(valid), .ready_i(ready_i), .data_o(data)
  );

  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) count_q <= '0;
    else count_q <= count_q + (valid_i && ready) - (valid && ready_i);
  end
  always @(posedge clk_i) if (rst_ni) begin
    holds_two : assert (count_q <= 2 && ready == (count_q != 2));
    offers_what_it_has : assert (valid == (count_q != 0));
  end
endmodule
