// SPDX-License-Identifier: Apache-2.0
#include "host/run/work_queue.hpp"

#include <algorithm>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace edgemoe::host {

void run_queue(std::size_t pieces, std::size_t threads,
               const std::function<void(std::size_t)>& begin,
               const std::function<void(std::size_t)>& work) {
  std::mutex mutex;
  std::size_t next = 0;
  std::exception_ptr error;
  const auto loop = [&] {
    for (;;) {
      std::size_t mine = 0;
      {
        const std::lock_guard<std::mutex> lock(mutex);
        if (next == pieces || error) return;
        mine = next++;
        begin(mine);
      }
      try {
        work(mine);
      } catch (...) {
        const std::lock_guard<std::mutex> lock(mutex);
        if (!error) error = std::current_exception();
      }
    }
  };
  const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
  const std::size_t count = std::min(threads == 0 ? cores : threads, pieces);
  std::vector<std::thread> others;
  for (std::size_t n = 1; n < count; ++n) others.emplace_back(loop);
  loop();
  for (std::thread& other : others) other.join();
  if (error) std::rethrow_exception(error);
}

}  // namespace edgemoe::host
