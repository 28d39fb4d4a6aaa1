// What storing costs, and that it does not grow with the number of known URLs.
//
//   storage_bench [known URLs, ...]      default: 100000 1000000 10000000
//
// Grows one crawl to each number in turn, each in a process of its own, and prints there: CPU and
// elapsed time per stored page (60 links, 3 of them new, commits of 200), per look-up of the seen
// index, what a page hands to the system to write, bytes written to the disk per known URL,
// resident memory, start-up time. Where a virtual machine gets its memory as it touches it, a page
// of file cache costs up to six times as much when it is new: bytes and calls tell what our own
// part is.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "crawler/model/url.h"
#include "storage/sqlite_store.h"

using namespace crawld;
using namespace crawld::storage;

namespace {

constexpr std::size_t kPagesPerCommit = 200;
constexpr std::size_t kLinks = 60;
constexpr std::size_t kNewLinks = 3;
constexpr std::size_t kRandomLinks = 10;  // known, from anywhere; the rest is navigation
constexpr std::size_t kMeasuredCommits = 50;
constexpr std::uint64_t kSitemap = 50'000;  // URLs that come, and are committed, together

double seconds(timeval t) { return static_cast<double>(t.tv_sec) + t.tv_usec * 1e-6; }
double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}
double system_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return seconds(usage.ru_stime);
}
double elapsed_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::uint64_t proc_value(const char* file, const std::string& key) {
  std::ifstream in(file);
  std::string word;
  std::uint64_t value = 0;
  while (in >> word) {
    if (word == key && in >> value) return value;
  }
  return 0;
}
std::uint64_t written_bytes() { return proc_value("/proc/self/io", "write_bytes:"); }
std::uint64_t handed_bytes() { return proc_value("/proc/self/io", "wchar:"); }
std::uint64_t write_calls() { return proc_value("/proc/self/io", "syscw:"); }
std::uint64_t resident_bytes() { return proc_value("/proc/self/status", "VmRSS:") * 1024; }

