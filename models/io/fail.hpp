// SPDX-License-Identifier: Apache-2.0
/// How this folder words its errors; not for use outside of it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace edgemoe::models {

/// Text from a file made fit for one line of a message: control and non-ASCII bytes become `\xNN`,
/// long text is cut.
std::string printable(std::string_view text);

/// Throws DataError `FILE: error: WHERE: expected EXPECTED, got GOT`.
[[noreturn]] void fail(const std::filesystem::path& file, const std::string& where,
                       const std::string& expected, const std::string& got);

/// Throws DataError `FILE: error: WHAT: REASON` with the reason of errno value `code`.
[[noreturn]] void fail_os(const std::filesystem::path& file, const std::string& what, int code);

}  // namespace edgemoe::models
