// A disk that fails on demand, for tests: LD_PRELOAD=build/tests/disk_faults.so
//
//   DISK_FAULTS="path=crawl.db op=write nth=12 do=enospc count=3"
//
// path   part of the name of the files that are hit
// op     write | sync | any (any: write, sync, truncate) | open (which is slow, or as ever)
// nth    the first operation that is hit, counted from 1 over all such files
// count  how many are hit from there on; 0: all that follow (default 1)
// for    milliseconds after the first hit during which all are hit, in place of count
// do     enospc | edquot | eio | erofs | short (half is written, as a full disk does) |
//        kill (half is written, then SIGKILL) | slow (done, after 0.3 s)
//
// DISK_FAULTS_REPORT names a file that takes the number of operations at exit.
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include <atomic>

namespace {

enum class Op { write, sync, truncate };
enum class Deed { none, fail, cut_short, kill, slow };

struct Plan {
  char path[256] = "";
  char op[16] = "any";
  long nth = 0;
  long count = 1;
  long for_millis = 0;
  char deed[16] = "eio";
};

Plan plan;
std::atomic<long> seen{0};
std::atomic<long> first_hit_millis{0};

long now_millis() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

__attribute__((constructor)) void read_plan() {
  const char* text = getenv("DISK_FAULTS");
  if (text == nullptr) return;
  char copy[1024];
  snprintf(copy, sizeof copy, "%s", text);
  char* rest = nullptr;
  for (char* word = strtok_r(copy, " ", &rest); word != nullptr;
       word = strtok_r(nullptr, " ", &rest)) {
    sscanf(word, "path=%255s", plan.path);
    sscanf(word, "op=%15s", plan.op);
    sscanf(word, "nth=%ld", &plan.nth);
    sscanf(word, "count=%ld", &plan.count);
    sscanf(word, "for=%ld", &plan.for_millis);
    sscanf(word, "do=%15s", plan.deed);
  }
}

__attribute__((destructor)) void report() {
  const char* file = getenv("DISK_FAULTS_REPORT");
  if (file == nullptr) return;
  if (FILE* out = fopen(file, "w")) {
    fprintf(out, "%ld\n", seen.load());
    fclose(out);
  }
}

bool concerns(int fd, Op op) {
  if (plan.path[0] == '\0' || strcmp(plan.op, "open") == 0) return false;
  if (strcmp(plan.op, "write") == 0 && op != Op::write) return false;
  if (strcmp(plan.op, "sync") == 0 && op != Op::sync) return false;
  char link[64];
  char name[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t size = readlink(link, name, sizeof name - 1);
  if (size <= 0) return false;
  name[size] = '\0';
  return strstr(name, plan.path) != nullptr;
}

bool hit(long number) {
  if (plan.nth == 0 || number < plan.nth) return false;
  if (plan.for_millis > 0) {
    long none = 0;
    first_hit_millis.compare_exchange_strong(none, now_millis());
    return now_millis() - first_hit_millis.load() < plan.for_millis;
  }
  return plan.count == 0 || number < plan.nth + plan.count;
}

// What is to be done to this operation. Sets errno for a failure.
Deed judge(int fd, Op op) {
  const int kept = errno;
  if (!concerns(fd, op)) {
    errno = kept;
    return Deed::none;
  }
  if (!hit(++seen)) {
    errno = kept;
    return Deed::none;
  }
  if (strcmp(plan.deed, "kill") == 0) return Deed::kill;
  if (strcmp(plan.deed, "slow") == 0) return Deed::slow;
  if (strcmp(plan.deed, "short") == 0 && op == Op::write) return Deed::cut_short;
  errno = strcmp(plan.deed, "enospc") == 0 || strcmp(plan.deed, "short") == 0 ? ENOSPC
          : strcmp(plan.deed, "edquot") == 0                                  ? EDQUOT
          : strcmp(plan.deed, "erofs") == 0                                   ? EROFS
                                                                              : EIO;
  return Deed::fail;
}

template <class F>
F real(const char* name) {
  return reinterpret_cast<F>(dlsym(RTLD_NEXT, name));
}

void dawdle() {
  timespec time{0, 300'000'000};
  while (nanosleep(&time, &time) != 0) continue;
}

void before_open(const char* name) {
  const int kept = errno;
  const bool concerned =
      strcmp(plan.op, "open") == 0 && plan.path[0] != '\0' && strstr(name, plan.path) != nullptr;
  if (concerned && hit(++seen) && strcmp(plan.deed, "slow") == 0) dawdle();
  errno = kept;
}

template <class Write>
ssize_t faulty_write(int fd, size_t size, Write write) {
  switch (judge(fd, Op::write)) {
    case Deed::none:
      break;
    case Deed::fail:
      return -1;
    case Deed::cut_short:
      return write(size / 2);
    case Deed::kill:
      (void)write(size / 2);
      raise(SIGKILL);
      break;
    case Deed::slow:
      dawdle();
      break;
  }
  return write(size);
}

template <class Call>
int faulty_call(int fd, Op op, Call call) {
  switch (judge(fd, op)) {
    case Deed::none:
    case Deed::cut_short:
      break;
    case Deed::fail:
      return -1;
    case Deed::kill:
      raise(SIGKILL);
      break;
    case Deed::slow:
      dawdle();
      break;
  }
  return call();
}

}  // namespace

extern "C" {

ssize_t write(int fd, const void* data, size_t size) {
  static const auto next = real<ssize_t (*)(int, const void*, size_t)>("write");
  return faulty_write(fd, size, [&](size_t n) { return next(fd, data, n); });
}
ssize_t pwrite(int fd, const void* data, size_t size, off_t at) {
  static const auto next = real<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
  return faulty_write(fd, size, [&](size_t n) { return next(fd, data, n, at); });
}
ssize_t pwrite64(int fd, const void* data, size_t size, off64_t at) {
  static const auto next = real<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64");
  return faulty_write(fd, size, [&](size_t n) { return next(fd, data, n, at); });
}
int fsync(int fd) {
  static const auto next = real<int (*)(int)>("fsync");
  return faulty_call(fd, Op::sync, [&] { return next(fd); });
}
int fdatasync(int fd) {
  static const auto next = real<int (*)(int)>("fdatasync");
  return faulty_call(fd, Op::sync, [&] { return next(fd); });
}
int ftruncate(int fd, off_t size) noexcept {
  static const auto next = real<int (*)(int, off_t)>("ftruncate");
  return faulty_call(fd, Op::truncate, [&] { return next(fd, size); });
}
int ftruncate64(int fd, off64_t size) noexcept {
  static const auto next = real<int (*)(int, off64_t)>("ftruncate64");
  return faulty_call(fd, Op::truncate, [&] { return next(fd, size); });
}

// The mode stands where a file may be made; read in vain, it is not used.
int open(const char* name, int flags, mode_t mode) {
  static const auto next = real<int (*)(const char*, int, ...)>("open");
  before_open(name);
  return next(name, flags, mode);
}
int open64(const char* name, int flags, mode_t mode) {
  static const auto next = real<int (*)(const char*, int, ...)>("open64");
  before_open(name);
  return next(name, flags, mode);
}

}  // extern "C"
