#include "storage/search/search.h"

#include <sqlite3.h>

namespace crawld::storage {
namespace {

using base::Error;
using Code = base::Error::Code;

struct Term {
  std::string text;
  bool without = false;
  bool prefix = false;
};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::vector<Term> terms_of(std::string_view words) {
  std::vector<Term> terms;
  std::size_t at = 0;
  while (at < words.size()) {
    if (is_space(words[at])) {
      ++at;
      continue;
    }
    Term term;
    if (words[at] == '-' && at + 1 < words.size() && !is_space(words[at + 1])) {
      term.without = true;
      ++at;
    }
    const bool quoted = words[at] == '"';
    if (quoted) ++at;
    while (at < words.size() && (quoted ? words[at] != '"' : !is_space(words[at]))) {
      term.text += words[at++];
    }
    if (quoted && at < words.size()) ++at;
    if (!quoted && term.text.size() > 1 && term.text.back() == '*') {
      term.text.pop_back();
      term.prefix = true;
    }
    terms.push_back(std::move(term));
  }
  return terms;
}

// A string of FTS5: quotes doubled, nothing in it is syntax.
std::string quoted(const Term& term) {
  std::string out = "\"";
  for (const char c : term.text) {
    if (c == '\0') continue;
    if (c == '"') out += '"';
    out += c;
  }
  return out += term.prefix ? "\"*" : "\"";
}

}  // namespace

std::string search_expression(std::string_view words) {
  std::string wanted;
  std::string unwanted;
  for (const Term& term : terms_of(words)) {
    if (term.text.empty()) continue;
    std::string& side = term.without ? unwanted : wanted;
    if (!side.empty()) side += term.without ? " OR " : " AND ";
    side += quoted(term);
  }
  if (wanted.empty()) return {};
  return unwanted.empty() ? wanted : "(" + wanted + ") NOT (" + unwanted + ")";
}

base::Result<std::vector<SearchHit>> search(Database& reader, const SearchOptions& options) {
  const std::string expression = search_expression(options.words);
  if (expression.empty()) return Error{Code::invalid, "there is no word to look for"};
  auto indexed = reader.number("SELECT EXISTS (SELECT 1 FROM search_docsize)");
  if (!indexed) return std::move(indexed).error();
  if (*indexed == 0) {
    return Error{Code::invalid,
                 "no text was indexed yet: the index follows a crawl by seconds, and is kept with "
                 "search_index: true"};
  }
  std::vector<SearchHit> hits;
  auto done = reader.each(
      "SELECT u.url, ifnull(p.title, ''), snippet(search, 1, ?6, ?7, ' ... ', 24), "
      "ifnull(s.name, ''), p.fetched_at, -bm25(search, 4.0, 1.0), p.id "
      "FROM search JOIN pages AS p ON p.id = search.rowid "
      "JOIN visits AS v ON v.url_id = p.url_id AND v.page_id = p.id "
      "JOIN urls AS u ON u.id = p.url_id LEFT JOIN sites AS s ON s.id = p.site_id "
      "WHERE search MATCH ?1 AND (?2 IS NULL OR s.name = ?2) AND (?3 = 0 OR p.fetched_at >= ?3) "
      "AND (?4 = 0 OR p.fetched_at < ?4) "
      "ORDER BY bm25(search, 4.0, 1.0), p.id LIMIT ?5 OFFSET ?8",
      [&](Statement& s) {
        s.text(1, expression).text_or_null(2, options.site);
        s.integer(3, options.since).integer(4, options.before).integer(5, options.limit);
        s.text(6, options.mark_begin).text(7, options.mark_end).integer(8, options.offset);
      },
      [&](Statement& s) {
        hits.push_back({.url = std::string(s.text(0)),
                        .title = std::string(s.text(1)),
                        .snippet = std::string(s.text(2)),
                        .site = std::string(s.text(3)),
                        .fetched_at = s.integer(4),
                        .score = sqlite3_column_double(s.raw(), 5),
                        .page_id = static_cast<PageId>(s.integer(6))});
      });
  if (!done) return std::move(done).error();
  return hits;
}

}  // namespace crawld::storage
