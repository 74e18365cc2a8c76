// SPDX-License-Identifier: Apache-2.0
// edgemoe_expert_queue: the tokens that wait for one expert, in the order in which they were
// routed.
//
// Interface  push: an entry behind the others. clear: empties (a push in the same cycle is lost).
//            read: entry index_i of the queue, any number of times, until the next clear.
// Handshake  none: a row is routed once between two clears and Depth is the number of rows, so a
//            queue cannot overflow (asserted). A push beyond Depth is dropped.
// Latency    a push counts in length_o in the next cycle, when its entry may also be asked for;
//            index_i to entry_o: 1 cycle.
// Reset      empties the queue.
// Parameters Depth >= 1 entries; Width >= 1 bits (row and score).
// Verified   tests/rtl/router: simulation; formal: what was pushed n-th is read at n, bounded and
//            by
//            induction.
`include "edgemoe_assert.svh"

module edgemoe_expert_queue #(
  parameter int unsigned Depth = 272,
  parameter int unsigned Width = 26,
  localparam int unsigned LengthWidth = $clog2(Depth + 1),
  localparam int unsigned IndexWidth  = Depth > 1 ? $clog2(Depth) : 1
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic                   clear_i,
  input  logic                   push_i,
  input  logic [Width-1:0]       entry_i,

  input  logic [IndexWidth-1:0]  index_i,
  output logic [Width-1:0]       entry_o,
  output logic [LengthWidth-1:0] length_o
);

  `EDGEMOE_PARAMETER_CHECK(DepthAtLeastOne, Depth >= 1)

  logic [Width-1:0]       mem [0:Depth-1];
  logic [Width-1:0]       entry_q;
  logic [LengthWidth-1:0] length_d, length_q;
  logic                   write;

  assign write = push_i && !clear_i && length_q != LengthWidth'(Depth);

  always_comb begin
    length_d = length_q;
    if (write) length_d = length_q + LengthWidth'(1);
    if (clear_i) length_d = '0;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      length_q <= '0;
    end else begin
      length_q <= length_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (write) mem[length_q[IndexWidth-1:0]] <= entry_i;
    entry_q <= mem[index_i];
  end

  assign entry_o  = entry_q;
  assign length_o = length_q;

`ifndef FORMAL
  `EDGEMOE_ASSERT(NoOverflow, !push_i || clear_i || length_q != LengthWidth'(Depth))
`endif

endmodule
