// SPDX-License-Identifier: Apache-2.0
// What is pushed in cycle c comes out in cycle c + Delay: a long delay line for rare words.
//
// Why:       results are written some 40 cycles after their last tile, and few of these cycles
//            carry one: one bit travels, the words wait in a small memory.
// Interface  push_i, data_i in; valid_o, data_o out, in order.
// Handshake  none; at most Depth words are on their way (asserted).
// Latency    Delay cycles.
// Reset      nothing on its way.
// Parameters Width bits; Delay >= 2; Depth a power of two, at least 2.
// Verified   tests/rtl/array_control: formal, every word after Delay cycles, + induction.
`include "edgemoe_assert.svh"

module edgemoe_delay_queue #(
  parameter int unsigned Width = 8,
  parameter int unsigned Delay = 40,
  parameter int unsigned Depth = 8,
  localparam int unsigned PtrW = $clog2(Depth)
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             push_i,
  input  logic [Width-1:0] data_i,
  output logic             valid_o,
  output logic [Width-1:0] data_o
);

  `EDGEMOE_PARAMETER_CHECK(DelayAtLeastTwo, Delay >= 2)
  `EDGEMOE_PARAMETER_CHECK(DepthPowerOfTwo, Depth >= 2 && (Depth & (Depth - 1)) == 0)

  logic [Delay-1:0] way_q, way_d;
  logic [PtrW-1:0]  write_q, write_d, read_q, read_d;
  logic [Width-1:0] mem [0:Depth-1];

  assign way_d   = {way_q[Delay-2:0], push_i};
  assign valid_o = way_q[Delay-1];
  assign data_o  = mem[read_q];
  assign write_d = write_q + PtrW'(push_i);
  assign read_d  = read_q + PtrW'(valid_o);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      way_q   <= '0;
      write_q <= '0;
      read_q  <= '0;
    end else begin
      way_q   <= way_d;
      write_q <= write_d;
      read_q  <= read_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (push_i) mem[write_q] <= data_i;
  end

  // Assertions
`ifndef SYNTHESIS
  logic [PtrW:0] level_q, level_d;
  assign level_d = level_q + (PtrW + 1)'(push_i) - (PtrW + 1)'(valid_o);
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      level_q <= '0;
    end else begin
      level_q <= level_d;
    end
  end
`endif
  `EDGEMOE_ASSERT(FitsDepth, !push_i || 32'(level_q) < Depth)
  `EDGEMOE_ASSERT(SomethingComes, !valid_o || level_q != '0)

`ifdef FORMAL
  // What induction needs: words stand in the memory for the bits on the way.
  logic [31:0] on_the_way;
  logic [PtrW-1:0] span;
  always_comb begin
    on_the_way = '0;
    for (int i = 0; i < Delay; i++) on_the_way = on_the_way + 32'(way_q[i]);
  end
  assign span = write_q - read_q;
  `EDGEMOE_ASSERT(LevelIsOnTheWay, 32'(level_q) == on_the_way && level_q[PtrW-1:0] == span)
`endif

endmodule
