#include "crawler/cli/archive/mirror_plan.h"

#include <utility>

#include "crawler/daemon/spellings.h"
#include "crawler/model/url.h"
#include "crawler/policy/mirror_path.h"

namespace crawld::cli {
namespace {

using storage::MirrorBook;

constexpr std::uint32_t kSlice = 500;
constexpr int kMostHops = 20;

}  // namespace

base::Result<std::unique_ptr<MirrorPlan>> MirrorPlan::make(storage::Database& reader,
                                                           const std::function<bool()>& asked) {
  auto book = MirrorBook::open();
  if (!book) return std::move(book).error();
  std::unique_ptr<MirrorPlan> plan(new MirrorPlan(*std::move(book)));
  auto own = daemon::known_spellings(reader);
  if (!own) return std::move(own).error();
  plan->spellings_.emplace_back(config::Canonicalize());
  for (config::Canonicalize& rules : *own) plan->spellings_.emplace_back(std::move(rules));
  const auto whole = plan->name_pages(reader, asked);
  if (!whole) return base::Error(whole.error());
  if (!*whole) return std::unique_ptr<MirrorPlan>();
  const auto done =
      storage::each_redirect(reader, [&](std::string_view url, std::string_view target) {
        return plan->book_->add_redirect(url, target);
      });
  if (!done) return base::Error(done.error());
  return plan;
}

base::Result<bool> MirrorPlan::name_pages(storage::Database& reader,
                                          const std::function<bool()>& asked) {
  for (model::UrlId after = 0; !asked();) {
    const auto pages = storage::walk_mirror(reader, after, kSlice);
    if (!pages) return base::Error(pages.error());
    if (pages->empty()) return true;
    for (const storage::MirrorPage& page : *pages) {
      after = page.url_id;
      const auto path = name_page(page);
      if (!path) return base::Error(path.error());
      if (path->empty()) continue;
      if (auto added = book_->add(page, *path); !added) return std::move(added).error();
    }
  }
  return false;
}

base::Result<std::string> MirrorPlan::name_page(const storage::MirrorPage& page) {
  const auto url = model::Url::parse(page.url);
  if (!url || !url->crawlable()) return std::string();
  const policy::MirrorPath wanted = policy::mirror_path(*url, page.kind, page.content_type);
  std::string folder;
  for (const std::string& name : wanted.folders) {
    // The mark of a folder is of its own path, so that all pages in it find the same.
    auto free = free_name(folder, name, folder + name, MirrorBook::Name::folder);
    if (!free) return free;
    folder += *free + "/";
  }
  auto free = free_name(folder, wanted.file, page.url, MirrorBook::Name::file);
  if (!free) return free;
  return folder + *free;
}

base::Result<std::string> MirrorPlan::free_name(const std::string& folder,
                                                const std::string& wanted, std::string_view url,
                                                MirrorBook::Name as) {
  std::string name = wanted;
  std::string marked(url);
  while (true) {
    const std::string folded = policy::folded_path(folder + name);
    const auto known = book_->name(folded);
    if (!known) return base::Error(known.error());
    if (*known == MirrorBook::Name::folder && *known == as) return name;
    if (*known == MirrorBook::Name::free) {
      if (auto taken = book_->take_name(folded, as); !taken) return std::move(taken).error();
      return name;
    }
    name = policy::marked_name(wanted, marked);
    marked += '#';  // for the case that even this one is taken
  }
}

std::vector<std::string> MirrorPlan::spellings_of(const std::string& url) const {
  const auto parsed = model::Url::parse(url);
  if (!parsed) return {};
  std::vector<std::string> all;
  for (const policy::Canonicalizer& rules : spellings_) {
    all.push_back(rules.canonicalize(*parsed).href());
  }
  all.push_back(parsed->without_fragment().href());
  return all;
}

base::Result<std::string> MirrorPlan::path_of(const std::string& url) {
  std::string at = url;
  for (int hops = 0; hops <= kMostHops; ++hops) {
    std::string target;
    for (const std::string& href : spellings_of(at)) {
      auto path = book_->path_of(href);
      if (!path || !path->empty()) return path;
      if (!target.empty()) continue;
      auto redirect = book_->redirect_of(href);
      if (!redirect) return redirect;
      target = *std::move(redirect);
    }
    if (target.empty()) return std::string();
    at = std::move(target);
  }
  return std::string();
}

base::Result<bool> MirrorPlan::has_name(std::string_view name) {
  const auto known = book_->name(policy::folded_path(name));
  if (!known) return base::Error(known.error());
  return *known != MirrorBook::Name::free;
}

}  // namespace crawld::cli
