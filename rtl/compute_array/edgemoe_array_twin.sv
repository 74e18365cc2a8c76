// SPDX-License-Identifier: Apache-2.0
// edgemoe_array_twin: edgemoe_array_core for simulation, the same values in the same cycles.
//
// Why        1,024 DSP models would cost most of a simulation. Here a tile is summed in the cycle
//            in
//            which it comes and only finished blocks are delayed, so that idle cycles cost nothing.
// Interface, Layout, Handshake, Latency, Reset, Numbers, Parameters: edgemoe_array_core.sv.
//            sum_o is defined in cycles with done_o only. Not for synthesis.
// Verified   tests/rtl/compute_array: against edgemoe_array_core cycle by cycle.
`include "edgemoe_assert.svh"

`ifndef SYNTHESIS

module edgemoe_array_twin #(
  parameter int unsigned TokenLanes = 8,
  parameter int unsigned InLanes    = 16,
  parameter int unsigned OutLanes   = 16,
  parameter int unsigned AccWidth   = 32,
  parameter int unsigned TagWidth   = 1
) (
  input  logic                                    clk_i,
  input  logic                                    rst_ni,

  // tile
  input  logic                                    valid_i,
  input  logic                                    first_i,
  input  logic                                    shift_i,
  input  logic                                    last_i,
  input  logic [TagWidth-1:0]                     tag_i,
  input  logic [TokenLanes*InLanes*9-1:0]         operand_i,
  input  logic [InLanes*OutLanes*8-1:0]           weight_i,

  // finished block
  output logic                                    done_o,
  output logic [TagWidth-1:0]                     tag_o,
  output logic [TokenLanes*OutLanes*AccWidth-1:0] sum_o
);

  localparam int unsigned Latency = 13;
  localparam int unsigned Results = TokenLanes * OutLanes;

  `EDGEMOE_PARAMETER_CHECK(InLanesAreWholeChains, InLanes >= 8 && InLanes % 8 == 0)
  `EDGEMOE_PARAMETER_CHECK(OutLanesArePairs, OutLanes >= 2 && OutLanes % 2 == 0)

  logic signed [AccWidth-1:0] acc_d [0:Results-1];
  logic signed [AccWidth-1:0] acc_q [0:Results-1];
  int operand [0:TokenLanes*InLanes-1];
  int weight  [0:InLanes*OutLanes-1];
  int dot;
  logic [Results*AccWidth-1:0] flat;

  always_comb begin
    acc_d   = acc_q;
    operand = '{default: 0};
    weight  = '{default: 0};
    dot     = 0;
    flat    = '0;
    if (valid_i) begin
      for (int n = 0; n < TokenLanes * InLanes; n++) begin
        operand[n] = 32'(signed'(operand_i[n*9 +: 9]));
      end
      for (int n = 0; n < InLanes * OutLanes; n++) begin
        weight[n] = 32'(signed'(weight_i[n*8 +: 8]));
        if (n % 2 == 1 && weight[n-1] < 0) weight[n] = weight[n] + 1;
      end
      for (int t = 0; t < TokenLanes; t++) begin
        for (int o = 0; o < OutLanes; o++) begin
          dot = 0;
          for (int i = 0; i < InLanes; i++) begin
            dot = dot + operand[t*InLanes+i] * weight[i*OutLanes+o];
          end
          if (first_i) acc_d[t*OutLanes+o] = AccWidth'(dot);
          else if (shift_i) acc_d[t*OutLanes+o] = (acc_q[t*OutLanes+o] <<< 8) + AccWidth'(dot);
          else acc_d[t*OutLanes+o] = acc_q[t*OutLanes+o] + AccWidth'(dot);
        end
      end
      if (last_i) begin
        for (int n = 0; n < Results; n++) flat[n*AccWidth +: AccWidth] = acc_d[n];
      end
    end
  end

  always_ff @(posedge clk_i) acc_q <= acc_d;

  // Finished blocks wait for their cycle; at most one per cycle of latency.
  logic [Results*AccWidth-1:0] result_q [0:15];
  logic [TagWidth-1:0]         tag_q [0:15];
  logic [3:0]                  write_q, read_q;
  logic [Latency-1:0]          done_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      write_q <= '0;
      read_q  <= '0;
      done_q  <= '0;
    end else begin
      done_q <= {done_q[Latency-2:0], valid_i && last_i};
      if (valid_i && last_i) write_q <= write_q + 4'd1;
      if (done_o) read_q <= read_q + 4'd1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (valid_i && last_i) begin
      result_q[write_q] <= flat;
      tag_q[write_q]    <= tag_i;
    end
  end

  assign done_o = done_q[Latency-1];
  assign sum_o  = result_q[read_q];
  assign tag_o  = tag_q[read_q];

endmodule

`endif
