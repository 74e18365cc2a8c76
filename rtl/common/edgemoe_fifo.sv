// SPDX-License-Identifier: Apache-2.0
// First-word fall-through FIFO: the oldest word is on rdata_o as soon as it is stored.
//
// Interface: valid/ready on both sides; level_o counts stored words (registered).
// Handshake: wready_o and rvalid_o depend on registers only: no combinational path. A full
//            FIFO takes nothing, also in a cycle in which it is read. rdata_o stays while it waits.
// Latency:   a word written in cycle c is offered from c + 1 on. One word a cycle, both sides.
// Reset:     empties it; stored data is not reset.
// Parameters: Width >= 1 bits; Depth >= 1 words, any number (storage is distributed RAM).
// Verified:  tests/rtl/common: simulation with stalls; formal, data and order, bounded + induction.
`include "edgemoe_assert.svh"

module edgemoe_fifo #(
  parameter int unsigned Width = 8,
  parameter int unsigned Depth = 4,
  localparam int unsigned LevelW = $clog2(Depth + 1),
  localparam int unsigned PtrW = Depth > 1 ? $clog2(Depth) : 1
) (
  input  logic              clk_i,
  input  logic              rst_ni,

  // write side
  input  logic              wvalid_i,
  output logic              wready_o,
  input  logic [Width-1:0]  wdata_i,

  // read side
  output logic              rvalid_o,
  input  logic              rready_i,
  output logic [Width-1:0]  rdata_o,

  output logic [LevelW-1:0] level_o
);

  `EDGEMOE_PARAMETER_CHECK(WidthAtLeastOne, Width >= 1)
  `EDGEMOE_PARAMETER_CHECK(DepthAtLeastOne, Depth >= 1)

  localparam logic [PtrW-1:0] LastPtr = PtrW'(Depth - 1);
  localparam logic [LevelW-1:0] Full = LevelW'(Depth);

  logic [Width-1:0] mem [0:Depth-1];
  logic [PtrW-1:0] wptr_q, wptr_d, rptr_q, rptr_d;
  logic [LevelW-1:0] level_q, level_d;
  logic push, pop;

  assign wready_o = level_q != Full;
  assign rvalid_o = level_q != '0;
  assign rdata_o = mem[rptr_q];
  assign level_o = level_q;
  assign push = wvalid_i && wready_o;
  assign pop = rvalid_o && rready_i;

  always_comb begin
    wptr_d = wptr_q;
    rptr_d = rptr_q;
    level_d = level_q;
    if (push) wptr_d = (wptr_q == LastPtr) ? '0 : wptr_q + 1'b1;
    if (pop) rptr_d = (rptr_q == LastPtr) ? '0 : rptr_q + 1'b1;
    if (push && !pop) level_d = level_q + 1'b1;
    if (pop && !push) level_d = level_q - 1'b1;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      wptr_q <= '0;
      rptr_q <= '0;
      level_q <= '0;
    end else begin
      wptr_q <= wptr_d;
      rptr_q <= rptr_d;
      level_q <= level_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (push) mem[wptr_q] <= wdata_i;
  end

  // Assertions
  localparam int unsigned SpanW = PtrW + 2;
  logic [SpanW-1:0] span;  // words between the pointers; Depth or 0 where they meet
  assign span = SpanW'(wptr_q) + (wptr_q < rptr_q ? SpanW'(Depth) : '0) - SpanW'(rptr_q);

  `EDGEMOE_ASSERT(LevelBounded, level_q <= Full)
  `EDGEMOE_ASSERT(PointersInside, wptr_q <= LastPtr && rptr_q <= LastPtr)
  `EDGEMOE_ASSERT(LevelIsSpan, SpanW'(level_q) == span || (span == '0 && level_q == Full))
  `EDGEMOE_ASSERT_HOLD(OutputHeld, rvalid_o, rready_i, rdata_o)

`ifdef FORMAL
  // One word, chosen freely, is followed: it comes out unchanged after exactly the words before it.
  (* anyseq *) logic follow;
  logic inside_q;
  logic [PtrW-1:0] slot_q;
  logic [LevelW-1:0] before_q;
  logic [Width-1:0] data_q;
  logic [SpanW-1:0] before_span;

  assign before_span = SpanW'(slot_q) + (slot_q < rptr_q ? SpanW'(Depth) : '0) - SpanW'(rptr_q);
  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      inside_q <= 1'b0;
    end else if (!inside_q) begin
      if (push && follow) begin
        inside_q <= 1'b1;
        slot_q <= wptr_q;
        before_q <= level_q - LevelW'(pop);
        data_q <= wdata_i;
      end
    end else if (pop) begin
      before_q <= before_q - 1'b1;
      if (before_q == 0) inside_q <= 1'b0;
    end
  end
  `EDGEMOE_ASSERT(FollowedIn, !inside_q || (before_q < level_q && SpanW'(before_q) == before_span))
  `EDGEMOE_ASSERT(FollowedSlot, !inside_q || slot_q <= LastPtr)
  `EDGEMOE_ASSERT(FollowedUnchanged, !inside_q || mem[slot_q] == data_q)
  `EDGEMOE_ASSERT(FollowedInOrder, !inside_q || before_q != 0 || rdata_o == data_q)
`endif

endmodule
