// SPDX-License-Identifier: Apache-2.0
// edgemoe_counter_file: the program's progress counters, and the count of finished commands.
//
// Interface  event i: ev_valid_i, in the cycle of the end that it tells of; ev_signal_i: adds
//            ev_amount_i to ev_counter_i; ev_done_i: a command has ended. Several events may hit
//            one counter in a cycle. count_o: to the units' fronts. barrier_*: what the sequencer
//            waits for.
// Latency    an event of cycle e: in count_o from e + 1 on (the fronts have the second register of
//            SignalCycles), in reached_o from e + SignalCycles on, in commands_done_o from
//            e + DoneCycles on.
// Reset      all 0: every start of a program resets.
// Numbers    16 bit, unsigned; must not run over (asserted for the total).
// Parameters Events >= 1; Counters: a power of two, at most MaxCounters. Numbers beyond must not
//            come: the sequencer refuses them.
// Verified   tests/rtl/common, against sums in C++.
`include "edgemoe_assert.svh"

module edgemoe_counter_file #(
  parameter int unsigned Events = 11,
  parameter int unsigned Counters = 16,
  localparam int unsigned CounterW = $clog2(Counters),
  localparam int unsigned Levels = Events > 1 ? $clog2(Events) : 1,
  localparam int unsigned Waits = edgemoe_pkg::MaxWaits
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,

  // events
  input  logic [Events-1:0]       ev_valid_i,
  input  logic [Events-1:0]       ev_signal_i,
  input  logic [Events*8-1:0]     ev_counter_i,
  input  logic [Events*9-1:0]     ev_amount_i,
  input  logic [Events-1:0]       ev_done_i,

  // counts
  output logic [Counters*16-1:0]  count_o,
  output logic [15:0]             commands_done_o,

  // barriers
  input  logic [Waits*8-1:0]      barrier_counter_i,
  input  logic [Waits*16-1:0]     barrier_value_i,
  output logic [Waits-1:0]        reached_o
);

  `EDGEMOE_PARAMETER_CHECK(CountersPowerOfTwo, Counters >= 2 && (Counters & (Counters - 1)) == 0 &&
                           Counters <= edgemoe_pkg::MaxCounters)
  `EDGEMOE_PARAMETER_CHECK(Latencies,
                           edgemoe_pkg::SignalCycles == 2 && edgemoe_pkg::DoneCycles == 1)

  logic [Counters*16-1:0] count_q, count_d, visible_q;
  logic [15:0] done_q, done_d;
  logic [Events-1:0] adds;
  logic any, any_q;

  assign adds = ev_valid_i & ev_signal_i;
  assign any = |adds;

  always_comb begin
    done_d = done_q;
    for (int i = 0; i < Events; i++) begin
      if (ev_valid_i[i] && ev_done_i[i]) done_d = done_d + 16'd1;
    end
  end

  // One small sum a counter: a tree of pairs, masked in its first level. Node k of level l is at
  // 16 * (l * Events + k); of an odd number of nodes the last passes through.
  for (genvar c = 0; c < Counters; c++) begin : gen_counter
    logic [Events-1:0]               hit;
    logic [16*Events*(Levels+1)-1:0] node /* verilator split_var */;
    always_comb begin
      for (int i = 0; i < Events; i++) begin
        hit[i] = adds[i] && ev_counter_i[i*8 +: CounterW] == CounterW'(c);
      end
    end
    for (genvar i = 0; i < Events; i++) begin : gen_amount
      assign node[16*i +: 16] = 16'(ev_amount_i[i*9 +: 9]);
    end
    for (genvar l = 0; l < Levels; l++) begin : gen_level
      localparam int unsigned Nodes = (Events + (1 << l) - 1) >> l;
      localparam int unsigned W     = 9 + l < 16 ? 9 + l : 16;
      for (genvar k = 0; k < Events; k++) begin : gen_node
        if (2 * k + 1 < Nodes) begin : gen_pair
          logic [W:0] sum;
          edgemoe_pair_sum #(.Width(W), .Masked(l == 0 ? 1 : 0)) u_sum (
            .a_i(node[16*(l*Events+2*k) +: W]), .b_i(node[16*(l*Events+2*k+1) +: W]),
            .use_a_i(l == 0 && hit[2*k]), .use_b_i(l == 0 && hit[2*k+1]), .sum_o(sum)
          );
          assign node[16*((l+1)*Events+k) +: 16] = 16'(sum);
        end else if (2 * k < Nodes) begin : gen_last
          assign node[16*((l+1)*Events+k) +: 16] =
              node[16*(l*Events+2*k) +: 16] & {16{l != 0 || hit[2*k]}};
        end else begin : gen_none
          assign node[16*((l+1)*Events+k) +: 16] = '0;
        end
      end
    end
    assign count_d[c*16 +: 16] = count_q[c*16 +: 16] + node[16*Levels*Events +: 16];
    logic unused_nodes;
    assign unused_nodes = ^node;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      count_q <= '0;
      visible_q <= '0;
      done_q <= '0;
      any_q <= 1'b0;
    end else begin
      any_q <= any;
      if (any) count_q <= count_d;
      if (any_q) visible_q <= count_q;
      done_q <= done_d;
    end
  end

  assign count_o = count_q;
  assign commands_done_o = done_q;
  for (genvar w = 0; w < Waits; w++) begin : gen_barrier
    logic [15:0] count;
    edgemoe_select #(.Words(Counters), .Width(16)) u_select (
      .data_i(visible_q), .index_i(barrier_counter_i[w*8 +: CounterW]), .word_o(count)
    );
    assign reached_o[w] = count >= barrier_value_i[w*16 +: 16];
  end

  // Assertions
  `EDGEMOE_ASSERT(DoneDoesNotRunOver, done_d >= done_q)

  logic unused;
  assign unused = ^{ev_counter_i, barrier_counter_i};

endmodule
