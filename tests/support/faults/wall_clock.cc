// A wall clock that is wrong, for tests: LD_PRELOAD=build/tests/wall_clock.so
//
//   WALL_CLOCK_AHEAD=251588410301    seconds; less than 0: behind
//
// The monotonic clock stays as it is.
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

namespace {

long seconds_ahead() {
  const char* text = getenv("WALL_CLOCK_AHEAD");
  return text == nullptr ? 0 : atol(text);
}

const long ahead = seconds_ahead();

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* t) noexcept {
  using Call = int (*)(clockid_t, timespec*);
  static const auto real = reinterpret_cast<Call>(dlsym(RTLD_NEXT, "clock_gettime"));
  const int failed = real(clock, t);
  if (failed == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    t->tv_sec += ahead;
  }
  return failed;
}

int gettimeofday(timeval* __restrict t, void* __restrict) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  *t = {now.tv_sec, now.tv_nsec / 1000};
  return 0;
}

time_t time(time_t* t) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (t != nullptr) *t = now.tv_sec;
  return now.tv_sec;
}
}
