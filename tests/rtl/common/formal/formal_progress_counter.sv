// SPDX-License-Identifier: Apache-2.0
// The count is the sum of all that was added Latency cycles ago or before, and so never falls.
module formal_progress_counter #(
  parameter int unsigned Latency = 2
) (
  input logic       clk_i,
  input logic       rst_ni,
  input logic       clear_i,
  input logic [1:0] add_i,
  input logic [7:0] target_i
);
  `include "formal_start.svh"

  logic [7:0] count, last_q;
  logic reached, steady_q;
  logic [8:0] total_q;  // all that was added in earlier cycles
  logic [9*Latency-1:0] totals_q;

  edgemoe_progress_counter #(.CountW(8), .AddW(2), .Latency(Latency)) u_dut (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(clear_i), .add_i(add_i), .target_i(target_i),
    .count_o(count), .reached_o(reached)
  );

  always @* assume (total_q + add_i < 256);  // the program's counters do not run over
  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      total_q <= '0;
      totals_q <= '0;
      last_q <= '0;
      steady_q <= 1'b0;
    end else begin
      total_q <= clear_i ? '0 : total_q + add_i;
      totals_q <= clear_i ? '0 : {totals_q, 9'(total_q + add_i)};
      last_q <= count;
      steady_q <= !clear_i;
    end
  end
  always @(posedge clk_i) if (rst_ni) begin
    exact : assert (9'(count) == totals_q[9*(Latency-1) +: 9]);
    newest_is_total : assert (totals_q[8:0] == total_q);
    never_falls : assert (!steady_q || count >= last_q);
    compares : assert (reached == (count >= target_i));
  end
endmodule
