// SPDX-License-Identifier: Apache-2.0
// When the gather unit copies which group of an expert's queue into which staging half.
//
// Why:       ExpertRun::gathered of sim/units: jobs over all experts in execution order, a group
//            each; a job takes rows * words cycles and needs one of two halves.
// Interface  begin_i: the routing is public (first cycle of EXPERTS that may act); exec_*, length_i
//            from then on. group_last_i: last cycle of W1's last block of a group (its half is free
//            kBuffer later); group_take_i: first cycle of its first block. clear_i: the command
//            ends. start_o: the gather of expert_o's rows index_o .. + rows_o begins in this cycle.
//            ready_o: the next group may be issued.
// Latency    start_o of the first job in the cycle of begin_i; ready_o kGatherPipeline + kBuffer
//            after a job's last cycle.
// Reset      idle.
// Verified   tests/rtl/array_control, within the whole.
`include "edgemoe_assert.svh"

module edgemoe_gather_schedule #(
  parameter int unsigned TokenLanes = 8,
  parameter int unsigned Experts = 16,
  parameter int unsigned LengthW = 9,
  parameter int unsigned WordW = 6,
  localparam int unsigned ExpertW = Experts > 1 ? $clog2(Experts) : 1,
  localparam int unsigned CountW = $clog2(Experts + 1),
  localparam int unsigned LaneW = $clog2(TokenLanes + 1)
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  input  logic                       begin_i,
  input  logic [CountW-1:0]          exec_count_i,
  input  logic [Experts*ExpertW-1:0] exec_list_i,
  input  logic [Experts*LengthW-1:0] length_i,
  input  logic [WordW-1:0]           words_i,
  input  logic                       group_take_i,
  input  logic                       group_last_i,
  input  logic                       clear_i,
  output logic                       start_o,
  output logic [ExpertW-1:0]         expert_o,
  output logic [LengthW-1:0]         index_o,
  output logic [LaneW-1:0]           rows_o,
  output logic                       half_o,
  output logic                       ready_o
);

  logic run_q, run_d, busy_q, busy_d, half_q, half_d, issued_q;
  logic [CountW-1:0] place_q, place_d;
  logic [LengthW-1:0] index_q, index_d, length;
  logic [LengthW:0] left;
  logic [LaneW-1:0] rows_q, rows, row_q, row_d;
  logic [WordW-1:0] word_q, word_d;
  logic [1:0] halves_q, halves_d, ready_q, ready_d;
  logic last_group, in_job, last_word, last_cycle, done;

  assign expert_o = exec_list_i[32'(place_q)*ExpertW +: ExpertW];
  assign length = length_i[32'(expert_o)*LengthW +: LengthW];
  assign left = (LengthW + 1)'(length) - (LengthW + 1)'(index_q);
  assign last_group = left <= (LengthW + 1)'(TokenLanes);
  assign rows_o = last_group ? LaneW'(left) : LaneW'(TokenLanes);
  assign index_o = index_q;
  assign half_o = half_q;
  assign start_o = (run_q || (begin_i && exec_count_i != '0)) && !busy_q && !halves_q[1];

  // Cycles of a job: rows_o times words_i.
  assign rows = start_o ? rows_o : rows_q;
  assign in_job = start_o || busy_q;
  assign last_word = (WordW + 1)'(word_q) + 1'b1 >= (WordW + 1)'(words_i);
  assign last_cycle = in_job && last_word && (LaneW + 1)'(row_q) + 1'b1 >= (LaneW + 1)'(rows);

  edgemoe_shift_register #(.Width(1), .Depth(edgemoe_pkg::GatherPipeline + 1)) u_done (
    .clk_i(clk_i), .rst_ni(rst_ni), .data_i(last_cycle), .data_o(done)
  );

  assign halves_d = halves_q + 2'(start_o) - 2'(issued_q);
  assign ready_d = ready_q + 2'(done) - 2'(group_take_i);
  assign ready_o = ready_q != '0;

  always_comb begin
    run_d = run_q || begin_i;
    place_d = place_q;
    index_d = index_q;
    half_d = half_q;
    if (start_o) begin
      half_d = !half_q;
      index_d = last_group ? '0 : index_q + LengthW'(TokenLanes);
      if (last_group) place_d = place_q + 1'b1;
    end
    if (place_d >= exec_count_i) run_d = 1'b0;
    if (clear_i) begin
      run_d = 1'b0;
      place_d = '0;
      half_d = 1'b0;
    end
  end

  always_comb begin
    busy_d = in_job && !last_cycle;
    word_d = word_q;
    row_d = row_q;
    if (in_job) begin
      word_d = last_word ? '0 : word_q + 1'b1;
      if (last_word) row_d = last_cycle ? '0 : row_q + 1'b1;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      run_q <= 1'b0;
      busy_q <= 1'b0;
      half_q <= 1'b0;
      issued_q <= 1'b0;
      place_q <= '0;
      index_q <= '0;
      row_q <= '0;
      word_q <= '0;
      halves_q <= '0;
      ready_q <= '0;
    end else begin
      run_q <= run_d;
      busy_q <= busy_d;
      half_q <= half_d;
      issued_q <= group_last_i;
      place_q <= place_d;
      index_q <= index_d;
      row_q <= row_d;
      word_q <= word_d;
      halves_q <= halves_d;
      ready_q <= ready_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (start_o) rows_q <= rows_o;
  end

  // Assertions
  `EDGEMOE_ASSERT(GroupsAreGathered, !group_take_i || ready_o)
  `EDGEMOE_ASSERT(QueuesHaveRows, !start_o || left != '0)
  `EDGEMOE_ASSERT(HalvesCount, halves_q != 2'd3)
  `EDGEMOE_ASSERT(ClearWhenIdle, !clear_i || (!busy_q && !run_q))

endmodule
