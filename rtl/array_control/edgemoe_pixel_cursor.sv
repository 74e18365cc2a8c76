// SPDX-License-Identifier: Apache-2.0
// Where the pixels of a group of patches lie: words of 16 bytes in the order of loading.
//
// Why:       pixels come band by band (16 image lines, one row of patches), the three planes of a
//            band in turn, lines of a plane one after another. A word is one patch' part of a line,
//            so that word k of a patch (plane k / 16, line k % 16) of a band lies k * patches a row
//            behind its word 0.
// Interface  columns_i: patches in a row of the image. step_i: word k of the group is read in this
//            cycle, first_i: k = 0. group_i: the block ends and the next one belongs to the next
//            group; first_group_i: this block belongs to the first one.
// Needs      columns_i a multiple of TokenLanes; blocks of all 48 words of a patch.
// Latency    word_o belongs to the tile of this cycle.
// Reset      none needed: every out block begins with the first group.
// Verified   tests/rtl/array_control, within the whole.

module edgemoe_pixel_cursor #(
  parameter int unsigned TokenLanes = 8,
  parameter int unsigned WordW = 13,
  localparam int unsigned ColW = 12
) (
  input  logic             clk_i,
  input  logic [ColW-1:0]  columns_i,
  input  logic             step_i,
  input  logic             first_i,
  input  logic             group_i,
  input  logic             first_group_i,
  output logic [WordW-1:0] word_o
);

  logic [WordW-1:0] word_q, word_d, group_q, group_d, group;
  logic [ColW-1:0] col_q, col_d, col;
  logic last_col;

  assign group = first_group_i ? '0 : group_q;
  assign col = first_group_i ? '0 : col_q;
  assign word_o = first_i ? group : word_q;
  assign word_d = word_o + WordW'(columns_i);
  assign last_col = 32'(col) + TokenLanes >= 32'(columns_i);
  // The band ends with the last word of its last group.
  assign group_d = (last_col ? word_o : group) + WordW'(TokenLanes);
  assign col_d = last_col ? '0 : col + ColW'(TokenLanes);

  always_ff @(posedge clk_i) begin
    if (step_i) word_q <= word_d;
    if (step_i && group_i) begin
      group_q <= group_d;
      col_q <= col_d;
    end
  end

endmodule
