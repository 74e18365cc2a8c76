// SPDX-License-Identifier: Apache-2.0
// Credits of a shared resource: how many of Capacity places may still be promised.
//
// Interface: take_i places are taken and give_i come back in this cycle, both at once if need be.
// Handshake: available_o is a register: places given back in cycle c can be taken from c + 1 on.
//            The user takes at most what is available and gives back only what was taken.
// Latency:   1 cycle.
// Reset:     all Capacity places are available.
// Parameters: Capacity >= 1; AmountW bits of take_i and give_i, 2^AmountW - 1 <= Capacity not
//             needed.
// Verified:  tests/rtl/common: simulation; formal, conservation, + induction.
`include "edgemoe_assert.svh"

module edgemoe_credit_counter #(
  parameter int unsigned Capacity = 8,
  parameter int unsigned AmountW = 1,
  localparam int unsigned CountW = $clog2(Capacity + 1)
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic [AmountW-1:0] take_i,
  input  logic [AmountW-1:0] give_i,
  output logic [CountW-1:0]  available_o
);

  `EDGEMOE_PARAMETER_CHECK(CapacityAtLeastOne, Capacity >= 1)
  `EDGEMOE_PARAMETER_CHECK(AmountAtLeastOneBit, AmountW >= 1)

  // Wide enough for what is available plus what comes back.
  localparam int unsigned SumW = (CountW > AmountW ? CountW : AmountW) + 1;

  logic [CountW-1:0] available_q, available_d;
  logic [SumW-1:0] sum;

  assign sum = SumW'(available_q) + SumW'(give_i) - SumW'(take_i);
  assign available_d = sum[CountW-1:0];
  assign available_o = available_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      available_q <= CountW'(Capacity);
    end else begin
      available_q <= available_d;
    end
  end

  // Assertions
  `EDGEMOE_ASSERT(TakenOnlyWhatIsThere, SumW'(take_i) <= SumW'(available_q))
  `EDGEMOE_ASSERT(GivenOnlyWhatWasTaken, sum <= SumW'(Capacity))

  logic unused;
  assign unused = ^sum[SumW-1:CountW];

endmodule
