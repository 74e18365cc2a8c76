// SPDX-License-Identifier: Apache-2.0
// edgemoe_compute_array: TokenLanes x InLanes x OutLanes products a cycle, drained by two banks.
//
// Interface  in: tiles as edgemoe_array_core.sv. scores_i on a block's last tile sends its sums to
//            the
//            score bank instead of the requantiser's bank.
//            out: drain_* OutLanes sums of DrainRows tokens a cycle, which stay for another cycle
//            with drain_hold_i; score_* ScoreTokens tokens a cycle.
// Handshake  valid only (output credit stands before a block's first tile): blocks for one bank end
//            at
//            least TokenLanes / DrainRows (and held cycles), or TokenLanes / ScoreTokens, cycles
//            apart (asserted).
// Latency    14 cycles from a block's last tile at the ports to its first row. With the 5 cycles of
//            the operand and weight reads before the ports (address, memory, output register, row
//            multiplexer, broadcast) this is kArrayPipeline of sim/units/timing.hpp: issued in
//            cycle c, in the bank in cycle c + 19, 18 after the end of the issue.
// Banks      accumulators and two drain banks: the third accumulator bank of sim/units.
// Reset      clears valid bits.
// Numbers    edgemoe_array_core.sv.
// Parameters Structural: built from DSP cascades; 0: the fast twin, for simulation.
//            ScoreTokens and DrainRows divide TokenLanes. TagWidth: what comes with a block's
//            last tile returns with its rows.
// Verified   tests/rtl/compute_array: both forms against tile_product, and against each other.
module edgemoe_compute_array #(
  parameter int unsigned TokenLanes  = 8,
  parameter int unsigned InLanes     = 16,
  parameter int unsigned OutLanes    = 16,
  parameter int unsigned AccWidth    = 32,
  parameter int unsigned DrainRows   = 1,
  parameter int unsigned ScoreTokens = 4,
  parameter int unsigned TagWidth    = 8,
  parameter int unsigned Structural  = 1,
  localparam int unsigned IndexWidth = $clog2(TokenLanes)
) (
  input  logic                                     clk_i,
  input  logic                                     rst_ni,

  // tile
  input  logic                                     valid_i,
  input  logic                                     first_i,
  input  logic                                     shift_i,
  input  logic                                     last_i,
  input  logic                                     scores_i,
  input  logic [TagWidth-1:0]                      tag_i,
  input  logic [TokenLanes*InLanes*9-1:0]          operand_i,
  input  logic [InLanes*OutLanes*8-1:0]            weight_i,

  // rows for the requantiser
  input  logic                                     drain_hold_i,
  output logic                                     drain_valid_o,
  output logic                                     drain_last_o,
  output logic [IndexWidth-1:0]                    drain_token_o,
  output logic [TagWidth-1:0]                      drain_tag_o,
  output logic [DrainRows*OutLanes*AccWidth-1:0]   drain_sum_o,

  // rows for the score buffer
  output logic                                     score_valid_o,
  output logic                                     score_last_o,
  output logic [IndexWidth-1:0]                    score_token_o,
  output logic [TagWidth-1:0]                      score_tag_o,
  output logic [ScoreTokens*OutLanes*AccWidth-1:0] score_sum_o
);

  logic                                    done, to_scores;
  logic [TagWidth-1:0]                     tag;
  logic [TokenLanes*OutLanes*AccWidth-1:0] sum;

  if (Structural != 0) begin : gen_core
    edgemoe_array_core #(
      .TokenLanes(TokenLanes), .InLanes(InLanes), .OutLanes(OutLanes), .AccWidth(AccWidth),
      .TagWidth(TagWidth + 1)
    ) u_core (
      .clk_i, .rst_ni, .valid_i, .first_i, .shift_i, .last_i, .tag_i({scores_i, tag_i}),
      .operand_i, .weight_i, .done_o(done), .tag_o({to_scores, tag}), .sum_o(sum)
    );
  end else begin : gen_twin
`ifndef SYNTHESIS
    edgemoe_array_twin #(
      .TokenLanes(TokenLanes), .InLanes(InLanes), .OutLanes(OutLanes), .AccWidth(AccWidth),
      .TagWidth(TagWidth + 1)
    ) u_twin (
      .clk_i, .rst_ni, .valid_i, .first_i, .shift_i, .last_i, .tag_i({scores_i, tag_i}),
      .operand_i, .weight_i, .done_o(done), .tag_o({to_scores, tag}), .sum_o(sum)
    );
`endif
  end

  edgemoe_drain_bank #(
    .Tokens(TokenLanes), .PerCycle(DrainRows), .RowWidth(OutLanes * AccWidth),
    .TagWidth(TagWidth)
  ) u_drain (
    .clk_i, .rst_ni, .load_i(done && !to_scores), .tag_i(tag), .sum_i(sum),
    .hold_i(drain_hold_i), .valid_o(drain_valid_o), .last_o(drain_last_o), .index_o(drain_token_o),
    .tag_o(drain_tag_o), .row_o(drain_sum_o)
  );

  edgemoe_drain_bank #(
    .Tokens(TokenLanes), .PerCycle(ScoreTokens), .RowWidth(OutLanes * AccWidth),
    .TagWidth(TagWidth)
  ) u_scores (
    .clk_i, .rst_ni, .load_i(done && to_scores), .tag_i(tag), .sum_i(sum),
    .hold_i(1'b0), .valid_o(score_valid_o), .last_o(score_last_o), .index_o(score_token_o),
    .tag_o(score_tag_o), .row_o(score_sum_o)
  );

endmodule
