// SPDX-License-Identifier: Apache-2.0
// Memory of the image: rows of 256 B in the order in which LOAD_PIXELS brings them.
//
// Interface: w*: the loader's write. A row has 16 banks of 16 B; a read gives the banks bank_i ..
//            bank_i + TokenLanes - 1 of it, one for each token lane. bank_i: a multiple of
//            TokenLanes.
// Latency:   4 cycles from ren_i to rdata_o: address register, memory, its output register,
//            selection. A row written in cycle c is seen by reads of c + 1 on.
// Collision: a row must not be written in the cycle in which a read asks for it.
// Reset:     none; contents undefined until written. Data stays until the next read gets there.
// Parameters: Rows of 256 B; TokenLanes 2, 4, 8, 16.
// Verified:  tests/rtl/weight_loader.

module edgemoe_pixel_buffer #(
  parameter int unsigned Rows = 384,
  parameter int unsigned TokenLanes = 8,
  localparam int unsigned SlotW = $clog2(Rows),
  localparam int unsigned RowW = edgemoe_pkg::RowW,
  localparam int unsigned OutW = TokenLanes * 128
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             wen_i,
  input  logic [SlotW-1:0] wslot_i,
  input  logic [RowW-1:0]  wdata_i,
  input  logic             ren_i,
  input  logic [SlotW-1:0] row_i,
  input  logic [3:0]       bank_i,
  output logic [OutW-1:0]  rdata_o
);

  localparam int unsigned Parts = 16 / TokenLanes;
  localparam int unsigned LaneW = $clog2(TokenLanes);

  logic [2:0] ren_q;
  logic [SlotW-1:0] row_q;
  logic [3:0] bank_q, bank_q2, bank_q3;
  logic [RowW-1:0] word;
  logic [OutW-1:0] part, out_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ren_q <= '0;
    end else begin
      ren_q <= {ren_q[1:0], ren_i};
    end
  end
  always_ff @(posedge clk_i) begin
    if (ren_i) row_q <= row_i;
    bank_q <= bank_i;
    bank_q2 <= bank_q;
    bank_q3 <= bank_q2;
    if (ren_q[2]) out_q <= part;
  end
  always_comb begin
    part = word[0 +: OutW];
    for (int unsigned n = 0; n < Parts; n++) begin
      if (32'(bank_q3) >> LaneW == n) part = word[n*OutW +: OutW];
    end
  end

  edgemoe_ram_sdp #(.Width(RowW), .Depth(Rows)) u_memory (
    .clk_i(clk_i), .rst_ni(rst_ni), .wen_i(wen_i), .wstrobe_i(1'b1), .waddr_i(wslot_i),
    .wdata_i(wdata_i), .ren_i(ren_q[0]), .raddr_i(row_q), .rdata_o(word)
  );
  assign rdata_o = out_q;

endmodule
