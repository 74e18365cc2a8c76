// SPDX-License-Identifier: Apache-2.0
/// Commands and the image header as bytes. Offsets: fields.hpp.
///
/// Errors: decoders return false and leave `out` unspecified: an enum out of range, a reserved bit
/// that is set,
///         a counter, list length or top_k beyond its limit, a wrong magic or version. They read
///         nothing but the bytes given, so they are safe on hostile input. Addresses and shapes are
///         judged by whoever uses them.
/// Round trip: decode(encode(c)) = c for every command within the limits (address < 2^48), and
///         encode(decode(b)) = b for every b that decodes.
#pragma once

#include <cstdint>

#include "hls/program/command.hpp"
#include "hls/program/image.hpp"

namespace edgemoe {
namespace program {

void encode_command(const Command& command, std::uint8_t out[kCommandBytes]);
bool decode_command(const std::uint8_t in[kCommandBytes], Command& out);

void encode_header(const ImageHeader& header, std::uint8_t out[kImageHeaderBytes]);
bool decode_header(const std::uint8_t in[kImageHeaderBytes], ImageHeader& out);

}  // namespace program
}  // namespace edgemoe
