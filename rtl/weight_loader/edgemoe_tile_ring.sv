// SPDX-License-Identifier: Apache-2.0
// Memory of the tile ring: a 16 x 16 tile a cycle, in and out.
//
// Interface: wen_i, wslot_i, wdata_i: the loader's write. ren_i, rslot_i: the array's read.
// Latency:   rdata_o 4 cycles after ren_i: address register, memory, its output register, and one
//            for the way to the array. A row written in cycle c is seen by reads of c + 1 on.
// Collision: a row must not be written in the cycle in which a read asks for it.
// Reset:     none; contents undefined until written. rdata_o stays until the next read gets there.
// Parameters: Rows of 256 B.
// Verified:  tests/rtl/weight_loader.

module edgemoe_tile_ring #(
  parameter int unsigned Rows = 6144,
  localparam int unsigned SlotW = $clog2(Rows),
  localparam int unsigned RowW = edgemoe_pkg::RowW
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             wen_i,
  input  logic [SlotW-1:0] wslot_i,
  input  logic [RowW-1:0]  wdata_i,
  input  logic             ren_i,
  input  logic [SlotW-1:0] rslot_i,
  output logic [RowW-1:0]  rdata_o
);

  logic [2:0] ren_q;
  logic [SlotW-1:0] slot_q;
  logic [RowW-1:0] word, word_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ren_q <= '0;
    end else begin
      ren_q <= {ren_q[1:0], ren_i};
    end
  end
  always_ff @(posedge clk_i) begin
    if (ren_i) slot_q <= rslot_i;
    if (ren_q[2]) word_q <= word;
  end

  edgemoe_ram_sdp #(.Width(RowW), .Depth(Rows)) u_memory (
    .clk_i(clk_i), .rst_ni(rst_ni), .wen_i(wen_i), .wstrobe_i(1'b1), .waddr_i(wslot_i),
    .wdata_i(wdata_i), .ren_i(ren_q[0]), .raddr_i(slot_q), .rdata_o(word)
  );
  assign rdata_o = word_q;

endmodule
