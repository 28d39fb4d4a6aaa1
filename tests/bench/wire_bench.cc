// What the wall costs: starting a worker, and a page of 40 KB through it.
//
// Wall time and CPU of both processes; the frames alone; simhash and packing, which every
// page pays for.
#include <time.h>

#include <chrono>
#include <cstdio>
#include <string>

#include "parsers/bytes/pack.h"
#include "parsers/gumbo_parser.h"
#include "parsers/text/simhash.h"
#include "parsers/worker/wire.h"
#include "parsers/worker/worker_process.h"

namespace {

using namespace crawld;
using namespace crawld::parsers;
using Microseconds = std::chrono::duration<double, std::micro>;

std::size_t sink = 0;

Microseconds own_cpu() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

template <class Work>
double microseconds(int rounds, Work work) {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < rounds; ++i) work();
  return Microseconds(std::chrono::steady_clock::now() - start).count() / rounds;
}

std::string words(std::size_t bytes) {
  std::string out;
  for (std::uint32_t state = 1; out.size() < bytes;) {
    state = state * 1664525 + 1013904223;
    for (std::uint32_t i = 0; i < 3 + (state >> 28); ++i) {
      out += static_cast<char>('a' + (state >> (i % 24)) % 26);
    }
    out += ' ';
  }
  return out;
}

// 40 KB with 138 links, as a page of a documentation site.
std::string sample_page() {
  std::string out = "<!doctype html><title>A page</title><body>";
  const std::string text = words(200);
  for (int i = 0; i < 138; ++i) {
    out += "<p class=\"para\">" + text + "<a href=\"/guide/part" + std::to_string(i) +
           ".html\" class=\"reference internal\">part " + std::to_string(i) + "</a></p>\n";
  }
  return out;
}

WorkerOptions options() {
  auto program = WorkerProgram::open();
  if (!program) {
    std::fprintf(stderr, "%s\n", program.error().message.c_str());
    std::exit(1);
  }
  return {.program = *program};
}

void measure_start(const std::string& page) {
  const auto options_of_all = options();
  const double us = microseconds(50, [&] {
    WorkerProcess worker(options_of_all);
    const auto outcome = worker.parse({.url = "http://a.test/", .body = page},
                                      std::chrono::steady_clock::now() + std::chrono::seconds(5));
    sink += outcome.index();
  });
  std::printf("spawn to first page and death       %8.2f ms\n", us / 1000);
}

void measure_pages(const std::string& page) {
  constexpr int kRounds = 5'000;
  WorkerProcess worker(options());
  GumboParser parser;
  const ParseJob job{
      .url = "http://a.test/", .headers = {.content_type = "text/html"}, .body = page};
  const auto ask = [&](Parser& parser_to_ask) {
    sink += parser_to_ask.parse(job, std::chrono::steady_clock::now() + std::chrono::seconds(5))
                .index();
  };
  ask(worker);
  const auto cpu_before = own_cpu();
  const auto worker_before = worker.counters().cpu;
  const double wall = microseconds(kRounds, [&] { ask(worker); });
  const double parent = (own_cpu() - cpu_before).count() / kRounds;
  const double child = Microseconds(worker.counters().cpu - worker_before).count() / kRounds;
  const double direct = microseconds(kRounds, [&] { ask(parser); });
  std::printf("a page of %zu bytes through a worker  %8.1f us (CPU: parent %.1f, worker %.1f)\n",
              page.size(), wall, parent, child);
  std::printf("the same page in this process       %8.1f us\n", direct);
  std::printf("so the wall costs                   %8.1f us of CPU a page\n",
              parent + child - direct);
}

void measure_frames(const std::string& page) {
  GumboParser parser;
  WorkerReply reply;
  reply.outcome = parser.parse(
      {.url = "http://a.test/", .headers = {.content_type = "text/html"}, .body = page}, {});
  std::string frame;
  const double encode = microseconds(5'000, [&] { encode_reply(reply, 1, frame); });
  std::string why;
  const double decode = microseconds(5'000, [&] {
    sink += decode_reply(FrameType::page, std::string_view(frame).substr(sizeof(FrameHeader)), why)
                .has_value();
  });
  std::printf("its reply of %zu bytes            %8.1f us to encode, %.1f to decode\n",
              frame.size(), encode, decode);
}

}  // namespace

int main() {
  const std::string page = sample_page();
  measure_start(page);
  measure_pages(page);
  measure_frames(page);
  const std::string text = words(10'000);
  std::printf("simhash of 10 KB of text            %8.1f us\n",
              microseconds(2'000, [&] { sink += simhash(text); }));
  Packer packer;
  std::string packed;
  std::printf("zstd level 1 of the page            %8.1f us\n",
              microseconds(2'000, [&] { packer.pack(page, 0, packed); }));
  return sink == 0 ? 1 : 0;
}
