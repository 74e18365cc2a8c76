// SPDX-License-Identifier: Apache-2.0
#include "hls/support/stream.hpp"

#if !EDGEMOE_SYNTHESIS
#include <string>

namespace edgemoe {
namespace hls {

void throw_stream_error(const char* name, const char* what) {
  throw StreamError(std::string("stream \"") + name + "\": " + what);
}

}  // namespace hls
}  // namespace edgemoe
#endif
