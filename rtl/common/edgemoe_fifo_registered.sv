// SPDX-License-Identifier: Apache-2.0
// FIFO whose output is a register: for storage whose read path is too slow to go on in the same
// cycle.
//
// Interface: as edgemoe_fifo; level_o counts all words inside, the output register included.
// Handshake: no combinational path from the read to the write side; rvalid_o and rdata_o are
//            registers. Takes Depth words without a read.
// Latency:   a word written into an empty FIFO in cycle c is offered from c + 2 on. One word a
//            cycle.
// Reset:     empties it; data is not reset.
// Parameters: Width >= 1 bits; Depth >= 3 words (2 would halve the rate).
// Verified:  tests/rtl/common: simulation with stalls; formal, occupancy and stability, +
//            induction.
`include "edgemoe_assert.svh"

module edgemoe_fifo_registered #(
  parameter int unsigned Width = 8,
  parameter int unsigned Depth = 4,
  localparam int unsigned LevelW = $clog2(Depth + 1)
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

  `EDGEMOE_PARAMETER_CHECK(DepthAtLeastThree, Depth >= 3)

  localparam int unsigned CoreLevelW = $clog2(Depth);

  logic core_valid, core_ready;
  logic [Width-1:0] core_data, out_q, out_d;
  logic [CoreLevelW-1:0] core_level;
  logic out_valid_q, out_valid_d;

  edgemoe_fifo #(
    .Width(Width),
    .Depth(Depth - 1)
  ) u_core (
    .clk_i,
    .rst_ni,
    .wvalid_i,
    .wready_o,
    .wdata_i,
    .rvalid_o(core_valid),
    .rready_i(core_ready),
    .rdata_o (core_data),
    .level_o (core_level)
  );

  assign core_ready = !out_valid_q || rready_i;
  assign rvalid_o = out_valid_q;
  assign rdata_o = out_q;
  assign level_o = LevelW'(core_level) + LevelW'(out_valid_q);

  always_comb begin
    out_valid_d = out_valid_q;
    out_d = out_q;
    if (core_ready) begin
      out_valid_d = core_valid;
      out_d = core_data;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      out_valid_q <= 1'b0;
    end else begin
      out_valid_q <= out_valid_d;
    end
  end

  always_ff @(posedge clk_i) begin
    out_q <= out_d;
  end

  // Assertions
  `EDGEMOE_ASSERT(LevelBounded, level_o <= LevelW'(Depth))
  `EDGEMOE_ASSERT_HOLD(OutputHeld, rvalid_o, rready_i, rdata_o)

endmodule
