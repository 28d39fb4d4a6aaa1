// Any selector or path on any page ends, and selectors mean the same however asked.
//
// Input: selector, NUL, page.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "crawler/policy/form_submission.h"
#include "parsers/form_reader.h"
#include "parsers/html/html_tree.h"
#include "parsers/selector/selector.h"
#include "parsers/selector/xpath.h"

using namespace crawld::parsers;

namespace {

void expect(bool holds) {
  if (!holds) std::abort();
}

// What a form sends has a name, goes where it may, and in lines of its own.
void check_form(const crawld::model::Form& form, std::string_view text) {
  using namespace crawld;
  for (const auto& field : form.fields) expect(form.found && !field.name.empty());
  static const auto page = model::Url::parse("https://www.a.test/login");
  const auto sent =
      policy::submit(form, *page, *page, {{"user", std::string(text)}, {"p\r\n\"", "--crawld"}});
  if (!sent.ok()) return;
  expect(policy::may_send(*page, sent->url) && sent->url.crawlable());
  expect(sent->post.content_type.find_first_of("\r\n") == std::string::npos);
  expect(sent->post.referer.find_first_of("\r\n") == std::string::npos);
  expect(!sent->post.body.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  std::size_t split = std::min(input.find('\0'), input.size());
  std::string_view text = input.substr(0, split);
  auto tree = HtmlTree::parse(input.substr(std::min(split + 1, input.size())));
  auto selector = Selector::compile(text);
  auto path = XPath::compile(text);
  if (!tree) return 0;
  for (std::size_t i = 0; i < tree->elements().size(); ++i) {
    expect(element_index(tree->elements()[i]) == i);
  }
  if (selector) {
    SelectorDocument document(*tree);
    SelectorMatcher scan(*selector, document);
    auto found = scan.select();
    // In document order, each once, and each matches when asked alone.
    for (std::size_t i = 0; i < found.size(); ++i) {
      expect(i == 0 || element_index(found[i - 1]) < element_index(found[i]));
      expect(SelectorMatcher(*selector, document).matches(found[i]));
      if (i == 20) break;
    }
    // The index, in use from the third time on, finds the same.
    SelectorMatcher(*selector, document).select();
    SelectorMatcher(*selector, document).select();
    expect(SelectorMatcher(*selector, document).select() == found);
  }
  // The selector's text may be any.
  for (const auto& form : {read_form(*tree, "", "utf-8"), read_form(*tree, text, "shift_jis")}) {
    check_form(form, text);
  }
  if (path) {
    auto copy = XmlTree::copy_of(*tree);
    unsigned long steps = 200'000;
    if (copy) (void)path->evaluate(*copy, nullptr, &steps).ok();
  }
  return 0;
}
