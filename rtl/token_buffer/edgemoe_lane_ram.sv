// SPDX-License-Identifier: Apache-2.0
// edgemoe_lane_ram: a small memory for each token lane, in distributed RAM: staging, scores,
// exponentials, scales.
//
// Interface  write: the lanes in wlanes_i at waddr_i, each its own word. Read: all lanes at
//            raddr_i.
// Latency    2 cycles from ren_i to rdata_o, which stays until the next read.
// Reset      none; contents undefined until written. A read of a word that is written in the same
//            cycle gives the old one.
// Parameters Lanes; Width bits a lane; Depth >= 2.
// Verified   tests/rtl/token_buffer; in place: tests/rtl/array_datapath.
module edgemoe_lane_ram #(
  parameter int unsigned Lanes = 8,
  parameter int unsigned Width = 128,
  parameter int unsigned Depth = 24,
  localparam int unsigned AddrW = $clog2(Depth)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic [Lanes-1:0]       wlanes_i,
  input  logic [AddrW-1:0]       waddr_i,
  input  logic [Lanes*Width-1:0] wdata_i,

  input  logic                   ren_i,
  input  logic [AddrW-1:0]       raddr_i,
  output logic [Lanes*Width-1:0] rdata_o
);

  logic ren_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ren_q <= 1'b0;
    end else begin
      ren_q <= ren_i;
    end
  end

  for (genvar n = 0; n < Lanes; n++) begin : gen_lane
    (* ram_style = "distributed" *) logic [Width-1:0] mem [0:Depth-1];
    logic [Width-1:0] read_q, out_q;
    always_ff @(posedge clk_i) begin
      if (wlanes_i[n]) mem[waddr_i] <= wdata_i[n*Width +: Width];
      if (ren_i) read_q <= mem[raddr_i];
      if (ren_q) out_q <= read_q;
    end
    assign rdata_o[n*Width +: Width] = out_q;
  end

endmodule
