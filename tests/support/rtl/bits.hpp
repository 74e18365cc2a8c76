// SPDX-License-Identifier: Apache-2.0
/// Fields of wide ports, as the harness reads them.
#pragma once

#include "rtl/harness/bits.hpp"
