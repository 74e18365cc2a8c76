// SPDX-License-Identifier: Apache-2.0
// One pipeline stage of a stream that cuts every combinational path, at full rate.
//
// Interface: valid/ready on both sides.
// Handshake: ready_o, valid_o and data_o come from registers only. Two words of storage: one for
//            the output, one for the word that arrives while the other side has just stopped.
// Latency:   1 cycle. One word a cycle.
// Reset:     empties it; data is not reset.
// Parameters: Width >= 1 bits.
// Verified:  tests/rtl/common: simulation with stalls; formal, order and stability, + induction.
`include "edgemoe_assert.svh"

module edgemoe_spill_register #(
  parameter int unsigned Width = 8
) (
  input  logic             clk_i,
  input  logic             rst_ni,

  // in
  input  logic             valid_i,
  output logic             ready_o,
  input  logic [Width-1:0] data_i,

  // out
  output logic             valid_o,
  input  logic             ready_i,
  output logic [Width-1:0] data_o
);

  `EDGEMOE_PARAMETER_CHECK(WidthAtLeastOne, Width >= 1)

  logic out_valid_q, out_valid_d, spill_valid_q, spill_valid_d;
  logic [Width-1:0] out_q, out_d, spill_q, spill_d;
  logic in_taken, out_free;

  assign ready_o = !spill_valid_q;
  assign valid_o = out_valid_q;
  assign data_o = out_q;
  assign in_taken = valid_i && ready_o;
  assign out_free = !out_valid_q || ready_i;

  always_comb begin
    out_valid_d = out_valid_q;
    out_d = out_q;
    spill_valid_d = spill_valid_q;
    spill_d = spill_q;
    if (out_free) begin
      out_valid_d = spill_valid_q || in_taken;
      out_d = spill_valid_q ? spill_q : data_i;
      spill_valid_d = 1'b0;
    end else if (in_taken) begin
      spill_valid_d = 1'b1;
      spill_d = data_i;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      out_valid_q <= 1'b0;
      spill_valid_q <= 1'b0;
    end else begin
      out_valid_q <= out_valid_d;
      spill_valid_q <= spill_valid_d;
    end
  end

  always_ff @(posedge clk_i) begin
    out_q <= out_d;
    spill_q <= spill_d;
  end

  // Assertions
  `EDGEMOE_ASSERT(SpillOnlyBehindOutput, !spill_valid_q || out_valid_q)
  `EDGEMOE_ASSERT_HOLD(OutputHeld, valid_o, ready_i, data_o)

`ifdef FORMAL
  // One word, chosen freely, is followed: in the spill it waits for the one before, in the output
  // it stays until taken; it never changes and is never lost.
  (* anyseq *) logic follow;
  logic inside_q, behind_q;
  logic [Width-1:0] word_q;

  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      inside_q <= 1'b0;
    end else if (!inside_q) begin
      inside_q <= in_taken && follow;
      behind_q <= out_valid_q && !ready_i;
      word_q <= data_i;
    end else if (ready_i) begin
      if (!behind_q) inside_q <= 1'b0;
      behind_q <= 1'b0;
    end
  end
  `EDGEMOE_ASSERT(FollowedKept,
                  !inside_q || (behind_q ? spill_valid_q && spill_q == word_q
                                         : out_valid_q && out_q == word_q))
`endif

endmodule
