// SPDX-License-Identifier: Apache-2.0
// edgemoe_array_core: the multiply array and its accumulators, as it is built from DSP48E2.
//
// Interface  in: one tile a cycle (operands of TokenLanes tokens, weights of InLanes x OutLanes).
//            acc[t][o] = (first_i ? 0 : shift_i ? acc << 8 : acc) + sum_i operand[t][i]
//            weight[i][o].
//            out: done_o for one cycle per block (a tile with last_i), sum_o complete in that
//            cycle.
// Layout     operand_i[(t*InLanes + i)*9 +: 9], 9 bit signed; weight_i[(i*OutLanes + o)*8 +: 8], as
//            a
//            row of the weight stream: odd lanes hold w1 - (w2 < 0), w2 being the lane below
//            (hls/program/weight_layout.hpp); sum_o[(t*OutLanes + o)*AccWidth +: AccWidth].
// Handshake  valid only: whoever offers a tile has the credit for its result (never stalls).
// Latency    13 cycles from the tile to done_o. One tile a cycle.
// Reset      clears the valid bits; sums need none, a block starts with first_i.
// Numbers    weights +-127, operands 9 bit signed; sums wrap at AccWidth bits, which the compiler's
//            range proof excludes (|sum| < 2^26 outside the gate). shift_i serves the gate's second
//            plane: K * 127 * 127 * 257 must fit AccWidth.
// Parameters InLanes a multiple of 8; OutLanes even; TagWidth >= 1 (tag_i of a last tile returns
//            with its done_o).
// Verified   tests/rtl/compute_array: equal to tile_product and, cycle by cycle, to the twin.
`include "edgemoe_assert.svh"

module edgemoe_array_core #(
  parameter int unsigned TokenLanes = 8,
  parameter int unsigned InLanes    = 16,
  parameter int unsigned OutLanes   = 16,
  parameter int unsigned AccWidth   = 32,
  parameter int unsigned TagWidth   = 1
) (
  input  logic                                    clk_i,
  input  logic                                    rst_ni,

  // tile
  input  logic                                    valid_i,
  input  logic                                    first_i,
  input  logic                                    shift_i,
  input  logic                                    last_i,
  input  logic [TagWidth-1:0]                     tag_i,
  input  logic [TokenLanes*InLanes*9-1:0]         operand_i,
  input  logic [InLanes*OutLanes*8-1:0]           weight_i,

  // finished block
  output logic                                    done_o,
  output logic [TagWidth-1:0]                     tag_o,
  output logic [TokenLanes*OutLanes*AccWidth-1:0] sum_o
);

  localparam int unsigned ChainDepth = 8;
  localparam int unsigned Chains     = InLanes / ChainDepth;
  localparam int unsigned DotLatency = 12;  // chain 11, sum of the chains 1
  localparam int unsigned DotWidth   = 17 + $clog2(InLanes);

  `EDGEMOE_PARAMETER_CHECK(InLanesAreWholeChains, InLanes >= 8 && InLanes % ChainDepth == 0)
  `EDGEMOE_PARAMETER_CHECK(OutLanesArePairs, OutLanes >= 2 && OutLanes % 2 == 0)
  `EDGEMOE_PARAMETER_CHECK(SumsFitAccumulator, AccWidth >= DotWidth)

  // Stage s of every cascade takes its operands s cycles late; shared by all chains of the array.
  logic [TokenLanes*InLanes*9-1:0] operand;
  logic [InLanes*OutLanes*8-1:0]   weight;

  for (genvar i = 0; i < InLanes; i++) begin : gen_skew
    edgemoe_delay #(
      .Width(OutLanes * 8),
      .Depth(i % ChainDepth)
    ) u_weight (
      .clk_i,
      .data_i(weight_i[i*OutLanes*8 +: OutLanes*8]),
      .data_o(weight[i*OutLanes*8 +: OutLanes*8])
    );
    for (genvar t = 0; t < TokenLanes; t++) begin : gen_token
      edgemoe_delay #(
        .Width(9),
        .Depth(i % ChainDepth)
      ) u_operand (
        .clk_i,
        .data_i(operand_i[(t*InLanes+i)*9 +: 9]),
        .data_o(operand[(t*InLanes+i)*9 +: 9])
      );
    end
  end

  // One dot product per token and output, registered after its chains are added.
  logic [TokenLanes*OutLanes*DotWidth-1:0] dot;

  for (genvar t = 0; t < TokenLanes; t++) begin : gen_lane
    for (genvar p = 0; p < OutLanes / 2; p++) begin : gen_pair
      logic [Chains*19-1:0] low, high;
      logic [Chains-1:0]    carry;
      for (genvar c = 0; c < Chains; c++) begin : gen_chain
        logic [ChainDepth*16-1:0] chain_weight;
        for (genvar s = 0; s < ChainDepth; s++) begin : gen_stage
          assign chain_weight[s*16 +: 16] =
              weight[((c*ChainDepth+s)*OutLanes+2*p)*8 +: 16];
        end
        edgemoe_dsp_chain #(
          .Depth(ChainDepth)
        ) u_chain (
          .clk_i,
          .packed_i (chain_weight),
          .operand_i(operand[(t*InLanes+c*ChainDepth)*9 +: ChainDepth*9]),
          .low_o    (low[c*19 +: 19]),
          .high_o   (high[c*19 +: 19]),
          .carry_o  (carry[c])
        );
      end

      logic signed [DotWidth-1:0] low_d, low_q, high_d, high_q;
      always_comb begin
        low_d  = '0;
        high_d = '0;
        for (int c = 0; c < Chains; c++) begin
          low_d  = low_d + DotWidth'(signed'(low[c*19 +: 19]));
          high_d = high_d + DotWidth'(signed'(high[c*19 +: 19])) + DotWidth'(carry[c]);
        end
      end
      always_ff @(posedge clk_i) begin
        low_q  <= low_d;
        high_q <= high_d;
      end
      assign dot[(t*OutLanes+2*p)*DotWidth +: 2*DotWidth] = {high_q, low_q};
    end
  end

  // Control travels beside the products.
  logic [DotLatency-1:0] valid_q, first_q, shift_q, last_q;
  logic                  done_q;
  logic                  acc_valid;
  assign acc_valid = valid_q[DotLatency-1];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= '0;
      done_q  <= 1'b0;
    end else begin
      valid_q <= {valid_q[DotLatency-2:0], valid_i};
      done_q  <= acc_valid && last_q[DotLatency-1];
    end
  end

  always_ff @(posedge clk_i) begin
    first_q <= {first_q[DotLatency-2:0], first_i};
    shift_q <= {shift_q[DotLatency-2:0], shift_i};
    last_q  <= {last_q[DotLatency-2:0], last_i};
  end

  edgemoe_delay #(
    .Width(TagWidth),
    .Depth(DotLatency + 1)
  ) u_tag (
    .clk_i,
    .data_i(tag_i),
    .data_o(tag_o)
  );

  logic [TokenLanes*OutLanes*AccWidth-1:0] acc_d, acc_q;

  for (genvar n = 0; n < TokenLanes * OutLanes; n++) begin : gen_acc
    logic signed [AccWidth-1:0] base;
    always_comb begin
      base = acc_q[n*AccWidth +: AccWidth];
      if (shift_q[DotLatency-1]) base = base <<< 8;
      if (first_q[DotLatency-1]) base = '0;
      acc_d[n*AccWidth +: AccWidth] = acc_q[n*AccWidth +: AccWidth];
      if (acc_valid) begin
        // In this order the choice of the base fits into the adder's LUTs.
        acc_d[n*AccWidth +: AccWidth] = AccWidth'(signed'(dot[n*DotWidth +: DotWidth])) + base;
      end
    end
  end

  always_ff @(posedge clk_i) acc_q <= acc_d;

  assign done_o = done_q;
  assign sum_o  = acc_q;

endmodule
