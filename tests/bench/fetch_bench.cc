// What a transfer costs: CPU a 40 KB page with 1 to 512 threads on small stacks, how
// often connections are made, and the memory of thousands of slow connections.
//
//   build/tests/fetch_bench [threads...]     the server runs in a child process
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "crawler/fetch/curl_fetcher.h"

using namespace crawld;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t kStack = 128 << 10;
constexpr int kHosts = 200;

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return double(t.tv_sec) + double(t.tv_usec) / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double resident_mb() {
  std::ifstream in("/proc/self/statm");
  double total = 0;
  double resident = 0;
  in >> total >> resident;
  return resident * double(sysconf(_SC_PAGESIZE)) / 1e6;
}

// Answers every request after `delay` with 40 KB; one thread, keep-alive.
[[noreturn]] void serve(int listener, milliseconds delay) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const std::string body(40'000, 'x');
  const std::string reply =
      "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  const int poller = epoll_create1(0);
  epoll_event event{EPOLLIN, {.fd = listener}};
  epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
  std::multimap<std::chrono::steady_clock::time_point, int> due;
  std::vector<epoll_event> events(1'024);
  std::string buffer(8'192, '\0');
  while (true) {
    const int ready =
        epoll_wait(poller, events.data(), static_cast<int>(events.size()), due.empty() ? 1'000 : 1);
    const auto now = std::chrono::steady_clock::now();
    for (int i = 0; i < ready; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      if (fd == listener) {
        const int client = accept4(listener, nullptr, nullptr, 0);
        event = {EPOLLIN, {.fd = client}};
        if (client >= 0) epoll_ctl(poller, EPOLL_CTL_ADD, client, &event);
      } else if (recv(fd, buffer.data(), buffer.size(), 0) > 0) {
        due.emplace(now + delay, fd);
      } else {
        close(fd);
      }
    }
    while (!due.empty() && due.begin()->first <= now) {
      [[maybe_unused]] const auto sent =
          send(due.begin()->second, reply.data(), reply.size(), MSG_NOSIGNAL);
      due.erase(due.begin());
    }
  }
}

class Server {
 public:
  explicit Server(milliseconds delay) {
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_ANY);
    socklen_t size = sizeof here;
    if (bind(listener, reinterpret_cast<sockaddr*>(&here), size) != 0 ||
        listen(listener, 4'096) != 0) {
      std::perror("listen");
      std::exit(1);
    }
    getsockname(listener, reinterpret_cast<sockaddr*>(&here), &size);
    port_ = ntohs(here.sin_port);
    child_ = fork();
    if (child_ == 0) serve(listener, delay);
    close(listener);
  }
  ~Server() {
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
  }
  std::string url(int host, int page) const {
    return "http://127.0.1." + std::to_string(1 + host) + ":" + std::to_string(port_) + "/" +
           std::to_string(page);
  }

 private:
  std::uint16_t port_ = 0;
  pid_t child_ = -1;
};

struct Run {
  Server& server;
  fetch::FetchContext& context;
  int total;
  std::atomic<int> next{0};
  std::atomic<int> failed{0};
  std::atomic<double> peak_mb{0};
};

void* work(void* arg) {
  Run& run = *static_cast<Run*>(arg);
  fetch::CurlFetcher fetcher(run.context);
  for (int page = run.next++; page < run.total; page = run.next++) {
    auto url = model::Url::parse(run.server.url(page % kHosts, page));
    const auto fetched = fetcher.fetch({.request = {.url = std::move(*url)}});
    if (fetched.response() == nullptr && run.failed++ == 0) {
      std::printf("failed: %s\n", fetched.failure()->detail.c_str());
    }
    if (page % 256 == 0) run.peak_mb = std::max(run.peak_mb.load(), resident_mb());
  }
  return nullptr;
}

void measure(int threads, int pages, milliseconds delay) {
  Server server(delay);
  static base::SystemClock clock;
  fetch::SiteFetchConfig site;
  site.allow_addresses = {"127.0.0.0/8"};
  auto context = fetch::FetchContext::open(
      {.user_agent = "bench", .sites = {site}, .max_idle_connections = 4'096, .clock = &clock});
  if (!context) std::exit(1);
  Run run{server, **context, pages};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStack);
  const double cpu = cpu_seconds();
  const auto start = std::chrono::steady_clock::now();
  std::vector<pthread_t> all(static_cast<std::size_t>(threads));
  for (auto& thread : all) {
    if (pthread_create(&thread, &attributes, &work, &run) != 0) std::exit(1);
  }
  for (auto& thread : all) pthread_join(thread, nullptr);
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const auto counts = (*context)->counts();
  std::printf(
      "%5d threads, %4lld ms: %7.0f pages/s, %6.1f us CPU a page, %5.1f %% reconnects, "
      "%6.1f MB resident, %d failed\n",
      threads, static_cast<long long>(delay.count()), pages / seconds,
      (cpu_seconds() - cpu) / pages * 1e6,
      100.0 * static_cast<double>(counts.connected) / static_cast<double>(counts.transfers),
      run.peak_mb.load(), run.failed.load());
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<int> threads = {1, 8, 64, 256, 512};
  if (argc > 1) {
    threads.clear();
    for (int i = 1; i < argc; ++i) threads.push_back(std::atoi(argv[i]));
  }
  for (const int count : threads) measure(count, 20'000, milliseconds(0));
  if (argc == 1) {
    measure(1'000, 4'000, milliseconds(1'000));
    measure(4'000, 12'000, milliseconds(1'000));
  }
  return 0;
}
