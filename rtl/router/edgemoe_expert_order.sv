// SPDX-License-Identifier: Apache-2.0
// edgemoe_expert_order: which experts are active, and in which order they are executed.
//
// Interface  begin_i: lengths_i hold from here on until done; list_* names the experts that were
//            fetched before the gate had spoken. out: active experts (bit e); exec_*: guessed ones
//            that are active, in list order, then the rest by descending queue length, ties to the
//            lower index; rest_*: the second part alone. Entry i in bits [i*ExpertW +: ExpertW].
// Rules      one expert a cycle: first through the list, then the longest of what is left.
// Handshake  ready_o: the outputs belong to the last begin_i; they stay until the next.
// Latency    at most Experts + 1 cycles from begin_i to ready_o, plus the idle ones of the list:
//            list and rest do not overlap, so together they are no more than the experts.
// Reset      nothing ordered.
// Requires   a list without repetition (sim/units refuses others), entries below Experts.
// Parameters Experts >= 2; LengthW bits of a queue's length.
// Verified   tests/rtl/router: against plan_experts of sim/units.
`include "edgemoe_assert.svh"

module edgemoe_expert_order #(
  parameter int unsigned Experts = 16,
  parameter int unsigned LengthW = 9,
  localparam int unsigned ListMax = edgemoe_pkg::MaxListedExperts,
  localparam int unsigned ExpertW = $clog2(Experts),
  localparam int unsigned CountW  = $clog2(Experts + 1)
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,

  input  logic                       begin_i,
  input  logic [Experts*LengthW-1:0] lengths_i,
  input  logic [4:0]                 list_count_i,
  input  logic [ListMax*8-1:0]       list_i,

  output logic                       ready_o,
  output logic [Experts-1:0]         active_o,
  output logic [CountW-1:0]          exec_count_o,
  output logic [Experts*ExpertW-1:0] exec_list_o,
  output logic [CountW-1:0]          rest_count_o,
  output logic [Experts*ExpertW-1:0] rest_list_o
);

  logic                       busy_q, busy_d, ready_q, ready_d;
  logic [4:0]                 place_q, place_d;  // in the list
  logic [Experts-1:0]         active_q, active_d, left_q, left_d;
  logic [CountW-1:0]          exec_count_q, exec_count_d, rest_count_q, rest_count_d;
  logic [Experts*ExpertW-1:0] exec_q, exec_d, rest_q, rest_d;

  // The longest queue of those that are left: a tree of comparisons, the lower index wins ties.
  localparam int unsigned Leaves = 1 << ExpertW;
  logic [2*Leaves*LengthW-1:0] tree_length;
  logic [2*Leaves*ExpertW-1:0] tree_expert;
  always_comb begin
    tree_length = '0;
    tree_expert = '0;
    for (int e = 0; e < Leaves; e++) begin
      tree_expert[(Leaves+e)*ExpertW +: ExpertW] = ExpertW'(e);
      if (e < Experts) begin
        if (left_q[e]) begin
          tree_length[(Leaves+e)*LengthW +: LengthW] = lengths_i[e*LengthW +: LengthW];
        end
      end
    end
    for (int n = Leaves - 1; n > 0; n--) begin
      if (tree_length[(2*n+1)*LengthW +: LengthW] > tree_length[2*n*LengthW +: LengthW]) begin
        tree_length[n*LengthW +: LengthW] = tree_length[(2*n+1)*LengthW +: LengthW];
        tree_expert[n*ExpertW +: ExpertW] = tree_expert[(2*n+1)*ExpertW +: ExpertW];
      end else begin
        tree_length[n*LengthW +: LengthW] = tree_length[2*n*LengthW +: LengthW];
        tree_expert[n*ExpertW +: ExpertW] = tree_expert[2*n*ExpertW +: ExpertW];
      end
    end
  end

  logic [ExpertW-1:0] listed, longest;
  logic               in_list, take;
  assign listed  = ExpertW'(list_i[32'(place_q)*8 +: 8]);
  assign longest = tree_expert[ExpertW +: ExpertW];
  assign in_list = place_q != list_count_i;
  assign take    = busy_q && (in_list ? left_q[listed] : left_q != '0);

  always_comb begin
    busy_d       = busy_q;
    ready_d      = ready_q;
    place_d      = place_q;
    active_d     = active_q;
    left_d       = left_q;
    exec_count_d = exec_count_q;
    rest_count_d = rest_count_q;
    exec_d       = exec_q;
    rest_d       = rest_q;
    if (busy_q && in_list) place_d = place_q + 5'd1;
    if (take) begin
      exec_d[32'(exec_count_q)*ExpertW +: ExpertW] = in_list ? listed : longest;
      exec_count_d = exec_count_q + CountW'(1);
      left_d[in_list ? listed : longest] = 1'b0;
      if (!in_list) begin
        rest_d[32'(rest_count_q)*ExpertW +: ExpertW] = longest;
        rest_count_d = rest_count_q + CountW'(1);
      end
    end
    if (busy_q && !in_list && left_q == '0) begin
      busy_d  = 1'b0;
      ready_d = 1'b1;
    end
    if (begin_i) begin
      busy_d       = 1'b1;
      ready_d      = 1'b0;
      place_d      = '0;
      exec_count_d = '0;
      rest_count_d = '0;
      for (int e = 0; e < Experts; e++) active_d[e] = lengths_i[e*LengthW +: LengthW] != '0;
      left_d = active_d;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      busy_q       <= 1'b0;
      ready_q      <= 1'b0;
      place_q      <= '0;
      active_q     <= '0;
      left_q       <= '0;
      exec_count_q <= '0;
      rest_count_q <= '0;
      exec_q       <= '0;
      rest_q       <= '0;
    end else begin
      busy_q       <= busy_d;
      ready_q      <= ready_d;
      place_q      <= place_d;
      active_q     <= active_d;
      left_q       <= left_d;
      exec_count_q <= exec_count_d;
      rest_count_q <= rest_count_d;
      exec_q       <= exec_d;
      rest_q       <= rest_d;
    end
  end

  assign ready_o      = ready_q;
  assign active_o     = active_q;
  assign exec_count_o = exec_count_q;
  assign exec_list_o  = exec_q;
  assign rest_count_o = rest_count_q;
  assign rest_list_o  = rest_q;

  `EDGEMOE_ASSERT(ListFits, 32'(list_count_i) <= ListMax)
  `EDGEMOE_ASSERT(ListInside, !(busy_q && in_list) || 32'(list_i[32'(place_q)*8 +: 8]) < Experts)
  `EDGEMOE_ASSERT(CountsFit, 32'(exec_count_q) <= Experts && rest_count_q <= exec_count_q)

endmodule
