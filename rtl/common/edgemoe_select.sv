// SPDX-License-Identifier: Apache-2.0
// edgemoe_select: one of several words.
//
// For        what `words[index*Width +: Width]` says. Yosys makes a shifter of the whole vector by
//            bits out of that, many times as large as the multiplexers that are meant.
// Interface  word_o: word index_i of data_i; 0 for an index that no word has.
// Latency    combinational: a tree of two to one, the lowest bit of the index first.
// Parameters Words >= 2; Width >= 1.
// Verified   tests/rtl/common.
module edgemoe_select #(
  parameter int unsigned Words = 16,
  parameter int unsigned Width = 16,
  localparam int unsigned IndexWidth = $clog2(Words)
) (
  input  logic [Words*Width-1:0] data_i,
  input  logic [IndexWidth-1:0]  index_i,
  output logic [Width-1:0]       word_o
);

  localparam int unsigned All = 1 << IndexWidth;

  logic [All*Width-1:0] left;
  always_comb begin
    left = (All*Width)'(data_i);
    for (int s = 0; s < IndexWidth; s++) begin
      for (int k = 0; k < (All >> (s + 1)); k++) begin
        left[k*Width +: Width] = index_i[s] ? left[(2*k+1)*Width +: Width]
                                            : left[2*k*Width +: Width];
      end
    end
    word_o = left[Width-1:0];
  end

endmodule
