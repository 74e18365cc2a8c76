// SPDX-License-Identifier: Apache-2.0
// edgemoe_norm_bank: one plane of the LayerNorm output: written in beats of the norm unit, read in
// words of 16 values, by the array (all lanes) or the gather unit (one lane).
//
// Interface  write: beat of the row in lane wlane_i. Read: word word_i of the beat at raddr_i, of
//            the lanes in rlanes_i; the others keep what they had.
// Layout     lane t holds the rows r with r mod TokenLanes = t.
// Latency    2 cycles from the read to rdata_o.
// Reset      none; contents undefined until written. A read of a word that is written in the same
//            cycle gives the old one.
// Parameters NormLanes 16 or 32; Depth beats a lane.
// Verified   tests/rtl/token_buffer; in place: tests/rtl/array_datapath.
`include "edgemoe_assert.svh"

module edgemoe_norm_bank #(
  parameter int unsigned TokenLanes = 8,
  parameter int unsigned NormLanes  = 32,
  parameter int unsigned Depth      = 204,
  localparam int unsigned LaneW = $clog2(TokenLanes),
  localparam int unsigned AddrW = $clog2(Depth)
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,

  input  logic                      wen_i,
  input  logic [LaneW-1:0]          wlane_i,
  input  logic [AddrW-1:0]          waddr_i,
  input  logic [NormLanes*8-1:0]    wdata_i,

  input  logic [TokenLanes-1:0]     rlanes_i,
  input  logic [AddrW-1:0]          raddr_i,
  input  logic                      word_i,
  output logic [TokenLanes*128-1:0] rdata_o
);

  // 7 x 36 bits fill halves of block RAMs; in a shallow bank the other 4 are cheap elsewhere.
  localparam int unsigned Spill = NormLanes == 32 && Depth <= 128 ? 4 : 0;

  `EDGEMOE_PARAMETER_CHECK(BeatsAreWords, NormLanes == 16 || NormLanes == 32)

  logic [TokenLanes-1:0] lanes_q;
  logic                  word_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      lanes_q <= '0;
    end else begin
      lanes_q <= rlanes_i;
    end
  end
  always_ff @(posedge clk_i) word_q <= word_i;

  for (genvar t = 0; t < TokenLanes; t++) begin : gen_lane
    logic [NormLanes*8-1:0] beat;
    logic [127:0]           word, out_q;

    edgemoe_ram_sdp #(
      .Width(NormLanes * 8),
      .Depth(Depth),
      .OutputReg(1'b0),
      .Spill(Spill)
    ) u_ram (
      .clk_i,
      .rst_ni,
      .wen_i    (wen_i && wlane_i == LaneW'(t)),
      .wstrobe_i(1'b1),
      .waddr_i,
      .wdata_i,
      .ren_i    (rlanes_i[t]),
      .raddr_i,
      .rdata_o  (beat)
    );

    // The register behind the block RAM is in the fabric: it chooses the word.
    if (NormLanes == 32) begin : gen_two
      assign word = word_q ? beat[NormLanes*8-1 -: 128] : beat[127:0];
    end else begin : gen_one
      assign word = beat[127:0];
    end
    always_ff @(posedge clk_i) begin
      if (lanes_q[t]) out_q <= word;
    end
    assign rdata_o[t*128 +: 128] = out_q;
  end

  if (NormLanes == 16) begin : gen_unused
    logic unused_word;
    assign unused_word = word_q;
  end

endmodule
