// A system that gives nothing more, for tests: LD_PRELOAD=build/tests/process_faults.so
//
//   PROCESS_FAULTS="call=spawn with=--parent nth=1 for=1500"
//
// call   thread (pthread_create) | spawn (posix_spawn) | memory (malloc and its kin) |
//        socket (of TCP)
// with   of processes: only those started with an argument that begins so
// nth    the first call that fails, counted from 1
// count  how many fail from there on; 0: all that follow (default 1)
// for    milliseconds after the first failure during which all fail, in place of count
//
// Threads and processes fail with EAGAIN, as at a limit of processes; sockets with EMFILE.
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <atomic>

namespace {

struct Plan {
  char call[16] = "";
  char with[64] = "";
  long nth = 0;
  long count = 1;
  long for_millis = 0;
};

Plan plan;
std::atomic<long> seen{0};
std::atomic<long> first_failure_millis{0};

long now_millis() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

__attribute__((constructor)) void read_plan() {
  const char* text = getenv("PROCESS_FAULTS");
  if (text == nullptr) return;
  char copy[256];
  snprintf(copy, sizeof copy, "%s", text);
  char* rest = nullptr;
  for (char* word = strtok_r(copy, " ", &rest); word != nullptr;
       word = strtok_r(nullptr, " ", &rest)) {
    sscanf(word, "call=%15s", plan.call);
    sscanf(word, "with=%63s", plan.with);
    sscanf(word, "nth=%ld", &plan.nth);
    sscanf(word, "count=%ld", &plan.count);
    sscanf(word, "for=%ld", &plan.for_millis);
  }
}

bool fails(const char* call) {
  if (plan.nth == 0 || strcmp(plan.call, call) != 0) return false;
  const long number = ++seen;
  if (number < plan.nth) return false;
  if (plan.for_millis == 0) return plan.count == 0 || number < plan.nth + plan.count;
  long none = 0;
  first_failure_millis.compare_exchange_strong(none, now_millis());
  return now_millis() - first_failure_millis.load() < plan.for_millis;
}

bool is_meant(char* const argv[]) {
  for (; *argv != nullptr; ++argv) {
    if (strncmp(*argv, plan.with, strlen(plan.with)) == 0) return true;
  }
  return false;
}

template <class F>
F real(const char* name) {
  return reinterpret_cast<F>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* old, size_t size);

void* malloc(size_t size) {
  if (!fails("memory")) return __libc_malloc(size);
  errno = ENOMEM;
  return nullptr;
}
void* calloc(size_t count, size_t size) {
  if (!fails("memory")) return __libc_calloc(count, size);
  errno = ENOMEM;
  return nullptr;
}
void* realloc(void* old, size_t size) {
  if (!fails("memory")) return __libc_realloc(old, size);
  errno = ENOMEM;
  return nullptr;
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*),
                   void* argument) noexcept {
  static const auto next =
      real<int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*)>("pthread_create");
  return fails("thread") ? EAGAIN : next(thread, attributes, run, argument);
}

int socket(int domain, int type, int protocol) noexcept {
  static const auto next = real<int (*)(int, int, int)>("socket");
  const bool tcp = domain != AF_UNIX && (type & 0xF) == SOCK_STREAM;
  if (!tcp || !fails("socket")) return next(domain, type, protocol);
  errno = EMFILE;
  return -1;
}

int posix_spawn(pid_t* pid, const char* path, const posix_spawn_file_actions_t* actions,
                const posix_spawnattr_t* attributes, char* const argv[], char* const envp[]) {
  static const auto next =
      real<int (*)(pid_t*, const char*, const posix_spawn_file_actions_t*, const posix_spawnattr_t*,
                   char* const[], char* const[])>("posix_spawn");
  return is_meant(argv) && fails("spawn") ? EAGAIN
                                          : next(pid, path, actions, attributes, argv, envp);
}

}  // extern "C"
