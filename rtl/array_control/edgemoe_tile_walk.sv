// SPDX-License-Identifier: Apache-2.0
// The tiles of one block, or of all key blocks of a pair's scores, one a cycle without a pause.
//
// Why:       Array::block and AttentionRun::scores of sim/units: a block waits for output credit,
//            then runs through. Credit: the drain takes drain_i cycles for a block, so the next one
//            ends at least that much later; scores leave by a drain of their own.
// Interface  want_i: the waits of the block at the head hold; its shape: turns_i times length_i
//            cycles, of which the first tiles_i carry a tile. A block is one accumulation over all
//            turns (the gate's two planes); of scores, each turn is one. drain_i: cycles in which
//            it leaves the accumulators. limit_i: largest credit with which it may start. take_o
//            in its first cycle, last_o in its last.
//            tile_*: the tile of this cycle, k_o and turn_o its place.
//            hold_i, hold_slots_i: the drain copies hold_slots_i words first.
// Latency    take_o in the cycle of want_i when the credit is there.
// Reset      nothing runs, full credit.
// Verified   tests/rtl/array_control, within the whole; formal, blocks end with the drain free, +
//            induction.
`include "edgemoe_assert.svh"

module edgemoe_tile_walk #(
  parameter int unsigned WordW = 6,
  parameter int unsigned TurnW = 4
) (
  input  logic             clk_i,
  input  logic             rst_ni,

  // block at the head
  input  logic             want_i,
  input  logic             scores_i,
  input  logic [WordW-1:0] tiles_i,
  input  logic [WordW-1:0] length_i,
  input  logic [TurnW-1:0] turns_i,
  input  logic [WordW-1:0] drain_i,
  input  logic [WordW:0]   limit_i,
  output logic             take_o,
  output logic             last_o,

  // tile of this cycle
  output logic             tile_valid_o,
  output logic             tile_first_o,
  output logic             tile_last_o,
  output logic             tile_shift_o,
  output logic             turn_last_o,   // last tile of its turn
  output logic [WordW-1:0] k_o,
  output logic [TurnW-1:0] turn_o,

  // class row
  input  logic             hold_i,
  input  logic [WordW-1:0] hold_slots_i
);

  localparam int unsigned CreditW = WordW + 1;

  logic run_q, run_d;
  logic [WordW-1:0] k_q, k_d;
  logic [TurnW-1:0] turn_q, turn_d;
  logic [CreditW-1:0] credit_q, credit_d;  // cycles until a block may end
  logic active, end_of_turn, last_turn, last_tile;

  assign take_o = want_i && !run_q && credit_q <= limit_i;
  assign active = run_q || take_o;
  assign end_of_turn = (WordW + 1)'(k_q) + 1'b1 >= (WordW + 1)'(length_i);
  assign last_turn = (TurnW + 1)'(turn_q) + 1'b1 >= (TurnW + 1)'(turns_i);
  assign last_tile = (WordW + 1)'(k_q) + 1'b1 == (WordW + 1)'(tiles_i);
  assign last_o = active && end_of_turn && last_turn;

  assign tile_valid_o = active && k_q < tiles_i;
  assign tile_first_o = tile_valid_o && k_q == '0 && (scores_i || turn_q == '0);
  assign tile_last_o = tile_valid_o && last_tile && (scores_i || last_turn);
  assign tile_shift_o = tile_valid_o && k_q == '0 && !scores_i && turn_q != '0;
  assign turn_last_o = tile_valid_o && last_tile;
  assign k_o = k_q;
  assign turn_o = turn_q;

  always_comb begin
    run_d = run_q;
    k_d = k_q;
    turn_d = turn_q;
    if (active) begin
      run_d = !last_o;
      k_d = end_of_turn ? '0 : k_q + 1'b1;
      if (end_of_turn) turn_d = last_turn ? '0 : turn_q + 1'b1;
    end
  end

  always_comb begin
    credit_d = credit_q == '0 ? '0 : credit_q - 1'b1;
    if (hold_i) credit_d = credit_q + CreditW'(hold_slots_i) - 1'b1;
    if (last_o && !scores_i) credit_d = CreditW'(drain_i);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      run_q <= 1'b0;
      k_q <= '0;
      turn_q <= '0;
      credit_q <= '0;
    end else begin
      run_q <= run_d;
      k_q <= k_d;
      turn_q <= turn_d;
      credit_q <= credit_d;
    end
  end

  // Assertions
  `EDGEMOE_ASSERT(NothingHeldInABlock, !hold_i || !active)
  `EDGEMOE_ASSERT(HoldsSomething, !hold_i || hold_slots_i != '0)
  `EDGEMOE_ASSERT(BlocksLeave, !take_o || scores_i || drain_i != '0)
  `EDGEMOE_ASSERT(BlocksHaveTiles,
                  !take_o || (tiles_i != '0 && tiles_i <= length_i && turns_i != '0))

`ifdef FORMAL
  // The user: a block has tiles, waits for the credit of all its cycles, and stays as it is until
  // it ends; the class row comes between blocks.
  localparam int unsigned SpanW = WordW + TurnW + 1;
  logic [SpanW-1:0] total, left;  // cycles of the block, and those that are to come
  logic [WordW-1:0] tiles_q, length_q;
  logic [TurnW-1:0] turns_q;
  logic scores_q;
  assign total = SpanW'(length_i) * SpanW'(turns_i);
  assign left = total - SpanW'(turn_q) * SpanW'(length_i) - SpanW'(k_q);
  always @* begin
    assume (tiles_i != '0 && tiles_i <= length_i && turns_i != '0 && turns_i <= 2);
    assume (SpanW'(limit_i) == total);
    assume (drain_i != '0);
    assume (!run_q || (tiles_i == tiles_q && length_i == length_q && turns_i == turns_q &&
                       scores_i == scores_q));
    assume (!hold_i || (!active && hold_slots_i != '0 &&
                        credit_q < CreditW'(2 ** WordW)));
  end
  always @(posedge clk_i) begin
    tiles_q <= tiles_i;
    length_q <= length_i;
    turns_q <= turns_i;
    scores_q <= scores_i;
  end

  // Cycles that the drain still needs for what has been issued.
  logic [CreditW-1:0] drain_q;
  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) drain_q <= '0;
    else if (last_o && !scores_i) drain_q <= drain_i;
    else if (hold_i) drain_q <= drain_q + hold_slots_i - 1'b1;
    else if (drain_q != '0) drain_q <= drain_q - 1'b1;
  end
  `EDGEMOE_ASSERT(EndsWithTheDrainFree, !last_o || scores_i || drain_q <= 1)
  `EDGEMOE_ASSERT(WholeBlock, !active || last_o == (left == SpanW'(1)))
  // What induction needs.
  `EDGEMOE_ASSERT(CreditIsDrain, credit_q == drain_q)
  `EDGEMOE_ASSERT(Rests, run_q || (k_q == '0 && turn_q == '0))
  `EDGEMOE_ASSERT(Inside, !run_q || (k_q < length_q && turn_q < turns_q))
  `EDGEMOE_ASSERT(InTime, !run_q || scores_q || SpanW'(drain_q) <= left)
`endif

endmodule
