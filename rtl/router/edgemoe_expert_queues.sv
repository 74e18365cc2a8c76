// SPDX-License-Identifier: Apache-2.0
// edgemoe_expert_queues: the queues of all experts, fed by the router's choices.
//
// Interface  push: up to TopK choices of one token, one for an expert at most (asserted). clear:
//            before
//            the first token of a block. read: entry index_i of expert_i; lengths of all.
// Handshake  none: edgemoe_expert_queue.sv says why nothing can overflow.
// Latency    a push counts in length_o two cycles later; read 2 cycles (memory, selection).
//            clear_i acts behind the pushes that came before it, never in their cycle.
// Reset      empties the queues.
// Parameters Experts >= 2; TopK; Depth: rows of the token buffers; RowWidth.
// Verified   tests/rtl/router: against enqueue_row of hls/kernels.
`include "edgemoe_assert.svh"

module edgemoe_expert_queues #(
  parameter int unsigned Experts  = 16,
  parameter int unsigned TopK     = 4,
  parameter int unsigned Depth    = 272,
  parameter int unsigned RowWidth = 9,
  localparam int unsigned ExpertWidth = $clog2(Experts),
  localparam int unsigned LengthWidth = $clog2(Depth + 1),
  localparam int unsigned IndexWidth  = Depth > 1 ? $clog2(Depth) : 1
) (
  input  logic                           clk_i,
  input  logic                           rst_ni,

  // choices
  input  logic                           clear_i,
  input  logic                           valid_i,
  input  logic [RowWidth-1:0]            row_i,
  input  logic [TopK-1:0]                kept_i,
  input  logic [TopK*ExpertWidth-1:0]    expert_i,
  input  logic [TopK*17-1:0]             score_i,

  // queues
  input  logic [ExpertWidth-1:0]         read_expert_i,
  input  logic [IndexWidth-1:0]          read_index_i,
  output logic [RowWidth-1:0]            read_row_o,
  output logic [16:0]                    read_score_o,
  output logic [Experts*LengthWidth-1:0] length_o
);

  localparam int unsigned EntryWidth = RowWidth + 17;

  // Who is pushed where: a register stage, so that the selection does not reach into the memories.
  logic [Experts-1:0]            push_d, push_q, twice;
  logic [Experts*17-1:0]         score_d, score_q;
  logic [RowWidth-1:0]           row_q;
  logic                          clear_q;
  logic [Experts*EntryWidth-1:0] entry;
  logic [ExpertWidth-1:0]        read_expert_q;
  logic [EntryWidth-1:0]         read_q;

  always_comb begin
    push_d  = '0;
    twice   = '0;
    score_d = '0;
    for (int e = 0; e < Experts; e++) begin
      for (int k = 0; k < TopK; k++) begin
        if (valid_i && kept_i[k] && expert_i[k*ExpertWidth +: ExpertWidth] == ExpertWidth'(e)) begin
          twice[e]            = twice[e] | push_d[e];
          push_d[e]           = 1'b1;
          score_d[e*17 +: 17] = score_d[e*17 +: 17] | score_i[k*17 +: 17];
        end
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      push_q  <= '0;
      clear_q <= 1'b0;
    end else begin
      push_q  <= push_d;
      clear_q <= clear_i;
    end
  end

  always_ff @(posedge clk_i) begin
    score_q       <= score_d;
    row_q         <= row_i;
    read_expert_q <= read_expert_i;
    read_q        <= entry[read_expert_q*EntryWidth +: EntryWidth];
  end

  for (genvar e = 0; e < Experts; e++) begin : gen_queue
    edgemoe_expert_queue #(
      .Depth(Depth), .Width(EntryWidth)
    ) u_queue (
      .clk_i, .rst_ni,
      .clear_i (clear_q),
      .push_i  (push_q[e]),
      .entry_i ({row_q, score_q[e*17 +: 17]}),
      .index_i (read_index_i),
      .entry_o (entry[e*EntryWidth +: EntryWidth]),
      .length_o(length_o[e*LengthWidth +: LengthWidth])
    );
  end

  assign {read_row_o, read_score_o} = read_q;

  `EDGEMOE_ASSERT(ChoicesAreDistinct, twice == '0)
  `EDGEMOE_ASSERT(ClearAlone, !(clear_i && valid_i))

endmodule
