// SPDX-License-Identifier: Apache-2.0
/// Style and script of the page as text, made from the files by configuration.
#pragma once

namespace edgemoe::host {

extern const char* const kPageStyle;   ///< page.css
extern const char* const kPageScript;  ///< page.js

}  // namespace edgemoe::host
