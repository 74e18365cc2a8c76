// SPDX-License-Identifier: Apache-2.0
// edgemoe_dsp_chain: a cascade of 8 DSP48E2, two sums of 8 products a cycle.
//
// Interface  Stage s multiplies weights packed_i[s*16 +: 16] = {w1 - (w2 < 0), w2} by the operand
//            operand_i[s*9 +: 9]. low_o = sum w2 a; high_o + carry_o = sum w1 a.
// Handshake  none. Inputs of stage s must come s cycles after those of stage 0 (the caller skews
//            them once for a whole row of chains).
// Latency    stage 0's input to the sums: 11 cycles (2 input registers, M, 8 times P).
// Reset      none: data only.
// Numbers    sums 19 bit signed. {w1 - (w2 < 0), 11 times the sign of w2, w2} is w1 * 2^19 + w2, so
//            packing is wiring. carry_o is what the low sum borrowed from the high one.
// Parameters Depth: 1..8 (edgemoe_dsp_pair says why not more).
// Verified   tests/rtl/compute_array/edgemoe_dsp_pair_test.cpp; synthesis: 8 DSP48E2, no LUT.
module edgemoe_dsp_chain #(
  parameter int unsigned Depth = 8
) (
  input  logic                clk_i,
  input  logic [Depth*16-1:0] packed_i,
  input  logic [Depth*9-1:0]  operand_i,
  output logic [18:0]         low_o,
  output logic [18:0]         high_o,
  output logic                carry_o
);

  if (Depth < 1 || Depth > 8) begin : gen_check_depth
    $error("edgemoe_dsp_chain: the low sums of more than 8 products leave their 19 bits");
  end

  logic [Depth*48-1:0] pc, p;

  for (genvar s = 0; s < Depth; s++) begin : gen_stage
    logic [47:0] pc_in;
    if (s == 0) begin : gen_head
      assign pc_in = 48'h0;
    end else begin : gen_next
      assign pc_in = pc[(s-1)*48 +: 48];
    end
    edgemoe_dsp_pair #(
      .First(s == 0)
    ) u_pair (
      .clk_i,
      .packed_i ({packed_i[s*16+8 +: 8], {11{packed_i[s*16+7]}}, packed_i[s*16 +: 8]}),
      .operand_i(operand_i[s*9 +: 9]),
      .pc_i     (pc_in),
      .pc_o     (pc[s*48 +: 48]),
      .p_o      (p[s*48 +: 48])
    );
  end

  assign low_o   = p[(Depth-1)*48 +: 19];
  assign high_o  = p[(Depth-1)*48+19 +: 19];
  assign carry_o = p[(Depth-1)*48+18];

  // The upper bits of the last sum repeat its sign; the fabric does not read the other stages.
  logic unused_bits;
  assign unused_bits = ^{p, pc};

endmodule
