// SPDX-License-Identifier: Apache-2.0
// edgemoe_shift_fine: second half of a rounding right shift: by 0 to 15.
//
// For        what edgemoe_shift_coarse leaves, whose words these are.
// Interface  x_i, over_i: from there. y_o: OutWidth + 2 bits, the lowest of which rounds, the
//            highest of which is always the sign; over_o: the number has more bits than these.
// Latency    combinational: two levels of four to one.
// Resources  about 2 OutWidth + 20 LUT6.
// Verified   tests/rtl/common, and by all lanes that use it.
module edgemoe_shift_fine #(
  parameter int unsigned OutWidth = 27,
  localparam int unsigned InWidth = OutWidth + 17
) (
  input  logic [InWidth-1:0]  x_i,
  input  logic                over_i,
  input  logic [3:0]          shift_i,
  output logic [OutWidth+1:0] y_o,
  output logic                over_o
);

  localparam int unsigned MidWidth = OutWidth + 5;

  logic                       sign, over_mid;
  logic signed [InWidth-1:0]  all;
  logic signed [MidWidth-1:0] mid;
  logic        [2:0]          lost_mid, lost;
  assign sign = x_i[InWidth-1];
  assign all  = x_i;

  // By 0, 4, 8 or 12: bits 4 k .. 4 k + 3 above the middle are lost up to step k.
  for (genvar k = 0; k < 3; k++) begin : gen_lost_mid
    assign lost_mid[k] = all[MidWidth-1+4*k +: 4] != {4{sign}};
  end
  always_comb begin
    mid             = MidWidth'(all >>> {shift_i[3:2], 2'b00});
    mid[MidWidth-1] = sign;
    over_mid        = over_i || |(lost_mid >> shift_i[3:2]);
  end

  // By 0 to 3.
  for (genvar k = 0; k < 3; k++) begin : gen_lost
    assign lost[k] = mid[OutWidth+1+k] != sign;
  end
  always_comb begin
    y_o             = (OutWidth+2)'(mid >>> shift_i[1:0]);
    y_o[OutWidth+1] = sign;
    over_o          = over_mid || |(lost >> shift_i[1:0]);
  end

endmodule
