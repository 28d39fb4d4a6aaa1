#include "crawler/cli/archive/mirror_page.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "crawler/base/ascii.h"
#include "crawler/base/clock.h"
#include "crawler/model/packed_body.h"
#include "crawler/policy/http_date.h"
#include "crawler/policy/mirror_path.h"
#include "crawler/policy/mirror_rewrite.h"
#include "storage/reports/page_walk.h"

namespace crawld::cli {
namespace {

using Entry = storage::MirrorBook::Entry;

// A page that was cut may end within a tag; what it says of its links cannot be trusted.
bool holds_links(const storage::MirrorPage& page) {
  if (page.truncated) return false;
  return page.kind == "html" || page.kind == "xhtml" ||
         base::starts_with_ignoring_case(page.content_type, "text/css") ||
         base::starts_with_ignoring_case(page.content_type, "image/svg+xml");
}

std::int64_t modified_at(const model::Headers& headers, const storage::MirrorPage& page) {
  const auto told = policy::parse_http_date(headers.get("Last-Modified"));
  return told ? base::to_millis(*told) : page.fetched_at;
}

std::string_view folder_of(std::string_view path) { return path.substr(0, path.rfind('/') + 1); }

}  // namespace

base::Result<std::unique_ptr<MirrorPageMaker>> MirrorPageMaker::open(const config::Config& config,
                                                                     storage::Database& reader,
                                                                     MirrorPlan& plan) {
  auto program = parsers::WorkerProgram::open();
  if (!program) return std::move(program).error();
  if (config.sandbox) {
    if (auto proved = parsers::prove_sandbox(**program); !proved) return std::move(proved).error();
  }
  std::unique_ptr<MirrorPageMaker> maker(new MirrorPageMaker(config, reader, plan));
  parsers::WorkerOptions options;
  options.program = *std::move(program);
  options.sandbox = config.sandbox ? parsers::SandboxUse::required : parsers::SandboxUse::off;
  options.page_cpu = config.parse_cpu;
  options.page_memory = config.parse_memory;
  maker->parser_ = std::make_unique<parsers::WorkerProcess>(std::move(options));
  return maker;
}

base::Result<MirrorPageMaker::Page> MirrorPageMaker::make(const Entry& entry) {
  auto stored = bodies_.of_page(entry.page.id);
  if (!stored) return std::move(stored).error();
  Page page{.modified = modified_at(stored->headers, entry.page)};
  auto body = model::unpack(stored->packed, stored->size);
  page.bodiless = stored->packed.empty() || !body;
  if (page.bodiless) return page;
  page.body = *std::move(body);
  if (!holds_links(entry.page)) return page;
  if (auto done = rewrite(entry, stored->headers, page); !done) return std::move(done).error();
  return page;
}

base::Status MirrorPageMaker::rewrite(const Entry& entry, const model::Headers& headers,
                                      Page& page) {
  const parsers::ParseJob job{.url = entry.page.url,
                              .headers = {.content_type = headers.joined("Content-Type")},
                              .body = page.body,
                              .wants = {.packed_body = false, .url_places = true},
                              .max_decoded_size = std::max<std::uint64_t>(page.body.size(), 1)};
  auto outcome = parser_->parse(job, std::chrono::steady_clock::now() + timeout_);
  const auto* failure = std::get_if<model::ParseFailure>(&outcome);
  if (failure != nullptr && failure->kind == model::ParseFailureKind::no_worker) {
    return base::Error{base::Error::Code::io, failure->detail};
  }
  const auto* parsed = std::get_if<model::ParsedPage>(&outcome);
  page.unread = parsed == nullptr || parsed->links_truncated;
  if (page.unread) return base::Done{};
  std::optional<base::Error> refused;
  const auto to_file = [&](const std::string& url) -> std::optional<std::string> {
    auto found = reference(entry.path, url);
    if (!found) refused = found.error();
    if (!found || found->empty()) return std::nullopt;
    return *std::move(found);
  };
  auto rewritten =
      policy::rewrite(parsed->body.empty() ? page.body : parsed->body, parsed->url_places, to_file);
  if (refused) return *std::move(refused);
  page.body = std::move(rewritten.body);
  page.local = rewritten.local;
  page.on_web = rewritten.on_web;
  return base::Done{};
}

base::Result<std::string> MirrorPageMaker::reference(std::string_view from,
                                                     const std::string& url) {
  auto path = plan_.path_of(url);
  if (!path || path->empty()) return path;
  const std::size_t hash = url.find('#');
  const std::string fragment = hash == std::string::npos ? "" : url.substr(hash);
  if (from == *path && fragment.size() > 1) return fragment;
  // The name of the file itself where it is the same.
  return policy::relative_reference(folder_of(from), *path) + fragment;
}

}  // namespace crawld::cli
