// SPDX-License-Identifier: Apache-2.0
/// Writes rtl/common/edgemoe_pkg.sv to stdout: everything of the program's binary form and of the
/// units' timing that the RTL needs, from the C++ headers that define it. The result is checked in,
/// so that the tree is complete for tools without C++; a test generates it again and compares.
#include <cctype>
#include <cstdio>
#include <string>

#include "hls/program/command.hpp"
#include "hls/program/fields.hpp"
#include "hls/program/image.hpp"
#include "hls/program/print.hpp"
#include "sim/units/timing.hpp"

namespace {

using namespace edgemoe;

/// `requant.bias_shift` -> `RequantBiasShift`.
std::string camel(const std::string& name) {
  std::string out;
  bool upper = true;
  for (char c : name) {
    if (c == '_' || c == '.' || c == ' ') {
      upper = true;
      continue;
    }
    out += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    upper = false;
  }
  return out;
}

void constant(const std::string& name, unsigned long long value) {
  std::printf("  localparam int unsigned %s = %llu;\n", name.c_str(), value);
}

void code(const std::string& name, int value) {
  std::printf("  localparam logic [7:0] %s = 8'd%d;\n", name.c_str(), value);
}

void section(const char* text) { std::printf("\n  // %s\n", text); }

struct FieldWriter {
  template <typename T>
  void operator()(const char* name, int byte, int bit, int bits, const T&) const {
    constant("Cmd" + camel(name) + "Lsb", static_cast<unsigned long long>(8 * byte + bit));
    constant("Cmd" + camel(name) + "W", static_cast<unsigned long long>(bits));
  }
};

void write_program() {
  section("Program: sizes");
  constant("CommandBytes", program::kCommandBytes);
  constant("CommandW", 8 * program::kCommandBytes);
  constant("RowBytes", program::kRowBytes);
  constant("RowW", 8 * program::kRowBytes);
  constant("Tile", program::kTile);
  constant("ParamsPerRow", program::kParamsPerRow);
  constant("MaxWaits", program::kMaxWaits);
  constant("MaxCounters", program::kMaxCounters);
  constant("MaxListedExperts", program::kMaxListedExperts);
  constant("MaxTopK", program::kMaxTopK);
  constant("UnityScale", program::kUnityScale);
  constant("ImageMagic", program::kImageMagic);
  constant("ImageVersion", program::kImageVersion);
  constant("ImageHeaderBytes", program::kImageHeaderBytes);

  section("Program: fields of a command, bits [Lsb +: W] of its little-endian word");
  const program::Command command;
  FieldWriter writer;
  program::visit_fields(command, writer);
}

void write_codes() {
  section("Opcodes, and the unit that executes each");
  for (int i = 0; i <= program::EnumLimit<program::Opcode>::kLast; ++i) {
    const auto opcode = static_cast<program::Opcode>(i);
    code("Op" + camel(program::name_of(opcode)), i);
    code("UnitOf" + camel(program::name_of(opcode)), static_cast<int>(program::unit_of(opcode)));
  }
  section("Units");
  for (int i = 0; i <= static_cast<int>(program::Unit::kWriter); ++i)
    code("Unit" + camel(program::name_of(static_cast<program::Unit>(i))), i);
  section("Buffers");
  for (int i = 0; i <= program::EnumLimit<program::Buffer>::kLast; ++i)
    code("Buffer" + camel(program::name_of(static_cast<program::Buffer>(i))), i);
  section("Modes");
  code("PostResidualAdd", static_cast<int>(program::Post::kResidualAdd));
  code("PostEmbed", static_cast<int>(program::Post::kEmbed));
  code("PostInt8", static_cast<int>(program::Post::kInt8));
  code("PostGelu", static_cast<int>(program::Post::kGelu));
  code("ScaleUnity", static_cast<int>(program::ScaleSource::kUnity));
  code("ScaleToken", static_cast<int>(program::ScaleSource::kToken));
  code("OrderTokenOuter", static_cast<int>(program::LoopOrder::kTokenOuter));
  code("OrderWeightOuter", static_cast<int>(program::LoopOrder::kWeightOuter));
  code("WaitNone", static_cast<int>(program::WaitMode::kNone));
  code("WaitStart", static_cast<int>(program::WaitMode::kStart));
  code("WaitGroup", static_cast<int>(program::WaitMode::kGroup));
  code("SignalNone", static_cast<int>(program::SignalMode::kNone));
  code("SignalEnd", static_cast<int>(program::SignalMode::kEnd));
  code("SignalGroup", static_cast<int>(program::SignalMode::kGroup));
}

void write_timing() {
  namespace timing = sim::timing;
  section("Latencies in cycles; what each means stands in sim/units/timing.hpp");
  constant("SignalCycles", timing::kSignal);
  constant("QueueCycles", timing::kQueue);
  constant("DecodeCycles", timing::kDecode);
  constant("DoneCycles", timing::kDone);
  constant("BufferCycles", timing::kBuffer);
  constant("RingWriteCycles", timing::kRingWrite);
  constant("RingCreditCycles", timing::kRingCredit);
  constant("SkipCycles", timing::kSkip);
  constant("ArrayPipeline", timing::kArrayPipeline);
  constant("RequantPipeline", timing::kRequantPipeline);
  constant("GeluPipeline", timing::kGeluPipeline);
  constant("ScoreWrite", timing::kScoreWrite);
  constant("SoftmaxPipeline", timing::kSoftmaxPipeline);
  constant("NormTurn", timing::kNormTurn);
  constant("NormTail", timing::kNormTail);
  constant("CopyTail", timing::kCopyTail);
  constant("RoutePipeline", timing::kRoutePipeline);
  constant("PublishCycles", timing::kPublish);
  constant("GatherPipeline", timing::kGatherPipeline);

  section("Sizes that timing depends on");
  constant("FetchOutstanding", static_cast<unsigned long long>(timing::kFetchOutstanding));
  constant("ProgramCommands", static_cast<unsigned long long>(timing::kProgramCommands));
  constant("ParameterRingRows", static_cast<unsigned long long>(timing::kParameterRing));
  constant("GatherBytes", static_cast<unsigned long long>(timing::kGatherBytes));
  constant("WriterBytes", static_cast<unsigned long long>(timing::kWriterBytes));
}

}  // namespace

int main() {
  std::printf(
      "// SPDX-License-Identifier: Apache-2.0\n"
      "// Generated by rtl/common/generate_pkg.cpp from hls/program and sim/units/timing.hpp.\n"
      "// Do not edit: change the headers, run edgemoe_generate_rtl_pkg > edgemoe_pkg.sv.\n\n"
      "package edgemoe_pkg;\n");
  write_program();
  write_codes();
  write_timing();
  std::printf("\nendpackage\n");
  return std::ferror(stdout) != 0;
}
