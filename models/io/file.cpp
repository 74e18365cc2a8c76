// SPDX-License-Identifier: Apache-2.0
#include "models/io/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <system_error>
#include <utility>

#include "models/io/error.hpp"
#include "models/io/fail.hpp"

namespace edgemoe::models {

namespace {

/// Owns a file descriptor, so that an error on the way leaves none open.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  int close() { return ::close(std::exchange(fd_, -1)); }

 private:
  int fd_;
};

/// Removes the temporary file unless it was renamed.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string name) : name_(std::move(name)) {}
  ~TemporaryFile() {
    if (!kept_) ::unlink(name_.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  void keep() { kept_ = true; }

 private:
  std::string name_;
  bool kept_ = false;
};

void write_all(int fd, std::string_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      fail_os(path, "cannot write", errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void write_in_place(const std::filesystem::path& path, std::string_view bytes) {
  Descriptor fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (fd.get() < 0) fail_os(path, "cannot write", errno);
  write_all(fd.get(), bytes, path);
  if (fd.close() != 0) fail_os(path, "cannot write", errno);
}

/// A new file beside `path`; its name goes to `name`. Not mkstemp, which would make it private to
/// its owner.
int create_beside(const std::filesystem::path& path, std::string* name) {
  static std::atomic<unsigned> counter{0};
  for (;;) {
    const std::string leaf =
        fmt::format(".{}.{}.{}.tmp", path.filename().string(), ::getpid(), counter++);
    *name = path.parent_path() / leaf;
    const int fd = ::open(name->c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0 || errno != EEXIST) return fd;
  }
}

void write_and_rename(const std::filesystem::path& path, std::string_view bytes) {
  std::string name;
  Descriptor fd(create_beside(path, &name));
  if (fd.get() < 0) fail_os(path, "cannot write", errno);
  TemporaryFile temporary(name);
  write_all(fd.get(), bytes, path);
  if (::fsync(fd.get()) != 0 || fd.close() != 0 || ::rename(name.c_str(), path.c_str()) != 0) {
    fail_os(path, "cannot write", errno);
  }
  temporary.keep();
}

/// Opens a regular file for reading and tells its size.
int open_regular(const std::filesystem::path& path, std::size_t* size) {
  // O_NONBLOCK: opening a pipe without a writer must fail below instead of waiting for ever.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) fail_os(path, "cannot read", errno);
  struct stat status {};
  if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
    const bool folder = S_ISDIR(status.st_mode);
    ::close(fd);
    fail(path, "file", "a regular file", folder ? "a folder" : "something else");
  }
  *size = static_cast<std::size_t>(status.st_size);
  return fd;
}

}  // namespace

void write_file_atomically(const std::filesystem::path& path, std::string_view bytes) {
  struct stat status {};
  const bool exists = ::stat(path.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode)) fail_os(path, "cannot write", EISDIR);
  if (exists && !S_ISREG(status.st_mode)) {
    write_in_place(path, bytes);
  } else {
    // A symbolic link is followed, so that the link stays and its target is replaced.
    std::error_code ignored;
    const std::filesystem::path target = exists ? std::filesystem::canonical(path, ignored) : path;
    write_and_rename(ignored ? path : target, bytes);
  }
}

std::string read_file(const std::filesystem::path& path, std::size_t max_bytes) {
  std::size_t size = 0;
  Descriptor fd(open_regular(path, &size));
  if (size > max_bytes) {
    fail(path, "file", fmt::format("at most {} bytes", max_bytes), fmt::format("{}", size));
  }
  std::string bytes(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got = ::read(fd.get(), bytes.data() + done, size - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail_os(path, "cannot read", errno);
    if (got == 0) break;  // became shorter meanwhile
    done += static_cast<std::size_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

MappedFile::MappedFile(const std::filesystem::path& path) {
  Descriptor fd(open_regular(path, &size_));
  if (size_ == 0) return;
  void* memory = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd.get(), 0);
  if (memory == MAP_FAILED) fail_os(path, "cannot read", errno);
  data_ = static_cast<const std::uint8_t*>(memory);
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::uint8_t*>(data_), size_);
}

}  // namespace edgemoe::models
