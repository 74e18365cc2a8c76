// SPDX-License-Identifier: Apache-2.0
// Ring slots of a matrix' tiles: out block after out block, a block again as often as wanted.
//
// Interface  slot0_i: slot of the matrix' first tile. step_i: a tile is read in this cycle;
//            matrix_first_i, block_first_i: it is the first one of these; again_i: the tile after
//            it is the first one of the same block.
// Latency    slot_o belongs to the tile of this cycle.
// Reset      none needed: a matrix begins with slot0_i.
// Parameters Ring rows, any number.
// Verified   tests/rtl/array_control, within the whole.

module edgemoe_ring_cursor #(
  parameter int unsigned Ring = 6144,
  localparam int unsigned SlotW = $clog2(Ring)
) (
  input  logic             clk_i,
  input  logic [SlotW-1:0] slot0_i,
  input  logic             step_i,
  input  logic             matrix_first_i,
  input  logic             block_first_i,
  input  logic             again_i,
  output logic [SlotW-1:0] slot_o
);

  logic [SlotW-1:0] slot_q, slot_d, block_q, block, after;

  assign slot_o = matrix_first_i ? slot0_i : slot_q;
  assign block = block_first_i ? slot_o : block_q;
  assign after = slot_o == SlotW'(Ring - 1) ? '0 : slot_o + 1'b1;
  assign slot_d = again_i ? block : after;

  always_ff @(posedge clk_i) begin
    if (step_i) begin
      slot_q <= slot_d;
      block_q <= block;
    end
  end

endmodule
