// SPDX-License-Identifier: Apache-2.0
// edgemoe_token_bank: rows of tokens for the array: word k of TokenLanes consecutive rows a cycle.
//
// Interface  write: one word (16 values) of the row in lane wlane_i. Read: the words at raddr_i of
//            all lanes. WriteRows 2: wlane_i is even, and the word of the lane behind is written to
//            the same address with wpair_i.
// Layout     lane t holds the rows r with r mod TokenLanes = t; the caller's address names row
//            group and word.
// Latency    2 cycles from ren_i to rdata_o, which stays until the next read.
// Reset      none; contents undefined until written. A read of a word that is written in the same
//            cycle gives the old one.
// Parameters TokenLanes >= 2; Depth words a lane; WriteRows 1 or 2; Spill:
//            edgemoe_ram_sdp.sv.
// Verified   tests/rtl/token_buffer; in place: tests/rtl/array_datapath.
`include "edgemoe_assert.svh"

module edgemoe_token_bank #(
  parameter int unsigned TokenLanes = 8,
  parameter int unsigned Depth      = 408,
  parameter int unsigned WriteRows  = 1,
  parameter int unsigned Spill      = 0,
  localparam int unsigned LaneW = $clog2(TokenLanes),
  localparam int unsigned AddrW = $clog2(Depth)
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,

  input  logic                      wen_i,
  input  logic                      wpair_i,
  input  logic [LaneW-1:0]          wlane_i,
  input  logic [AddrW-1:0]          waddr_i,
  input  logic [WriteRows*128-1:0]  wdata_i,

  input  logic                      ren_i,
  input  logic [AddrW-1:0]          raddr_i,
  output logic [TokenLanes*128-1:0] rdata_o
);

  `EDGEMOE_PARAMETER_CHECK(OneOrTwoRows, WriteRows == 1 || WriteRows == 2)

  for (genvar t = 0; t < TokenLanes; t++) begin : gen_lane
    logic here;
    assign here = wlane_i == LaneW'(t - t % WriteRows) && (t % WriteRows == 0 || wpair_i);
    edgemoe_ram_sdp #(
      .Width(128),
      .Depth(Depth),
      .Spill(Spill)
    ) u_ram (
      .clk_i,
      .rst_ni,
      .wen_i    (wen_i && here),
      .wstrobe_i(1'b1),
      .waddr_i,
      .wdata_i  (wdata_i[t%WriteRows*128 +: 128]),
      .ren_i,
      .raddr_i,
      .rdata_o  (rdata_o[t*128 +: 128])
    );
  end

  if (WriteRows == 1) begin : gen_unused
    logic unused_pair;
    assign unused_pair = wpair_i;
  end
  `EDGEMOE_ASSERT(PairsBeginEven, !wen_i || WriteRows == 1 || !wlane_i[0])

endmodule
