// SPDX-License-Identifier: Apache-2.0
// Every proof starts in reset; afterwards reset is free.
logic started_q;
initial started_q = 1'b0;
always @(posedge clk_i) started_q <= 1'b1;
always @* if (!started_q) assume (!rst_ni);
