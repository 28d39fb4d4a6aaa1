#include "crawler/cli/archive/mirror_export.h"

#include <utility>

#include "crawler/base/escape.h"
#include "crawler/cli/archive/mirror_page.h"
#include "crawler/cli/archive/mirror_plan.h"
#include "crawler/cli/archive/mirror_tree.h"
#include "crawler/policy/mirror_path.h"
#include "crawler/policy/mirror_rewrite.h"
#include "storage/archive/mirror_walk.h"

namespace crawld::cli {
namespace {

using base::Status;
using storage::MirrorBook;

constexpr std::uint32_t kSlice = 200;
constexpr std::uint32_t kMostStarts = 1'000;
constexpr const char* kTopPage = "index.html";

// HTML 4.2: no scripts, nothing from elsewhere.
std::string list_item(const std::string& reference, const std::string& text) {
  return "<li><a href=\"" + policy::attribute_text(reference) + "\">" +
         policy::attribute_text(text) + "</a>\n";
}

class Mirror {
 public:
  Mirror(MirrorTree& tree, MirrorPlan& plan, MirrorPageMaker& maker,
         const std::function<bool()>& asked)
      : tree_(tree), book_(plan.book()), plan_(plan), maker_(maker), asked_(asked) {}

  base::Result<MirrorEnd> write(storage::Database& reader) {
    auto top = plan_.has_name(kTopPage);
    if (!top) return std::move(top).error();
    has_top_ = !*top;
    if (Status done = refuse_foreign(); !done) return std::move(done).error();
    if (!end_.complete) return end_;
    // A list that was cut short would disown files, so lists are written without asking. Until all
    // is done the marker names the files of before and of now.
    Status done = write_marker(Listed::old_too);
    if (done) done = remove_gone();
    if (done) done = write_pages();
    if (done && end_.complete && has_top_) done = write_top(reader);
    if (done) done = tree_.sync();
    if (done && end_.complete) done = write_marker(Listed::now_only);
    if (!done) return std::move(done).error();
    return end_;
  }

 private:
  enum class Listed : std::uint8_t { now_only, old_too };

  // Until the end is noted as incomplete.
  template <class Take>
  Status each_entry(const Take& take) {
    for (std::int64_t after = 0;;) {
      const auto entries = book_.entries(after, kSlice);
      if (!entries) return base::Error(entries.error());
      if (entries->empty()) return base::Done{};
      for (const MirrorBook::Entry& entry : *entries) {
        if (!end_.complete) return base::Done{};
        if (Status taken = take(entry); !taken) return taken;
      }
      after = entries->back().key;
    }
  }

  template <class Take>
  Status each_gone(const Take& take) {
    for (std::string after;;) {
      const auto paths = book_.gone(after, kSlice);
      if (!paths) return base::Error(paths.error());
      if (paths->empty()) return base::Done{};
      for (const std::string& path : *paths) {
        if (path == kTopPage && has_top_) continue;
        if (Status taken = take(path); !taken) return taken;
      }
      after = paths->back();
    }
  }

  // Before the first change, so that nobody's file is taken for one of the mirror.
  Status refuse_foreign() {
    const auto refuse = [&](const std::string& path) -> Status {
      const auto ours = book_.was_there(path);
      if (!ours) return base::Error(ours.error());
      if (*ours) return base::Done{};
      const auto stands = tree_.stands(path);
      if (!stands) return base::Error(stands.error());
      if (!*stands) return base::Done{};
      return base::Error{base::Error::Code::invalid,
                         base::printable(path) + " is not of this mirror; move it away"};
    };
    Status done = each_entry([&](const MirrorBook::Entry& entry) {
      end_.complete = !asked_();
      return refuse(entry.path);
    });
    return done && has_top_ ? refuse(kTopPage) : done;
  }

  Status write_marker(Listed listed) {
    return tree_.write_list([&](const MirrorTree::TakePath& add) {
      Status done = each_entry([&](const MirrorBook::Entry& entry) { return add(entry.path); });
      if (done && has_top_) done = add(kTopPage);
      if (done && listed == Listed::old_too) done = each_gone(add);
      return done;
    });
  }

  Status remove_gone() {
    return each_gone([&](const std::string& path) -> Status {
      const auto removed = tree_.remove(path);
      if (!removed) return base::Error(removed.error());
      end_.removed += *removed ? 1 : 0;
      return base::Done{};
    });
  }

  Status write_pages() {
    return each_entry([&](const MirrorBook::Entry& entry) -> Status {
      end_.complete = !asked_();
      if (!end_.complete) return base::Done{};
      const auto page = maker_.make(entry);
      if (!page) return base::Error(page.error());
      if (page->bodiless) return base::Done{};
      end_.local += page->local;
      end_.on_web += page->on_web;
      end_.unread += page->unread ? 1 : 0;
      return put(entry.path, page->body, page->modified);
    });
  }

  Status put(std::string_view path, std::string_view bytes, std::int64_t modified) {
    const auto put = tree_.put(path, bytes, modified);
    if (!put) return base::Error(put.error());
    ++(*put == MirrorTree::Put::written ? end_.written : end_.unchanged);
    end_.bytes += bytes.size();
    return base::Done{};
  }

  Status write_top(storage::Database& reader) {
    const auto starts = storage::start_pages(reader, kMostStarts);
    if (!starts) return base::Error(starts.error());
    std::string list;
    for (const storage::StartPage& start : *starts) {
      const auto reference = maker_.reference("", start.url);
      if (!reference) return base::Error(reference.error());
      if (reference->empty()) continue;
      list +=
          list_item(*reference, start.title.empty() ? start.url : start.title + " - " + start.url);
    }
    // An archive that was imported has no seeds.
    if (list.empty()) {
      const auto entries = book_.entries(0, kMostStarts);
      if (!entries) return base::Error(entries.error());
      for (const MirrorBook::Entry& entry : *entries) {
        if (entry.page.kind != "html" && entry.page.kind != "xhtml") continue;
        list += list_item(policy::relative_reference("", entry.path), entry.page.url);
      }
    }
    return put(kTopPage,
               "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
               "<title>Mirror</title>\n<h1>Mirror</h1>\n<ul>\n" +
                   list + "</ul>\n</html>\n",
               0);
  }

  MirrorTree& tree_;
  MirrorBook& book_;
  MirrorPlan& plan_;
  MirrorPageMaker& maker_;
  const std::function<bool()>& asked_;
  bool has_top_ = true;
  MirrorEnd end_;
};

}  // namespace

base::Result<MirrorEnd> write_mirror(storage::Database& reader, const config::Config& config,
                                     const std::string& directory,
                                     const std::function<bool()>& asked) {
  auto tree = MirrorTree::open(directory);
  if (!tree) return std::move(tree).error();
  auto plan = MirrorPlan::make(reader, asked);
  if (!plan) return std::move(plan).error();
  if (!*plan) return MirrorEnd{.complete = false};
  const auto listed =
      tree->each_listed([&](std::string_view path) { return (*plan)->book().add_old(path); });
  if (!listed) return base::Error(listed.error());
  auto maker = MirrorPageMaker::open(config, reader, **plan);
  if (!maker) return std::move(maker).error();
  return Mirror(*tree, **plan, **maker, asked).write(reader);
}

}  // namespace crawld::cli