std::string href(std::uint64_t n) {
  return "https://www.example" + std::to_string(n % 1'000) + ".org/articles/page-" +
         std::to_string(n) + ".html";
}

void must(const base::Status& done) {
  if (done) return;
  std::fprintf(stderr, "storage_bench: %s\n", done.error().message.c_str());
  std::exit(1);
}

class Crawl {
 public:
  explicit Crawl(const std::string& path) {
    auto opened = SqliteStore::open(path, {});
    if (!opened) must(std::move(opened).error());
    store_ = std::move(*opened);
    auto run = store_->begin_run({.started_at = 1, .command = "bench", .sites = {"bench"}});
    if (!run) must(std::move(run).error());
    next_url_ = store_->next_ids().url;
    next_page_ = store_->next_ids().page;
    for (std::size_t i = 0; i < 40'000; ++i) noise_ += static_cast<char>(random_());
    for (std::size_t i = 0; i < 4'000; ++i) text_ += static_cast<char>('a' + random_() % 26);
  }

  SqliteStore& store() { return *store_; }

  void grow(std::uint64_t known) {
    while (next_url_ <= known) {
      CommitBatch batch;
      const std::uint64_t last = std::min(known, next_url_ + kSitemap - 1);
      for (; next_url_ <= last;) batch.new_urls.push_back(discover());
      must(store_->put(batch));
    }
  }

  // One commit of pages, as the commit stage makes it.
  void commit_pages() {
    CommitBatch batch;
    const double started = cpu_seconds();
    std::vector<std::uint64_t> hashes;
    std::vector<model::UrlId> ids;
    for (std::size_t i = 0; i < kPagesPerCommit; ++i) batch.pages.push_back(page());
    const double made = cpu_seconds();
    for (const StoredPage& page : batch.pages) {
      const auto& links = std::get<model::ParsedPage>(page.parsed.page).links;
      hashes.clear();
      for (const model::Link& link : links) hashes.push_back(store_->seen().hash_of(link.url));
      ids.resize(hashes.size());
      store_->seen().find(hashes, ids);
      for (std::size_t n = 0; n < ids.size(); ++n) {
        if (ids[n] == 0 && store_->seen().find(hashes[n]) == 0) {
          batch.new_urls.push_back(discover());
        }
      }
      batch.updates.push_back({.id = page.url_id, .state = model::Verdict::done});
      batch.visits.push_back({.url_id = page.url_id, .visited_at = 1, .status = 200, .visits = 1});
      batch.fetches.push_back({.id = page.id, .url_id = page.url_id, .outcome = "done"});
    }
    const double found = cpu_seconds();
    const double system = system_seconds();
    must(store_->put(batch));
    make_ += made - started;
    find_ += found - made;
    put_ += cpu_seconds() - found;
    put_system_ += system_seconds() - system;
  }

  double find_cpu() const { return find_; }
  double put_cpu() const { return put_; }
  double put_system() const { return put_system_; }  // of put_cpu()
  void reset() { make_ = find_ = put_ = put_system_ = 0; }

 private:
  NewUrl discover() {
    NewUrl url;
    url.id = next_url_;
    url.url = href(next_url_);
    url.hash = store_->seen().hash_of(url.url);
    url.host = 1 + static_cast<model::HostId>(next_url_ % 1'000);
    url.depth = 3;
    url.parent = next_url_ / 60;
    store_->seen().insert(url.hash, url.id);
    ++next_url_;
    return url;
  }

  StoredPage page() {
    const std::uint64_t n = next_page_ % (next_url_ - 1) + 1;
    model::ParsedPage parsed;
    parsed.kind = model::DocumentKind::html;
    parsed.title = "The title of page " + std::to_string(n);
    parsed.text = text_;
    parsed.content_hash = "00000000000000" + std::to_string(next_page_);
    parsed.body_size = 40'000;
    parsed.packed_body = {model::BodyCodec::zstd, noise_.substr(random_() % 30'000, 9'000)};
    for (std::size_t i = 0; i < kLinks; ++i) {
      std::uint64_t to = i;  // the same on every page
      if (i < kNewLinks) to = next_url_ + new_links_++;
      if (i >= kNewLinks && i < kNewLinks + kRandomLinks) to = random_() % (next_url_ - 1) + 1;
      parsed.add_link({.url = href(to), .text = "a link"});
    }
    model::Response response;
    response.status = 200;
    response.headers.add("Content-Type", "text/html; charset=utf-8");
    model::Fetched fetched{.lease = {.url_id = n, .request = {.url = *model::Url::parse(href(n))}},
                           .outcome = std::move(response),
                           .timings = {},
                           .fetched_at = base::from_millis(1'700'000'000'000)};
    return {.id = next_page_++,
            .url_id = n,
            .parsed = {std::move(fetched), std::move(parsed)},
            .body_bytes = 9'000};
  }

  std::unique_ptr<SqliteStore> store_;
  std::mt19937_64 random_{42};
  std::string noise_;
  std::string text_;
  std::uint64_t next_url_ = 1;
  std::uint64_t next_page_ = 1;
  std::uint64_t new_links_ = 0;
  double make_ = 0;
  double find_ = 0;
  double put_ = 0;
  double put_system_ = 0;
};

void measure(const std::string& path, std::uint64_t known) {
  std::uint64_t growth = 0;
  double grow_seconds = 0;
  {
    Crawl crawl(path);
    const std::uint64_t before = crawl.store().next_ids().url;
    const std::uint64_t bytes = written_bytes();
    const double started = elapsed_seconds();
    crawl.grow(known);
    must(crawl.store().database().checkpoint());
    grow_seconds = elapsed_seconds() - started;
    const std::uint64_t added = crawl.store().next_ids().url - before;
    growth = added == 0 ? 0 : (written_bytes() - bytes) / added;
    if (added != 0) grow_seconds /= static_cast<double>(added);
  }
  const double opening = elapsed_seconds();
  Crawl crawl(path);
  const double opened = elapsed_seconds() - opening;
  // What the growth left to be written costs who writes next.
  ::sync();
  crawl.commit_pages();
  crawl.reset();
  const std::uint64_t bytes = handed_bytes();
  const std::uint64_t calls = write_calls();
  const double elapsed = elapsed_seconds();
  for (std::size_t i = 0; i < kMeasuredCommits; ++i) crawl.commit_pages();
  const double took = elapsed_seconds() - elapsed;
  const double pages = kMeasuredCommits * kPagesPerCommit;
  const double bytes_a_page = static_cast<double>(handed_bytes() - bytes) / pages;
  const double calls_a_page = static_cast<double>(write_calls() - calls) / pages;
  const auto figures = crawl.store().seen().figures();
  std::printf(
      "%10llu known: put %6.1f us CPU/page (%.1f in the system), find %5.1f us CPU/page, %6.1f "
      "us/page in all; "
      "%.0f bytes in %.2f calls written a page; "
      "%4llu bytes and %4.2f us per new URL; index %5.1f MB in %llu runs; RSS %5.1f MB; "
      "start %.2f s\n",
      static_cast<unsigned long long>(known), crawl.put_cpu() / pages * 1e6,
      crawl.put_system() / pages * 1e6, crawl.find_cpu() / pages * 1e6, took / pages * 1e6,
      bytes_a_page, calls_a_page, static_cast<unsigned long long>(growth), grow_seconds * 1e6,
      static_cast<double>(figures.memory) / 1e6, static_cast<unsigned long long>(figures.runs),
      static_cast<double>(resident_bytes()) / 1e6, opened);
}

// Memory that the smaller crawl has left to the allocator is not of this one.
bool measure_apart(const std::string& path, std::uint64_t known) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    measure(path, known);
    std::fflush(stdout);
    _exit(0);
  }
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::uint64_t> sizes;
  for (int i = 1; i < argc; ++i) sizes.push_back(std::strtoull(argv[i], nullptr, 10));
  if (sizes.empty()) sizes = {100'000, 1'000'000, 10'000'000};
  std::string directory = std::filesystem::temp_directory_path() / "crawld_storage_bench_XXXXXX";
  if (::mkdtemp(directory.data()) == nullptr) return 1;
  bool well = true;
  for (const std::uint64_t known : sizes)
    well = well && measure_apart(directory + "/crawl.db", known);
  std::filesystem::remove_all(directory);
  return well ? 0 : 1;
}
