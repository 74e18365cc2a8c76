// SPDX-License-Identifier: Apache-2.0
/// AddressMap: byte address -> bank group, bank, row. From the lowest bit up:
///   offset in the DRAM burst | bank group | column | bank | row
/// Consecutive bursts take turns among the bank groups (tCCD_S instead of tCCD_L), a stream stays
/// bank_groups * row_bytes in one set of open rows, and the next set is in other banks, which can
/// be activated ahead. Addresses beyond 2^48 never get here (checked at submit).
#pragma once

#include <cstdint>

#include "sim/dram/parameters.hpp"

namespace edgemoe::sim {

struct BankAddress {
  int group = 0;
  int bank = 0;  ///< group * banks_per_group + bank in group
  std::uint64_t row = 0;
};

class AddressMap {
 public:
  explicit AddressMap(const DramParameters& p)
      : burst_shift_(log2(burst_bytes(p))),
        group_shift_(log2(static_cast<std::uint64_t>(p.bank_groups))),
        column_shift_(log2(p.row_bytes) - burst_shift_),
        bank_shift_(log2(static_cast<std::uint64_t>(p.banks_per_group))) {}

  BankAddress decode(std::uint64_t address) const {
    std::uint64_t rest = address >> burst_shift_;
    BankAddress place;
    place.group = static_cast<int>(rest & mask(group_shift_));
    rest >>= group_shift_ + column_shift_;
    place.bank = (place.group << bank_shift_) | static_cast<int>(rest & mask(bank_shift_));
    place.row = rest >> bank_shift_;
    return place;
  }

  std::uint64_t burst_of(std::uint64_t address) const { return address >> burst_shift_; }
  std::uint64_t burst_start(std::uint64_t burst) const { return burst << burst_shift_; }

 private:
  static int log2(std::uint64_t power) {
    int shift = 0;
    while ((std::uint64_t{1} << shift) < power) ++shift;
    return shift;
  }
  static std::uint64_t mask(int bits) { return (std::uint64_t{1} << bits) - 1; }

  int burst_shift_;
  int group_shift_;
  int column_shift_;
  int bank_shift_;
};

}  // namespace edgemoe::sim
