#include "crawler/cli/demo_site.h"

#include <charconv>
#include <optional>

namespace crawld::cli {
namespace {

constexpr int kProducts = 80;
constexpr int kProductsAPage = 20;
constexpr int kPosts = 40;
constexpr int kChapters = 50;
constexpr int kHidden = 10;

std::string link(const std::string& target, const std::string& text) {
  return "<a href=\"" + target + "\">" + text + "</a>";
}

std::string page(const std::string& title, const std::string& body) {
  return "<!doctype html><html lang=en><head><title>" + title +
         "</title><link rel=stylesheet href=/style.css></head><body><nav>" + link("/", "Home") +
         " " + link("/shop/", "Shop") + " " + link("/blog/", "Blog") + " " +
         link("/manual/", "Manual") + " " + link("/town/", "Town") + "</nav><main><h1>" + title +
         "</h1>" + body + "</main></body></html>";
}

// The number in "/shop/item-12", if it lies in [1, most].
std::optional<int> number_after(std::string_view path, std::string_view prefix, int most) {
  if (!path.starts_with(prefix)) return std::nullopt;
  const std::string_view digits = path.substr(prefix.size());
  int number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  if (number < 1 || number > most) return std::nullopt;
  return number;
}

DemoAnswer redirect(const std::string& to, int status = 301) {
  return {.status = status, .location = to, .body = page("Moved", link(to, "here"))};
}

DemoAnswer shop_list(int number) {
  std::string body = "<ul>";
  for (int i = (number - 1) * kProductsAPage + 1; i <= number * kProductsAPage; ++i) {
    body += "<li>" + link("/shop/item-" + std::to_string(i), "Item " + std::to_string(i));
  }
  body += "</ul>";
  if (number * kProductsAPage < kProducts) {
    body += "<p>" + link("/shop/?page=" + std::to_string(number + 1), "next page");
  }
  return {.body = page("Shop, page " + std::to_string(number), body)};
}

DemoAnswer shop_item(int number) {
  const std::string n = std::to_string(number);
  const std::string price = std::to_string(3 + number * 7 % 90) + ".50";
  return {.body = page("Item " + n,
                       "<p class=price>" + price +
                           " EUR</p><script "
                           "type=\"application/ld+json\">{\"@type\":\"Product\",\"name\":\"Item " +
                           n + "\",\"offers\":{\"price\":\"" + price +
                           "\",\"priceCurrency\":\"EUR\"}}</script><p>" +
                           link("/shop/item-" + std::to_string(number % kProducts + 1), "similar") +
                           " " + link("/cart/add?item=" + n, "buy") + "</p>")};
}

DemoAnswer blog_post(int number) {
  std::string body = "<article><p>This is post number " + std::to_string(number) +
                     ". It says a little about crawling politely, and links to the next one.</p>";
  if (number < kPosts)
    body += "<p>" + link("/blog/" + std::to_string(number + 1), "newer") + "</p>";
  if (number > 1)
    body +=
        "<p>" + link("/blog/" + std::to_string(number - 1) + "?utm_source=blog", "older") + "</p>";
  return {.body = page("Post " + std::to_string(number), body + "</article>")};
}

DemoAnswer chapter(int number) {
  std::string body = "<p>Chapter " + std::to_string(number) + " of the manual.</p>";
  for (int i = number + 1; i <= number + 3 && i <= kChapters; ++i) {
    body += "<p>" + link("chapter-" + std::to_string(i), "chapter " + std::to_string(i));
  }
  return {.body = page("Chapter " + std::to_string(number), body)};
}

// The same two words in four encodings; each links back in its own bytes.
DemoAnswer town(std::string_view path) {
  if (path == "/town/latin1") {
    return {.content_type = "text/html; charset=iso-8859-1",
            .body =
                "<title>K\xF6ln</title><p>Gr\xFC\xDF"
                "e <a href=\"/town/\">zur\xFC"
                "ck</a>"};
  }
  if (path == "/town/sjis") {
    return {.content_type = "text/html",
            .body =
                "<meta charset=shift_jis><title>\x93\x8C\x8B\x9E</title><a "
                "href=\"/town/\">\x96\xDF\x82\xE9</a>"};
  }
  if (path == "/town/koi8") {
    return {
        .content_type = "text/html; charset=koi8-r",
        .body =
            "<title>\xED\xCF\xD3\xCB\xD7\xC1</title><a href=\"/town/\">\xCE\xC1\xDA\xC1\xC4</a>"};
  }
  if (path == "/town/utf16") {
    std::string body = "\xFF\xFE";
    for (const char c : std::string_view("<title>Wide</title><a href=\"/town/\">back</a>")) {
      body += c;
      body += '\0';
    }
    return {.content_type = "text/html", .body = body};
  }
  return {.body =
              page("Town", "<p>" + link("/town/latin1", "K&ouml;ln") + " " +
                               link("/town/sjis", "Tokyo") + " " + link("/town/koi8", "Moscow") +
                               " " + link("/town/utf16", "Wide"))};
}

DemoAnswer sitemap(const std::string& origin) {
  std::string body =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?><urlset "
      "xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">";
  for (int i = 1; i <= kHidden; ++i) {
    body += "<url><loc>" + origin + "/hidden/" + std::to_string(i) +
            "</loc><lastmod>2026-01-01</lastmod></url>";
  }
  return {.content_type = "application/xml", .body = body + "</urlset>"};
}

DemoAnswer home() {
  return {.body = page(
              "crawld demo",
              "<p>A small site to try a crawler on.</p><ul><li>" + link("/old-home", "a redirect") +
                  "<li>" + link("/hop/1", "three redirects in a row") + "<li>" +
                  link("/gone", "a page that is gone") + "<li>" + link("/slow", "a slow page") +
                  "<li>" + link("/private/diary", "a page that robots.txt closes") + "<li>" +
                  link("/file.pdf", "a file that is no page") + "</ul>")};
}

}  // namespace

DemoAnswer demo_answer(std::string_view path, const std::string& origin) {
  if (path == "/") return home();
  if (path == "/robots.txt") {
    return {.content_type = "text/plain",
            .body = "User-agent: *\nDisallow: /private/\nDisallow: /cart/\nSitemap: " + origin +
                    "/sitemap.xml\n"};
  }
  if (path == "/sitemap.xml") return sitemap(origin);
  if (path == "/style.css") return {.content_type = "text/css", .body = "main { margin: auto }"};
  if (path == "/file.pdf") return {.content_type = "application/pdf", .body = "%PDF-1.4 demo"};
  if (path == "/old-home") return redirect("/");
  if (path == "/hop/1") return redirect("/hop/2", 302);
  if (path == "/hop/2") return redirect("/hop/3", 302);
  if (path == "/hop/3") return {.body = page("Three hops", "<p>You made it.")};
  if (path == "/gone") return {.status = 410, .body = page("Gone", "")};
  if (path == "/slow") return {.body = page("Slow", "<p>Sorry."), .delay = std::chrono::seconds(2)};
  if (path == "/shop/") return shop_list(1);
  if (path == "/blog/") return redirect("/blog/1", 302);
  if (path == "/manual/") return {.body = page("Manual", link("chapter-1", "Start"))};
  if (path.starts_with("/town/")) return town(path);
  if (const auto n = number_after(path, "/shop/?page=", kProducts / kProductsAPage))
    return shop_list(*n);
  if (const auto n = number_after(path, "/shop/item-", kProducts)) return shop_item(*n);
  if (const auto n = number_after(path, "/blog/", kPosts)) return blog_post(*n);
  if (const auto n = number_after(path, "/manual/chapter-", kChapters)) return chapter(*n);
  if (const auto n = number_after(path, "/hidden/", kHidden)) {
    return {.body = page("Hidden " + std::to_string(*n), "<p>Only the sitemap knows this page.")};
  }
  return {.status = 404, .body = page("Not found", "")};
}

}  // namespace crawld::cli
