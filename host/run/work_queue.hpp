// SPDX-License-Identifier: Apache-2.0
/// run_queue: independent pieces of work, taken in order by as many threads as asked for.
///
/// begin(n) is called by one thread at a time, work(n) by several at once. After an exception of
/// `work` no further piece is begun; when those under way have ended, the first exception is thrown
/// again. threads 0: one a core.
#pragma once

#include <cstddef>
#include <functional>

namespace edgemoe::host {

void run_queue(std::size_t pieces, std::size_t threads,
               const std::function<void(std::size_t)>& begin,
               const std::function<void(std::size_t)>& work);

}  // namespace edgemoe::host
