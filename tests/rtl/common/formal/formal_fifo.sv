// SPDX-License-Identifier: Apache-2.0
// Both sides do what they like; the properties stand in edgemoe_fifo.sv.
module formal_fifo #(
  parameter int unsigned Width = 2,
  parameter int unsigned Depth = 3
) (
  input logic             clk_i,
  input logic             rst_ni,
  input logic             wvalid_i,
  input logic [Width-1:0] wdata_i,
  input logic             rready_i
);
  `include "formal_start.svh"

  logic wready, rvalid;
  logic [Width-1:0] rdata;
  logic [$clog2(Depth + 1)-1:0] level;

  edgemoe_fifo #(.Width(Width), .Depth(Depth)) u_dut (
    .clk_i(clk_i), .rst_ni(rst_ni), .wvalid_i(wvalid_i), .wready_o(wready), .wdata_i(wdata_i),
    .rvalid_o(rvalid), .rready_i(rready_i), .rdata_o(rdata), .level_o(level)
  );

  // What is inside, counted from outside.
  localparam int unsigned LevelW = $clog2(Depth + 1);
  logic [LevelW:0] count_q;
  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) count_q <= '0;
    else count_q <= count_q + (wvalid_i && wready) - (rvalid && rready_i);
  end
  always @(posedge clk_i) if (rst_ni) begin
    level_counts : assert (level == count_q);
    takes_until_full : assert (wready == (count_q != Depth));
    offers_what_it_has : assert (rvalid == (count_q != 0));
  end
endmodule
