// SPDX-License-Identifier: Apache-2.0
// The queue is a delay line: it gives what a register chain of Delay stages gives, as long as no
// more than Depth words are on their way.
module formal_delay_queue #(
  parameter int unsigned Width = 2,
  parameter int unsigned Delay = 5,
  parameter int unsigned Depth = 4
) (
  input logic             clk_i,
  input logic             push_i,
  input logic [Width-1:0] data_i
);

  logic rst_n = 1'b0;
  logic valid;
  logic [Width-1:0] data;

  edgemoe_delay_queue #(.Width(Width), .Delay(Delay), .Depth(Depth)) u_queue (
    .clk_i, .rst_ni(rst_n), .push_i, .data_i, .valid_o(valid), .data_o(data)
  );

  logic [Delay-1:0]       chain_valid = '0;
  logic [Delay*Width-1:0] chain_data;
  logic [31:0]            level;

  always_comb begin
    level = '0;
    for (int i = 0; i < Delay; i++) level = level + 32'(chain_valid[i]);
  end

  always @(posedge clk_i) begin
    rst_n <= 1'b1;
    assume (!push_i || level < Depth);
    chain_valid <= rst_n ? {chain_valid[Delay-2:0], push_i} : '0;
    chain_data <= {chain_data[(Delay-1)*Width-1:0], data_i};
  end

  always @(posedge clk_i) begin
    if (rst_n) begin
      comes_in_time : assert (valid == chain_valid[Delay-1]);
      if (valid) begin
        same_word : assert (data == chain_data[(Delay-1)*Width +: Width]);
      end
    end
  end

endmodule
