// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/memory_file.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <stdexcept>
#include <string>

namespace edgemoe::fuzz {

MemoryFile::MemoryFile(const std::uint8_t* data, std::size_t size)
    : fd_(::memfd_create("edgemoe-fuzz", MFD_CLOEXEC)) {
  if (fd_ < 0) throw std::runtime_error("cannot make a file in memory");
  for (std::size_t done = 0; done < size;) {
    const ssize_t written = ::write(fd_, data + done, size - done);
    if (written <= 0) throw std::runtime_error("cannot write a file in memory");
    done += static_cast<std::size_t>(written);
  }
}

MemoryFile::~MemoryFile() {
  if (fd_ >= 0) ::close(fd_);
}

std::filesystem::path MemoryFile::path() const { return "/proc/self/fd/" + std::to_string(fd_); }

}  // namespace edgemoe::fuzz
