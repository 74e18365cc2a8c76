// SPDX-License-Identifier: Apache-2.0
// The one place that knows which tool reads an assertion. Immediate assertions only: they are what
// simulator and Yosys -formal both take. Nothing is left in synthesis.
// All sample at the rising edge of clk_i while rst_ni is high, so both must be in scope.
//
//   `EDGEMOE_ASSERT(Name, condition)          condition holds in every cycle
//   `EDGEMOE_ASSERT_HOLD(Name, valid, ready, data)  an offer that was not taken stays, data too
//   `EDGEMOE_PARAMETER_CHECK(Name, condition) elaboration stops unless condition (a constant) holds
`ifndef EDGEMOE_ASSERT_SVH
`define EDGEMOE_ASSERT_SVH

`ifdef SYNTHESIS
`define EDGEMOE_ASSERT(name_, condition_)
`define EDGEMOE_ASSERT_HOLD(name_, valid_, ready_, data_)
`else
`define EDGEMOE_ASSERT(name_, condition_) \
  always @(posedge clk_i) begin : name_``_check \
    if (rst_ni) begin \
      name_ : assert (condition_); \
    end \
  end
`define EDGEMOE_ASSERT_HOLD(name_, valid_, ready_, data_) \
  always @(posedge clk_i) begin : name_``_check \
    if (rst_ni && $past(rst_ni && (valid_) && !(ready_))) begin \
      name_ : assert ((valid_) && (data_) == $past(data_)); \
    end \
  end
`endif

// An instance of a module that does not exist: the only form of a constant check that Verilator and
// Yosys 0.23 both refuse, with the check's name in the message.
`define EDGEMOE_PARAMETER_CHECK(name_, condition_) \
  generate if (!(condition_)) begin : name_ \
    edgemoe_parameter_check_failed_``name_ u_parameter_check_failed (); \
  end endgenerate

`endif
