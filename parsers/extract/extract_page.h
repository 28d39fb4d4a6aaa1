// A page as sources see it: each form of it (selector tables, XML, JSON) is made when
// first asked for, and kept for all rules.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/base/result.h"
#include "parsers/extract/extract.h"
#include "parsers/extract/extract_source.h"
#include "parsers/extract/json_path.h"
#include "parsers/html/document_base.h"
#include "parsers/selector/selector.h"
#include "parsers/selector/xpath.h"

namespace crawld::parsers::extract {

// What a source found, and where sources inside it then look: an element of the
// page, of XML, a value of JSON, or text alone. All null: the page itself.
struct Item {
  const GumboNode* element = nullptr;
  XmlNode xml = nullptr;
  const Json* json = nullptr;
  bool is_text = false;  // `text` is the value; `element` tells where it was
  std::string text;

  bool is_page() const {
    return element == nullptr && xml == nullptr && json == nullptr && !is_text;
  }
};

class Page {
 public:
  Page(const PageFacts& facts, std::size_t sources);
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;
  ~Page();

  const PageFacts& facts() const { return facts_; }

  // What `source` finds within `scope`, in the order of the page. Fails with the
  // reason where the page has no such form ("the body is no JSON").
  base::Result<std::vector<Item>> find(const Source& source, const Item& scope);

  // The same for what makes a record of each: a JSON pointer names one value, so an array that
  // it names stands for its items.
  base::Result<std::vector<Item>> find_each(const Source& source, const Item& scope);

  // The value of an item as text: an element's as readers see it.
  static std::string text_of(const Item& item);
  static std::string html_of(const Item& item);
  static std::optional<std::string> attribute_of(const Item& item, const std::string& name);

  // `reference` made absolute.
  std::optional<std::string> resolve(std::string_view reference) const;

 private:
  using Found = base::Result<std::vector<Item>>;
  Found find_css(const Source& source, const Item& scope);
  Found find_xpath(const Source& source, const Item& scope);
  Found find_schema(const Source& source, const Item& scope);
  Found find_json(const Source& source, const Item& scope);
  Found find_named(const Source& source);
  Found find_keyword(const Source& source, const Item& scope);
  const XmlTree* xml();
  const Json* body_json();
  const Json* structured(SourceKind kind);

  const PageFacts& facts_;
  std::optional<DocumentBase> own_base_;  // where the facts name none
  std::optional<SelectorDocument> selectors_;
  std::vector<std::unique_ptr<SelectorMatcher>> matchers_;  // by Source::number
  std::optional<XmlTree> xml_;
  std::unique_ptr<Json> body_;
  std::unique_ptr<Json> jsonld_;
  std::unique_ptr<Json> microdata_;
  bool tried_xml_ = false;
  unsigned long steps_left_ = XPath::kSteps;
};

}  // namespace crawld::parsers::extract
