// SPDX-License-Identifier: Apache-2.0
// When the softmax of each pair begins, and who may go on when.
//
// Why:       AttentionRun::softmax of sim/units as counters: a pair's softmax begins when its last
//            score is written (kBuffer later), the unit is free, and one of two exponential
//            buffers is.
// Interface  score_take_i, score_last_i: first and last cycle of a pair's QK; value_take_i,
//            value_last_i: of its PV. clear_i: with the last PV's last cycle of a command.
//            buffer_free_o: QK of the next pair may take a score buffer. values_ready_o: PV of the
//            next pair may begin. start_o: the softmax begins in this cycle.
//            cycles_i: of one softmax.
// Latency    all conditions as in sim/units: a pair's scores are there ScoresReady cycles after the
//            last cycle of its QK, its score buffer is free cycles_i + 1 after the start, PV may
//            begin SoftmaxPipeline + 1 after the last score was read.
// Reset      nothing on its way.
// Parameters ScoreGroups score buffers; ScoreDrain cycles in which a block of scores leaves.
// Verified   tests/rtl/array_control, within the whole.
`include "edgemoe_assert.svh"

module edgemoe_softmax_schedule #(
  parameter int unsigned ScoreGroups = 3,
  parameter int unsigned ScoreDrain = 2,
  parameter int unsigned CyclesW = 8,
  localparam int unsigned BufW = $clog2(ScoreGroups),
  localparam int unsigned LevelW = $clog2(ScoreGroups + 1)
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               score_take_i,
  input  logic               score_last_i,
  input  logic               value_take_i,
  input  logic               value_last_i,
  input  logic               clear_i,
  input  logic [CyclesW-1:0] cycles_i,
  output logic               buffer_free_o,
  output logic               values_ready_o,
  output logic               start_o,
  output logic [BufW-1:0]    buffer_o,
  output logic               half_o
);

  // A level shows an event of cycle t from t + 1 on: kBuffer where the engine has it.
  localparam int unsigned ScoresReady = 1 + edgemoe_pkg::ArrayPipeline + ScoreDrain +
                                        edgemoe_pkg::ScoreWrite;

  logic scores_written, read_q, read_d, done, issued_q;
  logic [LevelW-1:0] taken_q, taken_d;      // score buffers
  logic [LevelW-1:0] written_q, written_d;  // pairs whose scores are there
  logic [1:0] halves_q, halves_d;           // exponential buffers
  logic [1:0] ready_q, ready_d;             // of which complete
  logic [CyclesW-1:0] busy_q, busy_d;
  logic [BufW-1:0] buffer_q, buffer_d;
  logic half_q, half_d;

  edgemoe_shift_register #(.Width(1), .Depth(ScoresReady)) u_written (
    .clk_i(clk_i), .rst_ni(rst_ni), .data_i(score_last_i), .data_o(scores_written)
  );
  edgemoe_shift_register #(.Width(1), .Depth(edgemoe_pkg::SoftmaxPipeline)) u_done (
    .clk_i(clk_i), .rst_ni(rst_ni), .data_i(read_q), .data_o(done)
  );

  assign buffer_free_o = 32'(taken_q) < ScoreGroups;
  assign values_ready_o = ready_q != '0;
  assign start_o = written_q != '0 && busy_q == '0 && !halves_q[1];
  assign buffer_o = buffer_q;
  assign half_o = half_q;
  assign taken_d = taken_q + LevelW'(score_take_i) - LevelW'(read_q);
  assign written_d = written_q + LevelW'(scores_written) - LevelW'(start_o);
  assign halves_d = halves_q + 2'(start_o) - 2'(issued_q);
  assign ready_d = ready_q + 2'(done) - 2'(value_take_i);
  assign read_d = start_o ? cycles_i == CyclesW'(1) : busy_q == CyclesW'(1);

  always_comb begin
    busy_d = busy_q == '0 ? '0 : busy_q - 1'b1;
    buffer_d = buffer_q;
    half_d = half_q;
    if (start_o) begin
      busy_d = cycles_i - 1'b1;
      buffer_d = buffer_q == BufW'(ScoreGroups - 1) ? '0 : buffer_q + 1'b1;
      half_d = !half_q;
    end
    if (clear_i) begin
      buffer_d = '0;
      half_d = 1'b0;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      taken_q <= '0;
      written_q <= '0;
      halves_q <= '0;
      ready_q <= '0;
      busy_q <= '0;
      read_q <= 1'b0;
      issued_q <= 1'b0;
      buffer_q <= '0;
      half_q <= 1'b0;
    end else begin
      taken_q <= taken_d;
      written_q <= written_d;
      halves_q <= halves_d;
      ready_q <= ready_d;
      busy_q <= busy_d;
      read_q <= read_d;
      issued_q <= value_last_i;
      buffer_q <= buffer_d;
      half_q <= half_d;
    end
  end

  // Assertions
  `EDGEMOE_ASSERT(BuffersNotOverrun, !score_take_i || buffer_free_o)
  `EDGEMOE_ASSERT(ValuesAfterSoftmax, !value_take_i || values_ready_o)
  `EDGEMOE_ASSERT(HalvesCount, halves_q != 2'd3 && ready_q <= halves_q)
  `EDGEMOE_ASSERT(ClearWhenIdle, !clear_i || (busy_q == '0 && written_q == '0))

endmodule
