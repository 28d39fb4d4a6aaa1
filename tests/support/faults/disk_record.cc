// Writes down what a program does to its files, for tests that cut the power:
//   LD_PRELOAD=build/tests/disk_record.so DISK_RECORD="/where/the/record/goes crawl.db out.jsonl"
//
// The words behind the record's name are parts of the names of the files that matter. One entry
// an operation, in the order in which they were done, little-endian:
//
//   op (1 byte)  size of name, offset, size of data (8 bytes each)  name  data
//
// op     w write | t truncate (offset: the new size) | s fsync | d fsync of a directory |
//        r rename (data: the new name) | u unlink | a acknowledged: handed to fwrite()
//
// tests/support/power_cut.py reads it.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <mutex>
#include <string>

namespace {

std::mutex mutex;  // an operation and its entry are one
int record_fd = -1;
std::string wanted[8];
int wanted_count = 0;

__attribute__((constructor)) void read_plan() {
  const char* text = getenv("DISK_RECORD");
  if (text == nullptr) return;
  std::string copy = text;
  char* rest = nullptr;
  const char* file = strtok_r(copy.data(), " ", &rest);
  for (char* word = strtok_r(nullptr, " ", &rest); word != nullptr && wanted_count < 8;
       word = strtok_r(nullptr, " ", &rest)) {
    wanted[wanted_count++] = word;
  }
  record_fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

std::string name_of(int fd) {
  char link[64];
  char name[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t size = readlink(link, name, sizeof name);
  return size <= 0 ? std::string() : std::string(name, static_cast<size_t>(size));
}

bool matters(const std::string& name) {
  for (int i = 0; i < wanted_count; ++i) {
    if (name.find(wanted[i]) != std::string::npos) return true;
  }
  return false;
}

void note(char op, const std::string& name, uint64_t offset, const void* data, uint64_t size) {
  const uint64_t numbers[3] = {name.size(), offset, size};
  std::string entry(1, op);
  entry.append(reinterpret_cast<const char*>(numbers), sizeof numbers);
  entry += name;
  entry.append(static_cast<const char*>(data), size);
  // Not write(): that is ours.
  syscall(SYS_write, record_fd, entry.data(), entry.size());
}

template <class F>
F real(const char* name) {
  return reinterpret_cast<F>(dlsym(RTLD_NEXT, name));
}

ssize_t noted_write(int fd, const void* data, off64_t at, auto write) {
  const std::string name = record_fd < 0 ? "" : name_of(fd);
  if (!matters(name)) return write();
  const std::lock_guard lock(mutex);
  const ssize_t done = write();
  if (done > 0) note('w', name, static_cast<uint64_t>(at), data, static_cast<uint64_t>(done));
  return done;
}

int noted_call(char op, int fd, uint64_t offset, auto call) {
  const std::string name = record_fd < 0 ? "" : name_of(fd);
  struct stat facts {};
  const bool folder = op == 's' && fstat(fd, &facts) == 0 && S_ISDIR(facts.st_mode);
  if (record_fd < 0 || (!folder && !matters(name))) return call();
  const std::lock_guard lock(mutex);
  const int done = call();
  if (done == 0) note(folder ? 'd' : op, name, offset, "", 0);
  return done;
}

}  // namespace

extern "C" {

ssize_t write(int fd, const void* data, size_t size) {
  static const auto next = real<ssize_t (*)(int, const void*, size_t)>("write");
  return noted_write(fd, data, lseek64(fd, 0, SEEK_CUR), [&] { return next(fd, data, size); });
}
ssize_t pwrite(int fd, const void* data, size_t size, off_t at) {
  static const auto next = real<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
  return noted_write(fd, data, at, [&] { return next(fd, data, size, at); });
}
ssize_t pwrite64(int fd, const void* data, size_t size, off64_t at) {
  static const auto next = real<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64");
  return noted_write(fd, data, at, [&] { return next(fd, data, size, at); });
}
int fsync(int fd) {
  static const auto next = real<int (*)(int)>("fsync");
  return noted_call('s', fd, 0, [&] { return next(fd); });
}
int fdatasync(int fd) {
  static const auto next = real<int (*)(int)>("fdatasync");
  return noted_call('s', fd, 0, [&] { return next(fd); });
}
int ftruncate(int fd, off_t size) noexcept {
  static const auto next = real<int (*)(int, off_t)>("ftruncate");
  return noted_call('t', fd, static_cast<uint64_t>(size), [&] { return next(fd, size); });
}
int ftruncate64(int fd, off64_t size) noexcept {
  static const auto next = real<int (*)(int, off64_t)>("ftruncate64");
  return noted_call('t', fd, static_cast<uint64_t>(size), [&] { return next(fd, size); });
}
int rename(const char* from, const char* to) noexcept {
  static const auto next = real<int (*)(const char*, const char*)>("rename");
  if (record_fd < 0 || !matters(from)) return next(from, to);
  const std::lock_guard lock(mutex);
  const int done = next(from, to);
  if (done == 0) note('r', from, 0, to, strlen(to));
  return done;
}
int unlink(const char* name) noexcept {
  static const auto next = real<int (*)(const char*)>("unlink");
  if (record_fd < 0 || !matters(name)) return next(name);
  const std::lock_guard lock(mutex);
  const int done = next(name);
  if (done == 0) note('u', name, 0, "", 0);
  return done;
}
size_t fwrite(const void* data, size_t size, size_t count, FILE* file) {
  static const auto next = real<size_t (*)(const void*, size_t, size_t, FILE*)>("fwrite");
  const std::string name = record_fd < 0 ? "" : name_of(fileno(file));
  if (matters(name)) {
    const std::lock_guard lock(mutex);
    note('a', name, 0, data, size * count);
  }
  return next(data, size, count, file);
}

}  // extern "C"
