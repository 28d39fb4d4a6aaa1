#include <malloc.h>

#include "crawler/cli/commands.h"

namespace {

// Bodies come and go by the megabyte on many threads. Left alone, glibc raises its
// threshold after the first of them and then keeps the next ones in an arena a thread.
void give_memory_back() {
  ::mallopt(M_ARENA_MAX, 2);
  ::mallopt(M_MMAP_THRESHOLD, 512 << 10);
  ::mallopt(M_TRIM_THRESHOLD, 4 << 20);
  ::mallopt(M_TOP_PAD, 1 << 20);  // each growth of an arena is a system call
}

}  // namespace

int main(int argc, char** argv) {
  give_memory_back();
  return crawld::cli::run(crawld::cli::Arguments(argv + 1, argv + argc));
}
