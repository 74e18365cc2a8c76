// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace edgemoe::host {

extern const char* const kPageStyle;   ///< page.css
extern const char* const kPageScript;  ///< page.js

}  // namespace edgemoe::host
