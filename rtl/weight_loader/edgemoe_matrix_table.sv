// SPDX-License-Identifier: Apache-2.0
// Where the matrices of the rings lie: by tag (LOAD_WEIGHTS), and by expert.
//
// Why:       readers of a matrix know its tag or expert; what they need is its first place in each
//            ring, how many rows must have come, and which segment they give back.
// Interface: open_*: an entry for a matrix; open_expert_i: for matrix open_matrix_i of an expert of
//            the MoE block of parity open_parity_i. clear_*: forgets the experts of a parity. Look-
//            ups: tag_i[p] -> found_o[p] and entry_o[p]; exp_* the same for experts. An entry is
//            {tile place, tile count, tile segment, parameter place, parameter count, parameter
//            segment, parameter rows}; counts are those of all rows of the ring before it.
// Latency:   look-ups are combinational; an entry opened in cycle c is found from c + 1 on.
// Reset:     nothing is found.
// Requires:  at most Tags tags from the oldest in use to the newest (the walker's segments see to
//            it).
// Parameters: Tags, a power of two; Readers of tags; Experts; widths of an entry's fields.
// Verified:  tests/rtl/weight_loader, with the loader's control, against the cycle engine.

module edgemoe_matrix_table #(
  parameter int unsigned Tags = 128,
  parameter int unsigned Readers = 2,
  parameter int unsigned Experts = 16,
  parameter int unsigned EntryW = 128,
  localparam int unsigned ExpertW = Experts > 1 ? $clog2(Experts) : 1
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,

  // new entries
  input  logic                      open_valid_i,
  input  logic                      open_expert_i,
  input  logic [15:0]               open_tag_i,
  input  logic                      open_parity_i,
  input  logic [ExpertW-1:0]        open_number_i,
  input  logic                      open_matrix_i,
  input  logic [EntryW-1:0]         open_entry_i,
  input  logic                      clear_valid_i,
  input  logic                      clear_parity_i,

  // look-ups
  input  logic [Readers*16-1:0]     tag_i,
  output logic [Readers-1:0]        found_o,
  output logic [Readers*EntryW-1:0] entry_o,
  input  logic                      exp_parity_i,
  input  logic [ExpertW-1:0]        exp_number_i,
  input  logic                      exp_matrix_i,
  output logic                      exp_found_o,
  output logic [EntryW-1:0]         exp_entry_o
);

  localparam int unsigned TagW = $clog2(Tags);
  localparam int unsigned Half = 2 << ExpertW;  // entries of a parity

  logic [16+EntryW-1:0] tags_mem [0:Tags-1];
  logic [EntryW-1:0] experts_mem [0:2*Half-1];
  logic [Tags-1:0] tags_q;
  logic [2*Half-1:0] experts_q, experts_d;
  logic [ExpertW+1:0] write_expert, read_expert;

  assign write_expert = {open_parity_i, open_number_i, open_matrix_i};
  assign read_expert = {exp_parity_i, exp_number_i, exp_matrix_i};

  always_comb begin
    experts_d = experts_q;
    if (clear_valid_i) experts_d[32'(clear_parity_i)*Half +: Half] = '0;
    if (open_valid_i && open_expert_i) experts_d[write_expert] = 1'b1;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      tags_q <= '0;
      experts_q <= '0;
    end else begin
      if (open_valid_i && !open_expert_i) tags_q[open_tag_i[TagW-1:0]] <= 1'b1;
      experts_q <= experts_d;
    end
  end
  always_ff @(posedge clk_i) begin
    if (open_valid_i && !open_expert_i)
      tags_mem[open_tag_i[TagW-1:0]] <= {open_tag_i, open_entry_i};
    if (open_valid_i && open_expert_i) experts_mem[write_expert] <= open_entry_i;
  end

  for (genvar p = 0; p < Readers; p++) begin : gen_reader
    logic [15:0] tag, stored_tag;
    assign tag = tag_i[p*16 +: 16];
    assign {stored_tag, entry_o[p*EntryW +: EntryW]} = tags_mem[tag[TagW-1:0]];
    assign found_o[p] = tags_q[tag[TagW-1:0]] && stored_tag == tag;
  end
  assign exp_entry_o = experts_mem[read_expert];
  assign exp_found_o = experts_q[read_expert];

endmodule
