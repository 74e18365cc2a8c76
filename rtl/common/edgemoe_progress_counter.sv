// SPDX-License-Identifier: Apache-2.0
// Counts finished work for other units, who see it a fixed number of cycles later.
//
// Why:       units interact only through registered counters of one known latency, so that the
//            cycle engine can say when each of them acts.
// Interface: add_i units of work are finished in this cycle; a waiting unit compares target_i with
//            the visible count: reached_o = count_o >= target_i.
// Latency:   add_i of cycle c is in count_o from cycle c + Latency on.
// Reset:     0, also what is on its way. clear_i does the same in one cycle (start of a program).
// Numbers:   unsigned, CountW bits; must not run over (asserted).
// Parameters: CountW bits; AddW bits, at most CountW; Latency >= 1.
// Verified:  tests/rtl/common: simulation; formal, monotonic and exact, + induction.
`include "edgemoe_assert.svh"

module edgemoe_progress_counter #(
  parameter int unsigned CountW = 16,
  parameter int unsigned AddW = 8,
  parameter int unsigned Latency = 2
) (
  input  logic              clk_i,
  input  logic              rst_ni,
  input  logic              clear_i,
  input  logic [AddW-1:0]   add_i,
  input  logic [CountW-1:0] target_i,
  output logic [CountW-1:0] count_o,
  output logic              reached_o
);

  `EDGEMOE_PARAMETER_CHECK(LatencyAtLeastOne, Latency >= 1)
  `EDGEMOE_PARAMETER_CHECK(AddFitsCount, AddW >= 1 && AddW <= CountW)

  // Amounts on their way, stage 0 the newest; the last cycle of the latency is the counter itself.
  localparam int unsigned Stages = Latency - 1;

  logic [AddW-1:0] arriving;
  logic [CountW-1:0] count_q, count_d;
  logic [CountW:0] sum;

  if (Stages == 0) begin : gen_direct
    assign arriving = add_i;
  end else begin : gen_delay
    logic [Stages*AddW-1:0] way_q, way_d;

    assign arriving = way_q[(Stages-1)*AddW +: AddW];
    if (Stages == 1) begin : gen_one
      assign way_d = clear_i ? '0 : add_i;
    end else begin : gen_more
      assign way_d = clear_i ? '0 : {way_q[(Stages-1)*AddW-1:0], add_i};
    end
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        way_q <= '0;
      end else begin
        way_q <= way_d;
      end
    end
  end

  assign sum = (CountW + 1)'(count_q) + (CountW + 1)'(arriving);
  assign count_d = clear_i ? '0 : sum[CountW-1:0];
  assign count_o = count_q;
  assign reached_o = count_q >= target_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      count_q <= '0;
    end else begin
      count_q <= count_d;
    end
  end

  // Assertions
  `EDGEMOE_ASSERT(DoesNotRunOver, !sum[CountW])

endmodule
