// SPDX-License-Identifier: Apache-2.0
#include "hls/program/encoding.hpp"

#include "hls/program/fields.hpp"

namespace edgemoe {
namespace program {
namespace {

/// Puts `bits` bits of `value` at bit `bit` of byte `byte`; narrow fields lie within one byte.
void put_bits(std::uint8_t* bytes, int byte, int bit, int bits, std::uint64_t value) {
  if (bits < 8) {
    const unsigned mask = (1u << bits) - 1u;
    bytes[byte] = static_cast<std::uint8_t>(bytes[byte] | ((value & mask) << bit));
    return;
  }
  for (int i = 0; i < bits / 8; ++i) bytes[byte + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

std::uint64_t get_bits(const std::uint8_t* bytes, int byte, int bit, int bits) {
  if (bits < 8) return (bytes[byte] >> bit) & ((1u << bits) - 1u);
  std::uint64_t value = 0;
  for (int i = 0; i < bits / 8; ++i) {
    value |= static_cast<std::uint64_t>(bytes[byte + i]) << (8 * i);
  }
  return value;
}

struct Encoder {
  std::uint8_t* bytes;

  template <typename T>
  void operator()(const char*, int byte, int bit, int bits, const T& value) {
    put_bits(bytes, byte, bit, bits, static_cast<std::uint64_t>(value));
  }
};

struct Decoder {
  const std::uint8_t* bytes;
  bool ok;

  template <typename T>
  void assign_enum(std::uint64_t raw, T& value) {
    if (raw > static_cast<std::uint64_t>(EnumLimit<T>::kLast)) {
      ok = false;
      return;
    }
    value = static_cast<T>(raw);
  }
  void assign(std::uint64_t raw, Opcode& value) { assign_enum(raw, value); }
  void assign(std::uint64_t raw, Buffer& value) { assign_enum(raw, value); }
  void assign(std::uint64_t raw, Post& value) { assign_enum(raw, value); }
  void assign(std::uint64_t raw, ScaleSource& value) { assign_enum(raw, value); }
  void assign(std::uint64_t raw, LoopOrder& value) { assign_enum(raw, value); }
  void assign(std::uint64_t raw, WaitMode& value) { assign_enum(raw, value); }
  void assign(std::uint64_t raw, SignalMode& value) { assign_enum(raw, value); }
  void assign(std::uint64_t raw, bool& value) { value = raw != 0; }
  void assign(std::uint64_t raw, std::uint8_t& value) { value = static_cast<std::uint8_t>(raw); }
  void assign(std::uint64_t raw, std::uint16_t& value) { value = static_cast<std::uint16_t>(raw); }
  void assign(std::uint64_t raw, std::uint32_t& value) { value = static_cast<std::uint32_t>(raw); }
  void assign(std::uint64_t raw, std::uint64_t& value) { value = raw; }

  template <typename T>
  void operator()(const char*, int byte, int bit, int bits, T& value) {
    assign(get_bits(bytes, byte, bit, bits), value);
  }
};

bool reserved_is_zero(const std::uint8_t* in) {
  bool zero = true;
  for (int i = kFirstFreeByte; i < kCommandBytes; ++i) zero = zero && in[i] == 0;
  return zero;
}

bool within_limits(const Command& c) {
  bool ok = c.list_count <= kMaxListedExperts && c.top_k <= kMaxTopK && c.adds <= kMaxTopK &&
            c.signal < kMaxCounters;
  for (int i = 0; i < kMaxWaits; ++i) ok = ok && c.wait[i].counter < kMaxCounters;
  return ok;
}

/// The header's fields in order; `io` gets a width in bytes and the member.
template <typename Header, typename Io>
void visit_header(Header& h, Io& io) {
  io(4, h.magic);
  io(4, h.version);
  io(8, h.image_bytes);
  io(8, h.program_address);
  io(4, h.command_count);
  io(4, h.precision);
  io(8, h.pixel_address);
  io(8, h.pixel_bytes);
  io(8, h.result_address);
  io(8, h.result_bytes);
  io(8, h.scratch_address);
  io(8, h.scratch_bytes);
}

struct HeaderWriter {
  std::uint8_t* bytes;
  int at;
  template <typename T>
  void operator()(int width, const T& value) {
    put_bits(bytes, at, 0, 8 * width, static_cast<std::uint64_t>(value));
    at += width;
  }
};

struct HeaderReader {
  const std::uint8_t* bytes;
  int at;
  template <typename T>
  void operator()(int width, T& value) {
    value = static_cast<T>(get_bits(bytes, at, 0, 8 * width));
    at += width;
  }
};

}  // namespace

Unit unit_of(Opcode opcode) {
  switch (opcode) {
    case Opcode::kLoadWeights:
    case Opcode::kPrefetchExperts:
    case Opcode::kLoadExperts:
    case Opcode::kLoadPixels:
    case Opcode::kLoadTokens:
    case Opcode::kFill:
      return Unit::kLoader;
    case Opcode::kStoreTokens:
    case Opcode::kSpill:
    case Opcode::kFence:
    case Opcode::kStoreExperts:
      return Unit::kWriter;
    case Opcode::kEmbed:
    case Opcode::kLinear:
    case Opcode::kAttention:
    case Opcode::kGate:
    case Opcode::kExperts:
      return Unit::kArray;
    case Opcode::kNorm:
    case Opcode::kCopy:
      return Unit::kNorm;
    case Opcode::kRoute:
      return Unit::kRouter;
    case Opcode::kEnd:
    case Opcode::kBarrier:
      break;
  }
  return Unit::kSequencer;
}

void encode_command(const Command& command, std::uint8_t out[kCommandBytes]) {
  for (int i = 0; i < kCommandBytes; ++i) out[i] = 0;
  Encoder encoder{out};
  visit_fields(command, encoder);
}

bool decode_command(const std::uint8_t in[kCommandBytes], Command& out) {
  Decoder decoder{in, true};
  visit_fields(out, decoder);
  return decoder.ok && reserved_is_zero(in) && within_limits(out);
}

void encode_header(const ImageHeader& header, std::uint8_t out[kImageHeaderBytes]) {
  for (int i = 0; i < kImageHeaderBytes; ++i) out[i] = 0;
  HeaderWriter writer{out, 0};
  visit_header(header, writer);
}

bool decode_header(const std::uint8_t in[kImageHeaderBytes], ImageHeader& out) {
  HeaderReader reader{in, 0};
  visit_header(out, reader);
  bool ok = out.magic == kImageMagic && out.version == kImageVersion &&
            static_cast<std::uint32_t>(out.precision) <= kLastPrecision;
  for (int i = reader.at; i < kImageHeaderBytes; ++i) ok = ok && in[i] == 0;
  return ok;
}

}  // namespace program
}  // namespace edgemoe
