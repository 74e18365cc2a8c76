// SPDX-License-Identifier: Apache-2.0
// Output credit: whatever blocks come, and whenever, those that the requantiser drains end when the
// drain is free of the one before; the copy of a class row keeps its slots free as well.
// What the user promises, and the properties, stand in edgemoe_tile_walk.sv.
module formal_tile_walk #(
  parameter int unsigned WordW = 3,
  parameter int unsigned TurnW = 2
) (
  input logic             clk_i,
  input logic             rst_ni,
  input logic             want_i,
  input logic             scores_i,
  input logic [WordW-1:0] tiles_i,
  input logic [WordW-1:0] length_i,
  input logic [TurnW-1:0] turns_i,
  input logic [WordW-1:0] drain_i,
  input logic [WordW:0]   limit_i,
  input logic             hold_i,
  input logic [WordW-1:0] hold_slots_i
);
  // Every proof starts in reset; afterwards reset is free.
  logic started_q;
  initial started_q = 1'b0;
  always @(posedge clk_i) started_q <= 1'b1;
  always @* if (!started_q) assume (!rst_ni);

  logic take, last, tile_valid, tile_first, tile_last, tile_shift, turn_last;
  logic [WordW-1:0] k;
  logic [TurnW-1:0] turn;
  edgemoe_tile_walk #(.WordW(WordW), .TurnW(TurnW)) u_tiles (
    .clk_i, .rst_ni, .want_i, .scores_i, .tiles_i, .length_i, .turns_i, .drain_i, .limit_i,
    .take_o(take), .last_o(last), .tile_valid_o(tile_valid), .tile_first_o(tile_first),
    .tile_last_o(tile_last), .tile_shift_o(tile_shift), .turn_last_o(turn_last), .k_o(k),
    .turn_o(turn), .hold_i, .hold_slots_i
  );

  // A tile's marks come with tiles only, and a block that is taken is not taken again within it.
  always @(posedge clk_i) if (rst_ni) begin
    marks : assert (tile_valid || !(tile_first || tile_last || tile_shift || turn_last));
    first_tile : assert (!take || (tile_first && k == '0 && turn == '0));
  end
endmodule
