// SPDX-License-Identifier: Apache-2.0
// Simple dual-port block RAM, inferred: one write port, one read port, one clock.
//
// Interface: wstrobe_i enables each of Lanes equal parts of the word; a read is asked for with
//            ren_i.
// Latency:   rdata_o in cycle c + 1 (OutputReg 0) or c + 2 (OutputReg 1, the block's own register,
//            needed at 300 MHz) for an address of cycle c, and stays until the next read gets
//            there.
// Collision: a read of the address that is written in the same cycle gives the old word.
// Reset:     none; contents undefined until written.
// Parameters: Width bits, a multiple of Lanes; Depth >= 2 words; Spill: that many of the uppermost
//            bits lie in distributed RAM (Lanes 1), where they would take half a block.
// Verified:  tests/rtl/common; Yosys maps 64 x 1,024 to two RAMB36E2, with and without lanes.
`include "edgemoe_assert.svh"

module edgemoe_ram_sdp #(
  parameter int unsigned Width = 64,
  parameter int unsigned Depth = 1024,
  parameter int unsigned Lanes = 1,
  parameter bit          OutputReg = 1'b1,
  parameter int unsigned Spill = 0,
  localparam int unsigned AddrW = $clog2(Depth)
) (
  input  logic             clk_i,
  input  logic             rst_ni,

  // write port
  input  logic             wen_i,
  input  logic [Lanes-1:0] wstrobe_i,
  input  logic [AddrW-1:0] waddr_i,
  input  logic [Width-1:0] wdata_i,

  // read port
  input  logic             ren_i,
  input  logic [AddrW-1:0] raddr_i,
  output logic [Width-1:0] rdata_o
);

  `EDGEMOE_PARAMETER_CHECK(LanesDivideWidth, Lanes >= 1 && Width % Lanes == 0)
  `EDGEMOE_PARAMETER_CHECK(SpillHasNoLanes, Spill == 0 || (Lanes == 1 && Spill < Width))
  `EDGEMOE_PARAMETER_CHECK(DepthAtLeastTwo, Depth >= 2)

  localparam int unsigned BlockW = Width - Spill;
  logic [Width-1:0] read_q;

  (* ram_style = "block" *) logic [BlockW-1:0] mem [0:Depth-1];
  always_ff @(posedge clk_i) begin
    for (int l = 0; l < Lanes; l++) begin
      if (wen_i && wstrobe_i[l]) begin
        mem[waddr_i][l*BlockW/Lanes +: BlockW/Lanes] <= wdata_i[l*BlockW/Lanes +: BlockW/Lanes];
      end
    end
    if (ren_i) read_q[BlockW-1:0] <= mem[raddr_i];
  end

  if (Spill > 0) begin : gen_spill
    (* ram_style = "distributed" *) logic [Spill-1:0] top_mem [0:Depth-1];
    always_ff @(posedge clk_i) begin
      if (wen_i && wstrobe_i[0]) top_mem[waddr_i] <= wdata_i[Width-1 -: Spill];
      if (ren_i) read_q[Width-1 -: Spill] <= top_mem[raddr_i];
    end
  end

  if (OutputReg) begin : gen_output_reg
    logic ren_q;
    logic [Width-1:0] out_q;

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        ren_q <= 1'b0;
      end else begin
        ren_q <= ren_i;
      end
    end
    always_ff @(posedge clk_i) begin
      if (ren_q) out_q <= read_q;
    end
    assign rdata_o = out_q;
  end else begin : gen_direct
    logic unused;
    assign unused = rst_ni;
    assign rdata_o = read_q;
  end

  // Assertions
  `EDGEMOE_ASSERT(WriteInside, !wen_i || 32'(waddr_i) < Depth)
  `EDGEMOE_ASSERT(ReadInside, !ren_i || 32'(raddr_i) < Depth)

endmodule
