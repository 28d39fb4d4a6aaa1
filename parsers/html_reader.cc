#include "parsers/html_reader.h"

#include "parsers/html_tree.h"

namespace crawld::parsers {
namespace {

bool needs_tree(const ParseWants& wants) {
  return wants.always_tree || wants.main_text || wants.markdown || wants.structured;
}

ScanOptions scan_options(const ParseJob& job, const model::ParsedPage& page) {
  return {.url = job.url,
          .encoding = page.charset,
          .max_links = job.max_links,
          .css_urls = job.wants.css_urls,
          .form_links = job.wants.form_links};
}

}  // namespace

void HtmlReader::read(const ParseJob& job, const DocumentText& text, model::ParsedPage& page) {
  ScanExtras extras;
  scanner_.scan(text.view(), scan_options(job, page), page, extras);
  if (!needs_tree(job.wants)) return;
  const auto tree = HtmlTree::parse(text.view());
  page.used_tree = tree.has_value();
  page.over_limits = !tree.has_value();
}

}  // namespace crawld::parsers
