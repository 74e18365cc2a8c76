// SPDX-License-Identifier: Apache-2.0
// Round-robin arbiter: one of Inputs requesters at a time, each served after at most Inputs others.
//
// Interface: req_i per requester; grant_o one-hot, index_o the same as a number, valid_o any.
// Handshake: a grant is an offer, taken in a cycle with ready_i. An offer that was not taken stays
//            with the same requester, who must keep its request up until then (asserted).
// Latency:   combinational from req_i to the outputs; priority and lock are registers.
// Reset:     requester 0 has priority.
// Parameters: Inputs >= 1.
// Verified:  tests/rtl/common: simulation; formal, one-hot, stability and fairness, + induction.
`include "edgemoe_assert.svh"

module edgemoe_rr_arbiter #(
  parameter int unsigned Inputs = 4,
  localparam int unsigned IndexW = Inputs > 1 ? $clog2(Inputs) : 1
) (
  input  logic              clk_i,
  input  logic              rst_ni,
  input  logic [Inputs-1:0] req_i,
  input  logic              ready_i,
  output logic              valid_o,
  output logic [Inputs-1:0] grant_o,
  output logic [IndexW-1:0] index_o
);

  `EDGEMOE_PARAMETER_CHECK(AtLeastOneInput, Inputs >= 1)

  localparam logic [IndexW-1:0] Last = IndexW'(Inputs - 1);

  logic [IndexW-1:0] first_q, first_d;  // has priority; the locked one while lock_q
  logic lock_q, lock_d;
  logic [IndexW-1:0] low_index, high_index;
  logic low_found, high_found;

  // The first request at or above first_q, else the first of all.
  always_comb begin
    low_index = '0;
    high_index = '0;
    low_found = 1'b0;
    high_found = 1'b0;
    for (int i = 0; i < Inputs; i++) begin
      if (req_i[i] && !low_found) begin
        low_index = IndexW'(i);
        low_found = 1'b1;
      end
      if (req_i[i] && IndexW'(i) >= first_q && !high_found) begin
        high_index = IndexW'(i);
        high_found = 1'b1;
      end
    end
  end

  assign valid_o = |req_i;
  assign index_o = high_found ? high_index : low_index;

  always_comb begin
    grant_o = '0;
    for (int i = 0; i < Inputs; i++) begin
      if (valid_o && index_o == IndexW'(i)) grant_o[i] = 1'b1;
    end
  end

  // Locking is giving priority to the one that was offered.
  always_comb begin
    first_d = first_q;
    lock_d = 1'b0;
    if (valid_o && ready_i) begin
      first_d = (index_o == Last) ? '0 : index_o + 1'b1;
    end else if (valid_o) begin
      first_d = index_o;
      lock_d = 1'b1;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      first_q <= '0;
      lock_q <= 1'b0;
    end else begin
      first_q <= first_d;
      lock_q <= lock_d;
    end
  end

  // Assertions
  `EDGEMOE_ASSERT(PriorityInside, first_q <= Last)
  `EDGEMOE_ASSERT(GrantOneHot, (grant_o & (grant_o - 1'b1)) == '0 && (grant_o != '0) == valid_o)
  `EDGEMOE_ASSERT(GrantOnlyToRequests, (grant_o & ~req_i) == '0)
  `EDGEMOE_ASSERT(RequestKept, !lock_q || req_i[first_q])
  `EDGEMOE_ASSERT_HOLD(OfferKept, valid_o, ready_i, index_o)

`ifdef FORMAL
  // One requester, chosen freely: while it asks without a break, others are served at most Inputs
  // times. Each of those brings the priority nearer to it, but the first, whose offer may be older.
  (* anyconst *) logic [IndexW-1:0] watched;
  localparam int unsigned CountW = $clog2(2 * Inputs + 1);
  logic [CountW-1:0] served_q, distance;
  logic asks;

  assign asks = req_i[watched];
  assign distance = CountW'(watched) + (watched < first_q ? CountW'(Inputs) : '0) -
                    CountW'(first_q);
  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      served_q <= '0;
    end else if (!asks || (ready_i && index_o == watched)) begin
      served_q <= '0;
    end else if (ready_i) begin
      served_q <= served_q + 1'b1;
    end
  end
  always @* assume (watched <= Last);
  `EDGEMOE_ASSERT(Fair, served_q <= CountW'(Inputs))
  `EDGEMOE_ASSERT(ComesNearer, served_q == 0 || served_q + distance <= CountW'(Inputs))
`endif

endmodule
