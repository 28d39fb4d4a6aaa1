#include "crawler/cli/output/sitemap_writer.h"

#include "crawler/base/clock.h"
#include "storage/reports/page_walk.h"

namespace crawld::cli {
namespace {

using storage::WalkedPage;

constexpr std::uint32_t kSlice = 500;

std::string xml_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&apos;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

bool has_directive(std::string_view directives, std::string_view wanted) {
  return ("," + std::string(directives) + ",").find("," + std::string(wanted) + ",") !=
         std::string::npos;
}

bool belongs(const WalkedPage& page, std::int64_t since) {
  const bool document = page.kind == "html" || page.kind == "xhtml" || page.kind == "text";
  const bool own = page.canonical.empty() || page.canonical == page.url;
  return page.status == 200 && document && own && page.fetched_at >= since &&
         !has_directive(page.robots, "noindex") && !has_directive(page.robots, "none");
}

std::string entry(const WalkedPage& page) {
  const std::int64_t moment = page.changed_at != 0 ? page.changed_at : page.fetched_at;
  return "  <url><loc>" + xml_text(page.url) + "</loc><lastmod>" +
         base::to_iso8601(base::from_millis(moment)) + "</lastmod></url>\n";
}

}  // namespace

base::Result<storage::ExportEnd> write_sitemap(storage::Database& reader, std::int64_t after,
                                               std::int64_t since,
                                               const std::function<bool(std::string_view)>& write,
                                               const std::function<bool()>& enough) {
  storage::ExportEnd end{.last_key = after};
  end.complete = write(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
  while (end.complete) {
    const auto pages =
        storage::walk_pages(reader, static_cast<storage::PageId>(end.last_key), kSlice);
    if (!pages) return base::Error(pages.error());
    if (pages->empty()) break;
    end.complete = !enough();
    if (!end.complete) break;
    for (const WalkedPage& page : *pages) {
      if (belongs(page, since)) {
        end.complete = end.rows < kUrlsPerSitemap && write(entry(page));
        if (!end.complete) break;
        ++end.rows;
      }
      end.last_key = static_cast<std::int64_t>(page.id);
    }
  }
  write("</urlset>\n");
  return end;
}

}  // namespace crawld::cli
