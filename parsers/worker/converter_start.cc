#include "parsers/worker/converter_start.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "parsers/worker/converter_trial.h"
#include "parsers/worker/worker_exit.h"

namespace crawld::parsers {
namespace {

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  ::_exit(kExitNotRun);
}

}  // namespace

void become_converter(ConverterLimits limits, std::vector<std::string> command) {
  if (command.empty()) give_up("no program is named");
  limits.program = command.front();
  if (auto status = enter_converter_sandbox(limits); !status) give_up(status.error().message);
  ::signal(SIGPIPE, SIG_DFL);  // as programs expect it
  std::string path = "PATH=/usr/local/bin:/usr/bin:/bin";
  std::string language = "LANG=C.UTF-8";
  char* const environment[] = {path.data(), language.data(), nullptr};
  std::vector<char*> words;
  words.reserve(command.size() + 1);
  for (std::string& word : command) words.push_back(word.data());
  words.push_back(nullptr);
  ::execve(words.front(), words.data(), environment);
  give_up(std::string("cannot be run: ") + std::strerror(errno));
}

void test_converter_sandbox() {
  const ConverterLimits limits{.program = "/dev/null", .memory = 1ULL << 30, .cpu_seconds = 10};
  if (auto status = enter_converter_sandbox(limits); !status) give_up(status.error().message);
  const std::size_t leak = first_converter_leak();
  ::_exit(leak == converter_trials().size() ? kExitProved : kExitTrial + static_cast<int>(leak));
}

}  // namespace crawld::parsers
