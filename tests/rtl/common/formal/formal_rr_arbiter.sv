// SPDX-License-Identifier: Apache-2.0
// A requester whose offer stands keeps asking; everything else is free.
module formal_rr_arbiter #(
  parameter int unsigned Inputs = 3
) (
  input logic              clk_i,
  input logic              rst_ni,
  input logic [Inputs-1:0] req_i,
  input logic              ready_i
);
  `include "formal_start.svh"

  logic valid;
  logic [Inputs-1:0] grant, offered_q;
  logic [$clog2(Inputs)-1:0] index;

  edgemoe_rr_arbiter #(.Inputs(Inputs)) u_dut (
    .clk_i(clk_i), .rst_ni(rst_ni), .req_i(req_i), .ready_i(ready_i),
    .valid_o(valid), .grant_o(grant), .index_o(index)
  );

  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) offered_q <= '0;
    else offered_q <= ready_i ? '0 : grant;
  end
  always @* assume ((offered_q & ~req_i) == '0);
  always @(posedge clk_i) if (rst_ni) begin
    same_offer : assert (offered_q == '0 || grant == offered_q);
    index_is_grant : assert (!valid || grant == (1 << index));
    serves_whenever_asked : assert (valid == (req_i != '0));
  end
endmodule
