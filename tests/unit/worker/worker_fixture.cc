#include "tests/unit/worker/worker_fixture.h"

#include <unistd.h>

#include <catch2/catch.hpp>

namespace crawld::test {

using namespace crawld::parsers;

std::string build_folder() {
  std::string path(4096, '\0');
  const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size());
  REQUIRE(size > 0);
  path.resize(static_cast<std::size_t>(size));
  path.resize(path.rfind('/'));  // tests
  path.resize(path.rfind('/'));
  return path;
}

namespace {

std::shared_ptr<const WorkerProgram> program(const std::string& name) {
  auto opened = WorkerProgram::open(build_folder() + name);
  REQUIRE(opened.ok());
  return *opened;
}

}  // namespace

std::shared_ptr<const WorkerProgram> real_worker() { return program("/crawld-parse"); }
std::shared_ptr<const WorkerProgram> bad_worker() { return program("/tests/bad_worker"); }

bool sandbox_possible() {
  if (!kSandboxPossible) WARN("not proved: a sanitizer build runs without the sandbox");
  return kSandboxPossible;
}

WorkerOptions real_options() {
  return {.program = real_worker(),
          .sandbox = kSandboxPossible ? SandboxUse::required : SandboxUse::off};
}

WorkerOptions bad_options() { return {.program = bad_worker(), .sandbox = SandboxUse::off}; }

std::chrono::steady_clock::time_point in(std::chrono::milliseconds time) {
  return std::chrono::steady_clock::now() + time;
}

model::ParseFailure failure_of(const model::ParseOutcome& outcome) {
  if (const auto* failure = std::get_if<model::ParseFailure>(&outcome)) return *failure;
  return {model::ParseFailureKind::crashed, "it is none"};
}

model::ParseOutcome ask_for(WorkerProcess& worker, const std::string& how,
                            std::chrono::milliseconds time) {
  return worker.parse({.url = "http://bad.test/" + how}, in(time));
}

}  // namespace crawld::test
