// What stored pages say beside what they said when they were fetched.
#include "storage/batch_writer.h"
#include "storage/reports/row_json.h"
#include "storage/search/search_index.h"

namespace crawld::storage {
// The index keeps no text of its own: an entry is taken out with the words it was made of. A page
// that had none has no entry; the index goes by ids, and does not come back to it.
template <class Update>
base::Status BatchWriter::read_again(PageId page_id, Update update) {
  const auto page = [&](Statement& s) { s.integer(1, as_integer(page_id)); };
  const auto reached = indexed_up_to(database_);
  if (!reached) return base::Error(reached.error());
  const bool is_past = page_id <= *reached;
  if (is_past) {
    auto done = database_.run(
        "INSERT INTO search (search, rowid, title, body) "
        "SELECT 'delete', c.id, c.title, c.body FROM search_docsize AS d "
        "JOIN search_content AS c ON c.id = d.id WHERE d.id = ?1",
        page);
    if (!done) return done;
  }
  if (auto done = update(page); !done || !is_past) return done;
  return database_.run(
      "INSERT INTO search (rowid, title, body) SELECT id, title, body FROM search_content "
      "WHERE id = ?1 AND (ifnull(title, '') <> '' OR ifnull(body, '') <> '')",
      page);
}

base::Status BatchWriter::reading(const PageReading& reading) {
  return read_again(reading.page_id, [&](const auto& page) {
    return database_.run(
        "UPDATE pages SET main_text = ifnull(?2, main_text), markdown = ifnull(?3, markdown), "
        "author = ifnull(?4, author), date = ifnull(?5, date), jsonld = ifnull(?6, jsonld), "
        "microdata = ifnull(?7, microdata), opengraph = ifnull(?8, opengraph), "
        "structured = ifnull(?9, structured), simhash = ifnull(?10, simhash) WHERE id = ?1",
        [&](Statement& s) {
          page(s);
          s.text_or_null(2, reading.main_text).text_or_null(3, reading.markdown);
          s.text_or_null(4, reading.author).text_or_null(5, reading.date);
          s.text_or_null(6, filled(reading.jsonld)).text_or_null(7, filled(reading.microdata));
          s.text_or_null(8, filled(reading.opengraph)).text_or_null(9, filled(reading.structured));
          s.integer_or_null(10, reading.main_text.empty() ? 0 : as_integer(reading.simhash));
        });
  });
}

// Robots directives stay: they come from headers, which were read when the document came.
base::Status BatchWriter::document(const DocumentReading& reading) {
  const model::ParsedPage& parsed = reading.parsed;
  const std::string meta = meta_json(parsed.meta);
  const std::string headings = headings_json(parsed.headings);
  const std::string feeds = feeds_json(parsed.feeds);
  auto done = read_again(reading.page_id, [&](const auto& page) {
    return database_.run(
        "UPDATE pages SET title = ifnull(?2, title), description = ifnull(?3, description), "
        "author = ifnull(?4, author), date = ifnull(?5, date), lang = ifnull(?6, lang), "
        "canonical = ifnull(canonical, ?7), simhash = ifnull(?8, simhash), "
        "text = ifnull(?9, text), "
        "text_page_id = CASE WHEN ?9 IS NULL THEN text_page_id END, "
        "main_text = ifnull(?10, main_text), markdown = ifnull(?11, markdown), "
        "meta = ifnull(?12, meta), headings = ifnull(?13, headings), feeds = ifnull(?14, feeds), "
        "jsonld = ifnull(?15, jsonld), microdata = ifnull(?16, microdata), "
        "opengraph = ifnull(?17, opengraph), structured = ifnull(?18, structured), "
        "parse_error = ?19 WHERE id = ?1",
        [&](Statement& s) {
          page(s);
          const auto kept = [&](const std::string& text) {
            return reading.store_text ? std::string_view(text) : std::string_view();
          };
          s.text_or_null(2, parsed.title).text_or_null(3, parsed.description);
          s.text_or_null(4, parsed.author).text_or_null(5, parsed.date);
          s.text_or_null(6, parsed.lang).text_or_null(7, parsed.canonical);
          s.integer_or_null(8, as_integer(parsed.simhash)).text_or_null(9, kept(parsed.text));
          s.text_or_null(10, kept(parsed.main_text)).text_or_null(11, kept(parsed.markdown));
          s.text_or_null(12, filled(meta)).text_or_null(13, filled(headings));
          s.text_or_null(14, filled(feeds)).text_or_null(15, filled(parsed.jsonld));
          s.text_or_null(16, filled(parsed.microdata)).text_or_null(17, filled(parsed.opengraph));
          s.text_or_null(18, filled(parsed.structured_other))
              .text_or_null(19, parsed.convert_error);
        });
  });
  if (!done || parsed.links.empty()) return done;
  return links(reading.page_id, reading.url, parsed);
}

}  // namespace crawld::storage
