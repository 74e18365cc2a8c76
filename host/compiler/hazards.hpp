// SPDX-License-Identifier: Apache-2.0
/// Proves that a program's waits cover every hazard between units.
///
/// Model:   a unit issues its commands in id order, and within one the groups in order; the writes
/// of a group come
///          after its issue and in the same order, but may lag behind the issue of later commands
///          (drain). Other units are ordered by waits and signals alone, by a ring tag (its
///          consumer ends after its load), and by barriers. Weight-outer commands read every group
///          until their last pass.
/// Checked: for each buffer region (segment, group of rows): a read begins after the write it needs
/// is finished, a
///          write begins after earlier readers and writers of other units are finished; every wait
///          can be met by earlier commands.
/// Assumes: nothing about durations; data-dependent parts (experts) count as one group over all
/// rows.
#pragma once

#include <string>
#include <vector>

#include "hls/program/command.hpp"

namespace edgemoe::host {

/// One line per uncovered hazard; empty when the program is safe. Commands in id order.
std::vector<std::string> verify_hazards(const std::vector<program::Command>& commands,
                                        int token_lanes);

}  // namespace edgemoe::host
