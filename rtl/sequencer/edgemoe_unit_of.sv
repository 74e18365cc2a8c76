// SPDX-License-Identifier: Apache-2.0
// Opcode to the unit that executes it; known_o is 0 for a code that no command has.
//
// Latency:   combinational.
// Verified:  tests/rtl/sequencer, as part of the sequencer, against program::unit_of.

module edgemoe_unit_of (
  input  logic [7:0] opcode_i,
  output logic [7:0] unit_o,
  output logic       known_o
);

  always_comb begin
    known_o = 1'b1;
    unit_o = edgemoe_pkg::UnitSequencer;
    case (opcode_i)
      edgemoe_pkg::OpEnd, edgemoe_pkg::OpBarrier: unit_o = edgemoe_pkg::UnitSequencer;
      edgemoe_pkg::OpLoadWeights, edgemoe_pkg::OpPrefetchExperts, edgemoe_pkg::OpLoadExperts,
      edgemoe_pkg::OpLoadPixels, edgemoe_pkg::OpLoadTokens: unit_o = edgemoe_pkg::UnitLoader;
      edgemoe_pkg::OpStoreTokens: unit_o = edgemoe_pkg::UnitWriter;
      edgemoe_pkg::OpEmbed, edgemoe_pkg::OpLinear, edgemoe_pkg::OpAttention, edgemoe_pkg::OpGate,
      edgemoe_pkg::OpExperts: unit_o = edgemoe_pkg::UnitArray;
      edgemoe_pkg::OpNorm, edgemoe_pkg::OpCopy: unit_o = edgemoe_pkg::UnitNorm;
      edgemoe_pkg::OpRoute: unit_o = edgemoe_pkg::UnitRouter;
      default: known_o = 1'b0;
    endcase
  end

endmodule
