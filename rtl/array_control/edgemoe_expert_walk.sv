// SPDX-License-Identifier: Apache-2.0
// The matrices of EXPERTS in order: W1(0) W1(1) W2(0) W1(2) W2(1) ..., or W1 W2 W1 W2 where the
// hidden buffer does not hold two of the longest possible queues.
//
// Why:       ExpertRun::run of sim/units. Which matrix comes next, its expert, queue and ring entry
//            are looked up while the one before it runs, so that it can begin a cycle later.
// Interface  begin_i: the routing is public. exec_*, length_i from then on. pair_i: two queues fit.
//            look_*: asks for the ring entry of an expert's matrix; found_i answers within the
//            cycle. load_o: the answer is that of the matrix that runs in the next cycle. next_i:
//            last cycle of the matrix that runs. clear_i: with the command's last one.
//            valid_o: matrix_o of expert_o, with queue length_o, runs; its entry is found_o.
// Latency    first matrix two cycles after begin_i; the next one in the cycle after next_i. next_i
//            comes no earlier than in a matrix' second cycle (output credit sees to that).
// Reset      nothing runs.
// Verified   tests/rtl/array_control, within the whole.
`include "edgemoe_assert.svh"

module edgemoe_expert_walk #(
  parameter int unsigned Experts = 16,
  parameter int unsigned LengthW = 9,
  localparam int unsigned ExpertW = Experts > 1 ? $clog2(Experts) : 1,
  localparam int unsigned CountW = $clog2(Experts + 1)
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  input  logic                       begin_i,
  input  logic [CountW-1:0]          exec_count_i,
  input  logic [Experts*ExpertW-1:0] exec_list_i,
  input  logic [Experts*LengthW-1:0] length_i,
  input  logic                       pair_i,
  output logic [ExpertW-1:0]         look_expert_o,
  output logic                       look_matrix_o,
  input  logic                       found_i,
  output logic                       load_o,
  input  logic                       next_i,
  input  logic                       clear_i,
  output logic                       valid_o,
  output logic                       matrix_o,
  output logic [ExpertW-1:0]         expert_o,
  output logic [LengthW-1:0]         length_o,
  output logic                       half_o,     // of the hidden buffer
  output logic                       last_o,     // the last matrix of the command
  output logic                       found_o
);

  // Places in execution order of the next W1 and W2; experts between their matrices.
  logic [CountW-1:0] first_q, first_d, second_q, second_d;
  logic [1:0] open_q, open_d;
  // Stage 1: the next matrix. Stage 2: the one that runs.
  logic next_first, next_matrix_q, next_half_q, next_last_q, next_half, next_last;
  logic [CountW-1:0] next_place;
  logic [ExpertW-1:0] next_expert_q, next_expert;
  logic started_q, load, look_again;
  logic valid_q, valid_d, matrix_q, half_q, last_q, found_q, found_d;
  logic [ExpertW-1:0] expert_q;
  logic [LengthW-1:0] length_q;

  assign next_first = first_q < exec_count_i && (pair_i ? !open_q[1] : open_q == '0);
  assign next_place = next_first ? first_q : second_q;
  assign next_expert = exec_list_i[32'(next_place)*ExpertW +: ExpertW];
  assign next_half = pair_i && next_place[0];
  assign next_last = !next_first && (CountW + 1)'(second_q) + 1'b1 == (CountW + 1)'(exec_count_i);

  // A matrix whose load has not begun is asked for until it has: its rows come later than that.
  assign look_again = valid_q && !found_q;
  assign look_expert_o = look_again ? expert_q : next_expert_q;
  assign look_matrix_o = look_again ? matrix_q : next_matrix_q;
  assign load = started_q || (next_i && !last_q);

  always_comb begin
    first_d = first_q;
    second_d = second_q;
    open_d = open_q;
    valid_d = valid_q || load;
    found_d = found_q || found_i;
    if (load) begin
      found_d = !look_again && found_i;
      if (next_matrix_q) begin
        second_d = second_q + 1'b1;
        open_d = open_q - 1'b1;
      end else begin
        first_d = first_q + 1'b1;
        open_d = open_q + 1'b1;
      end
    end
    if (clear_i) begin
      valid_d = 1'b0;
      first_d = '0;
      second_d = '0;
      open_d = '0;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      started_q <= 1'b0;
      valid_q <= 1'b0;
      found_q <= 1'b0;
      first_q <= '0;
      second_q <= '0;
      open_q <= '0;
    end else begin
      started_q <= begin_i && exec_count_i != '0;
      valid_q <= valid_d;
      found_q <= found_d;
      first_q <= first_d;
      second_q <= second_d;
      open_q <= open_d;
    end
  end

  always_ff @(posedge clk_i) begin
    next_matrix_q <= !next_first;
    next_expert_q <= next_expert;
    next_half_q <= next_half;
    next_last_q <= next_last;
    if (load) begin
      matrix_q <= next_matrix_q;
      expert_q <= next_expert_q;
      length_q <= length_i[32'(next_expert_q)*LengthW +: LengthW];
      half_q <= next_half_q;
      last_q <= next_last_q;
    end
  end

  assign valid_o = valid_q;
  assign matrix_o = matrix_q;
  assign expert_o = expert_q;
  assign length_o = length_q;
  assign half_o = half_q;
  assign last_o = last_q;
  assign found_o = found_q;
  assign load_o = load || look_again;

  // Assertions
`ifndef SYNTHESIS
  logic loaded_q;
  always_ff @(posedge clk_i) loaded_q <= load;
  `EDGEMOE_ASSERT(NextNotInTheFirstCycle, !next_i || !loaded_q)
  `EDGEMOE_ASSERT(NextIsOfTheRunning, !next_i || valid_q)
`endif

endmodule
