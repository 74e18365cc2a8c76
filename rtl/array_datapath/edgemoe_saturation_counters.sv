// SPDX-License-Identifier: Apache-2.0
// edgemoe_saturation_counters: how many values were saturated, by what hls/kernels counts.
//
// Interface  in: flags of a row of results and of a row of GELU outputs, DrainRows of each. out:
//            totals since clear_i.
// Latency    3 cycles.
// Reset      all 0. clear_i also forgets rows on their way to the totals.
// Numbers    totals of 32 bits stay at their end.
// Verified   tests/rtl/array_datapath.
module edgemoe_saturation_counters #(
  parameter int unsigned DrainRows = 1
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  input  logic                    clear_i,

  input  logic [DrainRows-1:0]    valid_i,
  input  logic [DrainRows*16-1:0] accumulator_i,
  input  logic [DrainRows*32-1:0] residual_i,
  input  logic [DrainRows*16-1:0] int8_i,
  input  logic [DrainRows-1:0]    gelu_valid_i,
  input  logic [DrainRows*16-1:0] gelu_i,

  output logic [31:0]             accumulator_o,
  output logic [31:0]             residual_o,
  output logic [31:0]             int8_o
);

  function automatic logic [4:0] ones16(input logic [15:0] x);
    ones16 = '0;
    for (int n = 0; n < 16; n++) ones16 = ones16 + 5'(x[n]);
  endfunction

  function automatic logic [31:0] add(input logic [31:0] total, input logic [6:0] more);
    add = total + 32'(more);
    if (add < total) add = 32'hffffffff;
  endfunction

  // Of each row, then of all, then the totals.
  logic [DrainRows*5-1:0] accumulator_q, low_q, high_q, int8_q, gelu_q;
  logic [6:0]             accumulator_d2, residual_d2, int8_d2;
  logic [6:0]             accumulator_q2, residual_q2, int8_q2;
  always_comb begin
    accumulator_d2 = '0;
    residual_d2    = '0;
    int8_d2        = '0;
    for (int r = 0; r < DrainRows; r++) begin
      accumulator_d2 = accumulator_d2 + 7'(accumulator_q[r*5 +: 5]);
      residual_d2    = residual_d2 + 7'(low_q[r*5 +: 5]) + 7'(high_q[r*5 +: 5]);
      int8_d2        = int8_d2 + 7'(int8_q[r*5 +: 5]) + 7'(gelu_q[r*5 +: 5]);
    end
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      accumulator_q  <= '0;
      low_q          <= '0;
      high_q         <= '0;
      int8_q         <= '0;
      gelu_q         <= '0;
      accumulator_q2 <= '0;
      residual_q2    <= '0;
      int8_q2        <= '0;
      accumulator_o  <= '0;
      residual_o     <= '0;
      int8_o         <= '0;
    end else begin
      for (int r = 0; r < DrainRows; r++) begin
        accumulator_q[r*5 +: 5] <= valid_i[r] ? ones16(accumulator_i[r*16 +: 16]) : '0;
        low_q[r*5 +: 5]         <= valid_i[r] ? ones16(residual_i[r*32 +: 16]) : '0;
        high_q[r*5 +: 5]        <= valid_i[r] ? ones16(residual_i[r*32+16 +: 16]) : '0;
        int8_q[r*5 +: 5]        <= valid_i[r] ? ones16(int8_i[r*16 +: 16]) : '0;
        gelu_q[r*5 +: 5]        <= gelu_valid_i[r] ? ones16(gelu_i[r*16 +: 16]) : '0;
      end
      accumulator_q2 <= clear_i ? '0 : accumulator_d2;
      residual_q2    <= clear_i ? '0 : residual_d2;
      int8_q2        <= clear_i ? '0 : int8_d2;
      accumulator_o  <= clear_i ? '0 : add(accumulator_o, accumulator_q2);
      residual_o     <= clear_i ? '0 : add(residual_o, residual_q2);
      int8_o         <= clear_i ? '0 : add(int8_o, int8_q2);
    end
  end

endmodule
