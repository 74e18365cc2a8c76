// SPDX-License-Identifier: Apache-2.0
// edgemoe_shift_coarse: first half of a rounding right shift: by 0, 16, 32 or 48.
//
// For        rhu(x, s) saturated to OutWidth bits, in two halves with room for a register between:
//            edgemoe_shift_coarse, edgemoe_shift_fine, edgemoe_round_saturate. Instead of adding
//            half an LSB to the wide number first, one bit more of the result is kept, which is
//            what rounding half up adds to it; and instead of shifting and comparing all bits,
//            whether those beyond the result are copies of the sign is found along the way.
// Interface  y_o: the low OutWidth + 17 bits of (2 x) >> 16 * steps_i, its top bit always the sign
//            of x; over_o: bits beyond them were lost. OutWidth is that of the rounded number.
// Latency    combinational.
// Numbers    x_i signed, InWidth bits. A shift beyond the number's width gives copies of its sign,
//            which round to 0.
// Resources  a LUT6 a bit (four to one), less where StepsWidth is 1.
// Verified   tests/rtl/common, and by all lanes that use it.
module edgemoe_shift_coarse #(
  parameter int unsigned InWidth    = 63,
  parameter int unsigned OutWidth   = 27,
  parameter int unsigned StepsWidth = 2,
  localparam int unsigned KeepWidth = OutWidth + 17
) (
  input  logic [InWidth-1:0]    x_i,
  input  logic [StepsWidth-1:0] steps_i,
  output logic [KeepWidth-1:0]  y_o,
  output logic                  over_o
);

  localparam int unsigned Steps    = 1 << StepsWidth;
  localparam int unsigned AllWidth = InWidth + 1 > KeepWidth ? InWidth + 1 : KeepWidth;

  logic                       sign;
  logic signed [AllWidth-1:0] all;
  logic        [Steps-1:0]    lost;
  assign sign = x_i[InWidth-1];
  assign all  = AllWidth'(signed'({x_i, 1'b0}));

  // lost[k]: among the bits that step k leaves out and step k + 1 does not, one is no copy of the
  // sign.
  for (genvar k = 0; k < Steps; k++) begin : gen_lost
    localparam int unsigned From = KeepWidth - 1 + 16 * k;
    localparam int unsigned To   = k + 1 < Steps && From + 15 < AllWidth ? From + 15 : AllWidth - 1;
    if (From < AllWidth) begin : gen_bits
      assign lost[k] = all[To:From] != {(To-From+1){sign}};
    end else begin : gen_none
      assign lost[k] = 1'b0;
    end
  end

  always_comb begin
    y_o              = KeepWidth'(all >>> {steps_i, 4'd0});
    y_o[KeepWidth-1] = sign;
    over_o           = |(lost >> steps_i);
  end

endmodule
