// SPDX-License-Identifier: Apache-2.0
// Gives ring places back in load order, whatever the order in which matrices are consumed.
//
// Why:       a ring has one free pointer; rows of a later matrix that are through must wait for
//            those of an earlier one that are not.
// Interface: open_*: a segment of open_rows_i rows (one matrix) has been begun, in load order; its
//            number is open_segment_o. consume_*: rows of a segment are not needed from this
//            cycle on, from Consumers places at once. all_i: nobody needs any row of the oldest
//            segment, head_segment_o. free_o: to the loader's free_tiles_i.
// Rules:     rows of the oldest segment are freed in the cycle of consume_valid_i; rows of a later
//            one wait. A segment whose last row is freed in cycle c costs the walker that cycle:
//            what has gathered of the next one is freed, all at once, in c + 1.
// Handshake: open_ready_o: one of Segments numbers is free (a register). A segment is consumed
//            after the cycle of its opening and never beyond its rows (asserted); all_i only while
//            head_valid_o.
// Latency:   free_o follows consume_* and all_i in the same cycle for the oldest segment.
// Reset:     no segment is open; numbers start at 0.
// Parameters: Segments >= 2, a power of two; RowW bits of a number of rows; Consumers >= 1.
// Verified:  tests/rtl/weight_loader, against the cycle engine's rule; long gathered segments, all
//            rows at once, one by one; formal, conservation of rows, + induction.
`include "edgemoe_assert.svh"

module edgemoe_ring_walker #(
  parameter int unsigned Segments = 128,
  parameter int unsigned RowW = 13,
  parameter int unsigned Consumers = 2,
  localparam int unsigned SegW = $clog2(Segments)
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,

  // segments, in load order
  input  logic                      open_valid_i,
  output logic                      open_ready_o,
  input  logic [RowW-1:0]           open_rows_i,
  output logic [SegW-1:0]           open_segment_o,

  // consumed rows
  input  logic [Consumers-1:0]      consume_valid_i,
  input  logic [Consumers*SegW-1:0] consume_segment_i,
  input  logic [Consumers*RowW-1:0] consume_rows_i,

  // the oldest segment
  output logic                      head_valid_o,
  output logic [SegW-1:0]           head_segment_o,
  input  logic                      all_i,

  // freed rows
  output logic [RowW-1:0]           free_o
);

  `EDGEMOE_PARAMETER_CHECK(SegmentsPowerOfTwo, Segments >= 2 && (Segments & (Segments - 1)) == 0)
  `EDGEMOE_PARAMETER_CHECK(AConsumer, Consumers >= 1)

  logic [RowW-1:0] rows_mem [0:Segments-1];
  logic [RowW-1:0] head_rows, released_q, released_d, released;  // of the oldest segment
  logic [SegW-1:0] head_q, head_d, tail_q, tail_d;
  logic [SegW:0] level_q, level_d;
  logic opened, finished;
  logic [Consumers*RowW-1:0] head_used;  // consumed of the oldest segment, by consumer

  assign open_ready_o = !level_q[SegW];
  assign open_segment_o = tail_q;
  assign opened = open_valid_i && open_ready_o;
  assign head_valid_o = level_q != '0;
  assign head_segment_o = head_q;
  assign head_rows = rows_mem[head_q];
  assign finished = head_valid_o && released == head_rows;

  // Rows that a consumer is through with, by segment: a memory with valid bits, because opening
  // clears.
  for (genvar i = 0; i < Consumers; i++) begin : gen_consumer
    logic [RowW-1:0] used_mem [0:Segments-1];
    logic [Segments-1:0] used_q;
    logic [SegW-1:0] segment;
    logic [RowW-1:0] used, head;
    assign segment = consume_segment_i[i*SegW +: SegW];
    assign used = (used_q[segment] ? used_mem[segment] : '0) + consume_rows_i[i*RowW +: RowW];
    assign head = used_q[head_q] ? used_mem[head_q] : '0;
    assign head_used[i*RowW +: RowW] =
        head + (consume_valid_i[i] && segment == head_q ? consume_rows_i[i*RowW +: RowW] : '0);
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        used_q <= '0;
      end else begin
        if (consume_valid_i[i]) used_q[segment] <= 1'b1;
        if (opened) used_q[tail_q] <= 1'b0;
      end
    end
    always_ff @(posedge clk_i) begin
      if (consume_valid_i[i]) used_mem[segment] <= used;
    end
  end

  always_comb begin
    released = '0;
    for (int i = 0; i < Consumers; i++) released = released + head_used[i*RowW +: RowW];
    if (all_i) released = head_rows;
    if (!head_valid_o) released = '0;
    free_o = released - released_q;
  end

  always_comb begin
    head_d = head_q;
    tail_d = tail_q;
    level_d = level_q;
    released_d = released;
    if (finished) begin
      head_d = head_q + 1'b1;
      released_d = '0;
    end
    if (opened) tail_d = tail_q + 1'b1;
    if (opened && !finished) level_d = level_q + 1'b1;
    if (finished && !opened) level_d = level_q - 1'b1;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      released_q <= '0;
      head_q <= '0;
      tail_q <= '0;
      level_q <= '0;
    end else begin
      released_q <= released_d;
      head_q <= head_d;
      tail_q <= tail_d;
      level_q <= level_d;
    end
  end

  always_ff @(posedge clk_i) begin
    if (opened) rows_mem[tail_q] <= open_rows_i;
  end

  // Assertions
  logic [SegW-1:0] span;
  assign span = tail_q - head_q;
  `EDGEMOE_ASSERT(LevelIsSpan, level_q[SegW-1:0] == span && 32'(level_q) <= Segments)
  `EDGEMOE_ASSERT(SegmentsHaveRows, !opened || open_rows_i != '0)
  `EDGEMOE_ASSERT(NotBeyondItsRows, !head_valid_o || released <= head_rows)
  `EDGEMOE_ASSERT(OnlyOpenSegments, head_valid_o || (consume_valid_i == '0 && !all_i))

`ifdef FORMAL
  // Conservation: the rows of an open segment are those not consumed and those consumed, and of the
  // oldest, no more are freed than were consumed. The user consumes what there is.
  logic [Segments*RowW-1:0] left_q, left_d;
  logic [RowW:0] wanted;
  logic [Segments-1:0] conserved;
  logic obeys;

  always_comb begin
    left_d = left_q;
    obeys = !all_i || left_q[32'(head_q)*RowW +: RowW] == rows_mem[head_q];
    for (int s = 0; s < Segments; s++) begin
      wanted = '0;
      for (int i = 0; i < Consumers; i++) begin
        if (consume_valid_i[i] && 32'(consume_segment_i[i*SegW +: SegW]) == s) begin
          wanted = wanted + (RowW + 1)'(consume_rows_i[i*RowW +: RowW]);
          if (left_q[s*RowW +: RowW] == '0 || all_i) obeys = 1'b0;
        end
      end
      if (wanted > (RowW + 1)'(left_q[s*RowW +: RowW])) obeys = 1'b0;
      left_d[s*RowW +: RowW] = left_q[s*RowW +: RowW] - wanted[RowW-1:0];
    end
    if (all_i) left_d[32'(head_q)*RowW +: RowW] = '0;
    if (opened) left_d[32'(tail_q)*RowW +: RowW] = open_rows_i;
  end
  always @* assume (obeys);
  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      left_q <= '0;
    end else begin
      left_q <= left_d;
    end
  end
  // What each consumer holds of a segment; a number that is not open has nothing left.
  logic [Consumers*Segments*RowW-1:0] held;
  for (genvar i = 0; i < Consumers; i++) begin : gen_held
    for (genvar g = 0; g < Segments; g++) begin : gen_segment
      assign held[(i*Segments+g)*RowW +: RowW] =
          gen_consumer[i].used_q[g] ? gen_consumer[i].used_mem[g] : '0;
    end
  end
  for (genvar g = 0; g < Segments; g++) begin : gen_conserved
    logic [SegW-1:0] age;
    logic [RowW+1:0] sum;
    assign age = SegW'(g) - head_q;
    always_comb begin
      sum = (RowW + 2)'(left_q[g*RowW +: RowW]);
      for (int i = 0; i < Consumers; i++) begin
        sum = sum + (RowW + 2)'(held[(i*Segments+g)*RowW +: RowW]);
      end
    end
    assign conserved[g] = (SegW + 1)'(age) < level_q ? sum == (RowW + 2)'(rows_mem[g])
                                                     : left_q[g*RowW +: RowW] == '0;
  end
  logic [RowW+1:0] head_sum;
  always_comb begin
    head_sum = '0;
    for (int i = 0; i < Consumers; i++) begin
      head_sum = head_sum + (RowW + 2)'(held[(i*Segments+32'(head_q))*RowW +: RowW]);
    end
  end
  `EDGEMOE_ASSERT(Conserved, &conserved)
  `EDGEMOE_ASSERT(FreedWereConsumed, level_q == '0 ? released_q == '0
                                                   : (RowW + 2)'(released_q) <= head_sum)
`endif

endmodule
