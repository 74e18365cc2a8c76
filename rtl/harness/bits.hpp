// SPDX-License-Identifier: Apache-2.0
/// Fields of wide ports: bits [offset, offset + width) of a verilated vector, width <= 64.
///
/// Why:      modules have flat vectors on their ports (the subset that Yosys reads); Verilator
/// gives
///           them as arrays of 32-bit words, narrow ones as one unsigned integer.
#pragma once

#include <verilated.h>

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace edgemoe::rtl {

constexpr std::uint64_t mask_of(int width) {
  return width >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
}

inline std::int64_t sign_extend(std::uint64_t value, int width) {
  const std::uint64_t sign = std::uint64_t{1} << (width - 1);
  value &= mask_of(width);
  return static_cast<std::int64_t>((value ^ sign) - sign);
}

template <typename T, std::enable_if_t<std::is_integral_v<T>, int> = 0>
void put_bits(T& port, std::size_t offset, int width, std::int64_t value) {
  const auto field = static_cast<std::uint64_t>(value) & mask_of(width);
  port = static_cast<T>((port & ~(mask_of(width) << offset)) | (field << offset));
}

template <typename T, std::enable_if_t<std::is_integral_v<T>, int> = 0>
std::uint64_t get_bits(const T& port, std::size_t offset, int width) {
  return (static_cast<std::uint64_t>(port) >> offset) & mask_of(width);
}

template <std::size_t Words>
void put_bits(VlWide<Words>& port, std::size_t offset, int width, std::int64_t value) {
  const auto field = static_cast<std::uint64_t>(value);
  for (int done = 0; done < width;) {
    const std::size_t at = offset + static_cast<std::size_t>(done);
    const int low = static_cast<int>(at % 32);
    const int take = width - done < 32 - low ? width - done : 32 - low;
    const auto bits = static_cast<std::uint32_t>((field >> done) & mask_of(take));
    const auto hole = static_cast<std::uint32_t>(mask_of(take) << low);
    port[at / 32] = (port[at / 32] & ~hole) | (bits << low);
    done += take;
  }
}

template <std::size_t Words>
std::uint64_t get_bits(const VlWide<Words>& port, std::size_t offset, int width) {
  std::uint64_t value = 0;
  for (int done = 0; done < width;) {
    const std::size_t at = offset + static_cast<std::size_t>(done);
    const int low = static_cast<int>(at % 32);
    const int take = width - done < 32 - low ? width - done : 32 - low;
    value |= ((port[at / 32] >> low) & mask_of(take)) << done;
    done += take;
  }
  return value;
}

template <typename Port>
std::int64_t get_signed(const Port& port, std::size_t offset, int width) {
  return sign_extend(get_bits(port, offset, width), width);
}

/// One clock cycle: inputs are settled, then the rising edge, then outputs of the new cycle.
template <typename Model>
void clock_cycle(Model& model) {
  model.clk_i = 0;
  model.eval();
  model.clk_i = 1;
  model.eval();
}

}  // namespace edgemoe::rtl
