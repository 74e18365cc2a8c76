// SPDX-License-Identifier: Apache-2.0
// The class row after an embedding: the drain copies a row of the position table, a slot a word.
//
// Why:       the end of Array::embed of sim/units. Runs beside the next command.
// Interface  block_i: last cycle of the embedding's last block. go_i: the class row's group may be
//            written (not before the cycle after block_i), words_i words of it.
//            start_o: the first of words_o words takes the drain's place in this cycle. end_o: the
//            row is written. info_i of go_i comes back as info_o with both.
// Latency    start_o when the last block has left the accumulators, or with go_i when that is
//            later; end_o words_i + kRequantPipeline after start_o.
// Reset      idle.
// Parameters InfoW bits of info.
// Verified   tests/rtl/array_control, within the whole.
`include "edgemoe_assert.svh"

module edgemoe_class_row_schedule #(
  parameter int unsigned TokenLanes = 8,
  parameter int unsigned WordW = 6,
  parameter int unsigned InfoW = 8
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             block_i,
  input  logic             go_i,
  input  logic [WordW-1:0] words_i,
  input  logic [InfoW-1:0] info_i,
  output logic             start_o,
  output logic [WordW-1:0] words_o,
  output logic             end_o,
  output logic [InfoW-1:0] info_o
);

  localparam int unsigned DrainCycles = edgemoe_pkg::ArrayPipeline + TokenLanes;
  localparam int unsigned DrainW = $clog2(DrainCycles + 1);
  localparam int unsigned RunW = WordW + 1;

  logic [DrainW-1:0] drain_q, drain_d;  // until the last block's sums are drained
  logic [RunW-1:0] run_q, run_d;
  logic wait_q, wait_d, end_q, end_d;
  logic [WordW-1:0] words_q, words;
  logic [InfoW-1:0] info_q;

  assign words = go_i ? words_i : words_q;
  assign start_o = (go_i || wait_q) && drain_q == '0;
  assign end_d = run_q == RunW'(1);

  always_comb begin
    drain_d = drain_q == '0 ? '0 : drain_q - 1'b1;
    if (block_i) drain_d = DrainW'(DrainCycles);
    wait_d = (go_i || wait_q) && !start_o;
    run_d = run_q == '0 ? '0 : run_q - 1'b1;
    if (start_o) run_d = RunW'(words) + RunW'(edgemoe_pkg::RequantPipeline - 1);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      drain_q <= '0;
      wait_q <= 1'b0;
      run_q <= '0;
      end_q <= 1'b0;
    end else begin
      drain_q <= drain_d;
      wait_q <= wait_d;
      run_q <= run_d;
      end_q <= end_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (go_i) begin
      words_q <= words_i;
      info_q <= info_i;
    end
  end

  assign end_o = end_q;
  assign words_o = words;
  assign info_o = go_i ? info_i : info_q;

  // Assertions
  `EDGEMOE_ASSERT(OneAtATime, !go_i || (!wait_q && run_q == '0))

endmodule
