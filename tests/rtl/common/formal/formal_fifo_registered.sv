// SPDX-License-Identifier: Apache-2.0
// Occupancy of the registered FIFO; order and data are those of the FIFO inside.
module formal_fifo_registered #(
  parameter int unsigned Width = 2,
  parameter int unsigned Depth = 4
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

  edgemoe_fifo_registered #(.Width(Width), .Depth(Depth)) u_dut (
    .clk_i(clk_i), .rst_ni(rst_ni), .wvalid_i(wvalid_i), .wready_o(wready), .wdata_i(wdata_i),
    .rvalid_o(rvalid), .rready_i(rready_i), .rdata_o(rdata), .level_o(level)
  );

  localparam int unsigned LevelW = $clog2(Depth + 1);
  logic [LevelW:0] count_q;
  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) count_q <= '0;
    else count_q <= count_q + (wvalid_i && wready) - (rvalid && rready_i);
  end
  always @(posedge clk_i) if (rst_ni) begin
    level_counts : assert (level == count_q);
    takes_below_depth : assert (wready || count_q + 1 >= Depth);
    never_over_depth : assert (!wready || count_q < Depth);
    // A word waits one cycle more than in the FIFO inside, not longer.
    offers_after_two : assert (rvalid || count_q <= 1 || !$past(rst_ni));
  end
endmodule
