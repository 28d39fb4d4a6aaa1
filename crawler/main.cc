#include <fcntl.h>
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstring>
#include <new>

#include "crawler/cli/commands.h"
#include "crawler/cli/flags/secret_arguments.h"

namespace {

// Bodies come and go by the megabyte on many threads. Left alone, glibc raises its
// threshold after the first of them and then keeps the next ones in an arena a thread.
void give_memory_back() {
  ::mallopt(M_ARENA_MAX, 2);
  ::mallopt(M_MMAP_THRESHOLD, 512 << 10);
  ::mallopt(M_TRIM_THRESHOLD, 4 << 20);
  ::mallopt(M_TOP_PAD, 1 << 20);  // each growth of an arena is a system call
}

// A core would hold the secrets of the configuration. The hard limit stays: who debugs may raise
// it.
void leave_no_core() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_CORE, &limit) != 0) return;
  limit.rlim_cur = 0;
  ::setrlimit(RLIMIT_CORE, &limit);
}

// Where a standard stream is closed its number would go to the next socket or file, which would
// then be written log lines. What is opened here can neither be read nor written: who uses a closed
// stream hears of it as before. open(2) gives the lowest number that is free.
void keep_numbers_of_streams() {
  while (::fcntl(STDIN_FILENO, F_GETFD) < 0 || ::fcntl(STDOUT_FILENO, F_GETFD) < 0 ||
         ::fcntl(STDERR_FILENO, F_GETFD) < 0) {
    if (::open("/", O_PATH) < 0) return;
  }
}

// Nothing waits to be saved that a restart would not find: what is acknowledged is on disk.
[[noreturn]] void out_of_memory() {
  constexpr char kWords[] = "crawld: out of memory; what is stored is safe, start again\n";
  (void)!::write(STDERR_FILENO, kWords, std::strlen(kWords));
  ::_exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  keep_numbers_of_streams();
  give_memory_back();
  leave_no_core();
  std::set_new_handler(out_of_memory);
  const crawld::cli::Arguments arguments(argv + 1, argv + argc);
  crawld::cli::hide_secrets({argv, static_cast<std::size_t>(argc)});
  return crawld::cli::run(arguments);
}
