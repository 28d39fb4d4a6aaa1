#include "parsers/main_text/main_text_features.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "parsers/main_text/main_text_row.h"
#include "parsers/main_text/main_text_scan.h"
#include "parsers/main_text/main_text_witness.h"

namespace crawld::parsers {
namespace {

constexpr std::size_t kHints = static_cast<std::size_t>(ClassHint::count);
constexpr std::size_t kWithins = static_cast<std::size_t>(Within::count);
constexpr std::size_t kCues = static_cast<std::size_t>(Cue::count);
constexpr std::size_t kLevels = 4;      // containers above a block that it is told about
constexpr std::size_t kNeighbours = 2;  // blocks before and after

}  // namespace

class FirstPassFeatures::Reader {
 public:
  Reader(const PageOutline& page, const PageWords& words, const ArticleWitness& witness)
      : page_(page),
        words_(words),
        scans_(words.scans),
        title_(witness.title),
        description_(witness.description),
        body_(witness.body) {
    count_repeats();
    note_landmarks();
    spread_hints();
    score_containers();
    note_paths();
  }

  void fill(std::size_t i, float* at) const {
    Row row(at);
    text_columns(i, row);
    tag_columns(i, row);
    const auto& element = page_.elements[page_.blocks[i].element];
    for (std::size_t w = 0; w < kWithins; ++w) row.put_flag((element.within >> w) & 1);
    hint_columns(page_.blocks[i], row);
    level_columns(element, row);
    place_columns(i, row);
    for (std::size_t k = 1; k <= kNeighbours; ++k) {
      neighbour_columns(i, i >= k ? i - k : kNobody, row);
      neighbour_columns(i, i + k < page_.blocks.size() ? i + k : kNobody, row);
    }
  }

  static std::size_t columns() {
    return kTextColumns + kTagColumns + kWithins + 2 * kHints + kLevels * kLevelColumns +
           kPlaceColumns + 2 * kNeighbours * kNeighbourColumns;
  }

 private:
  static constexpr std::size_t kTextColumns = 31 + kCues;
  static constexpr std::size_t kTagColumns = 12;
  static constexpr std::size_t kLevelColumns = 6;
  static constexpr std::size_t kPlaceColumns = 26;
  static constexpr std::size_t kNeighbourColumns = 5;

  void count_repeats() {
    for (std::size_t i = 0; i < page_.blocks.size(); ++i) {
      ++repeats_[scans_[i].text_hash];
      total_chars_ += page_.blocks[i].chars;
    }
  }

  // A class name on an element that holds the title or most of the page says
  // little about a part.
  void spread_hints() {
    title_path_ = path_to(title_at_ == kNobody ? kNoElement : page_.blocks[title_at_].element);
    far_hints_.resize(page_.elements.size());
    for (std::size_t i = 0; i < page_.elements.size(); ++i) {
      const auto& element = page_.elements[i];
      far_hints_[i] = is_part(i) ? element.own_hints : 0;
      if (element.parent != kNoElement) far_hints_[i] |= far_hints_[element.parent];
    }
  }

  bool is_part(std::size_t element) const {
    const bool most = page_.elements[element].chars * 2 >= total_chars_;
    return title_at_ == kNobody ? !most : !most || title_path_[element] == 0;
  }

  std::vector<char> path_to(std::uint32_t element) const {
    std::vector<char> path(page_.elements.size());
    for (; element != kNoElement; element = page_.elements[element].parent) path[element] = 1;
    return path;
  }

  // For every element: the nearest one above that also holds the landmark, and the
  // article it stands in.
  void note_paths() {
    top_path_ = path_to(top_);
    meets_title_ = meeting_points(title_path_);
    meets_top_ = meeting_points(top_path_);
    article_.assign(page_.elements.size(), kNoElement);
    article_number_.assign(page_.elements.size(), 0);
    unsigned number = 0;
    for (std::size_t i = 0; i < page_.elements.size(); ++i) {
      const auto& element = page_.elements[i];
      if (element.parent != kNoElement) {
        article_[i] = article_[element.parent];
        article_number_[i] = article_number_[element.parent];
      }
      if (element.tag != GUMBO_TAG_ARTICLE || element.blocks == 0) continue;
      article_[i] = static_cast<std::uint32_t>(i);
      article_number_[i] = ++number;
    }
  }

  std::vector<std::uint32_t> meeting_points(const std::vector<char>& path) const {
    std::vector<std::uint32_t> meet(page_.elements.size(), kNoElement);
    for (std::size_t i = 0; i < page_.elements.size(); ++i) {
      const auto parent = page_.elements[i].parent;
      meet[i] = path[i]                ? static_cast<std::uint32_t>(i)
                : parent == kNoElement ? kNoElement
                                       : meet[parent];
    }
    return meet;
  }

  // How far a block is from a landmark: the share of the page that holds both, and
  // the steps up to there.
  void distance_columns(std::uint32_t element, const std::vector<std::uint32_t>& meets,
                        Row& row) const {
    const auto meet = meets[element];
    row.put(meet == kNoElement ? -1 : ratio(page_.elements[meet].chars, total_chars_));
    row.put(meet == kNoElement ? -1 : page_.elements[element].depth - page_.elements[meet].depth);
  }

  // Paragraphs vote for what they stand in, less with every level.
  void score_containers() {
    std::vector<double> score(page_.elements.size());
    for (std::size_t i = 0; i < page_.blocks.size(); ++i) {
      const auto& block = page_.blocks[i];
      if (block.chars < 25 || block.link_chars * 2 > block.chars) continue;
      double vote = 1 + scans_[i].commas + std::min(block.chars / 100.0, 3.0);
      auto at = page_.elements[block.element].parent;
      for (int level = 0; level < 4 && at != kNoElement; ++level) {
        score[at] += vote / (level == 0 ? 1 : level * 2);
        at = page_.elements[at].parent;
      }
    }
    double best = 0;
    for (std::size_t i = 0; i < page_.elements.size(); ++i) {
      const auto& element = page_.elements[i];
      const double fair = score[i] * (1 - ratio(element.link_chars, element.chars));
      if (fair > best) {
        best = fair;
        top_ = static_cast<std::uint32_t>(i);
      }
    }
    in_top_ = marked_below(top_);
    top_parent_ = top_ == kNoElement ? kNoElement : page_.elements[top_].parent;
    in_top_parent_ = marked_below(top_parent_);
  }

  std::vector<char> marked_below(std::uint32_t root) const {
    std::vector<char> marked(page_.elements.size());
    for (std::size_t i = 0; i < page_.elements.size(); ++i) {
      const auto parent = page_.elements[i].parent;
      marked[i] = i == root || (parent != kNoElement && marked[parent]) ? 1 : 0;
    }
    return marked;
  }

  void note_landmarks() {
    articles_ = 0;
    for (const auto& element : page_.elements) {
      if (element.tag == GUMBO_TAG_ARTICLE && element.blocks > 0) ++articles_;
    }
    std::size_t seen = 0;
    int title_rank = 0;
    for (std::size_t i = 0; i < page_.blocks.size(); ++i) {
      const auto& block = page_.blocks[i];
      const auto tag = page_.elements[block.element].tag;
      chars_before_.push_back(seen);
      seen += block.chars;
      // The last heading that says the title, else the last h1, else what says the title.
      title_likeness_.push_back(title_.likeness(words_.of(i)));
      const int rank = title_likeness_[i] > 0.7 ? (is_heading(tag) ? 3 : 1)
                       : tag == GUMBO_TAG_H1    ? 2
                                                : 0;
      if (rank > 0 && rank >= title_rank) {
        title_at_ = i;
        title_rank = rank;
      }
      const bool running =
          block.chars >= 80 && block.link_chars * 3 < block.chars && scans_[i].stops > 0;
      if (running) {
        first_running_ = std::min(first_running_, i);
        last_running_ = i;
        ++running_;
      }
      running_before_.push_back(running_);
    }
  }

  void text_columns(std::size_t i, Row& row) const {
    const auto& block = page_.blocks[i];
    const auto& scan = scans_[i];
    const double words = scan.words;
    row.put(log_size(block.chars));
    row.put(words);
    row.put(ratio(scan.letters, words));
    row.put(ratio(block.link_chars, block.chars));
    row.put(block.links);
    row.put(ratio(block.links, words));
    row.put(scan.commas);
    row.put(ratio(scan.commas, words));
    row.put(scan.stops);
    row.put(ratio(scan.stops, words));
    row.put(ratio(scan.digits, scan.letters));
    row.put(ratio(scan.capitals, words));
    row.put(scan.quotes);
    row.put(scan.separators);
    row.put(ratio(scan.separators, words));
    row.put_flag(scan.copyright);
    row.put_flag(scan.ends_sentence);
    row.put_flag(scan.ends_colon);
    row.put_flag(scan.ends_ellipsis);
    row.put_flag(scan.starts_capital);
    row.put(std::min<std::uint32_t>(repeats_.at(scan.text_hash), 10));
    row.put(static_cast<double>(scan.first_cue));
    const auto own = words_.of(i);
    row.put(body_.share(own));
    row.put(log_size(body_.size()));
    row.put(description_.share(own));
    row.put(title_likeness_[i]);
    const bool brief = scan.words <= 40;
    double cues = 0;
    for (std::size_t c = 1; c + 1 < kCues; ++c) cues += scan.cues[c];
    row.put(brief ? cues : 0);
    row.put(ratio(cues, words));
    row.put(block.chars - block.link_chars);
    row.put(ratio(block.chars, scan.letters));
    row.put(ratio(scan.cues[kCues - 1], words));
    for (std::size_t c = 0; c < kCues; ++c) row.put(ratio(scan.cues[c], words));
  }

  void tag_columns(std::size_t i, Row& row) const {
    const auto& element = page_.elements[page_.blocks[i].element];
    const auto tag = element.tag;
    row.put_flag(tag == GUMBO_TAG_P);
    row.put_flag(tag == GUMBO_TAG_DIV || tag == GUMBO_TAG_SECTION);
    row.put_flag(tag == GUMBO_TAG_LI);
    row.put_flag(tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH);
    row.put_flag(tag == GUMBO_TAG_DT || tag == GUMBO_TAG_DD);
    row.put(is_heading(tag) ? tag - GUMBO_TAG_H1 + 1 : 0);
    row.put_flag(tag == GUMBO_TAG_PRE);
    row.put_flag(tag == GUMBO_TAG_CAPTION || tag == GUMBO_TAG_FIGCAPTION);
    row.put(element.depth);
    row.put(element.list_depth);
    row.put(element.alike);
    row.put(element.parent == kNoElement ? 0 : page_.elements[element.parent].alike);
  }

  void hint_columns(const Block& block, Row& row) const {
    ClassHints near = 0;
    auto at = page_.pieces[block.first_piece].element;
    const auto& own = page_.elements[block.element];
    if (own.chars == page_.elements[at].chars) near |= page_.elements[at].own_hints;
    near |= own.own_hints;
    at = own.parent;
    for (int level = 0; level < 2 && at != kNoElement; ++level) {
      if (is_part(at)) near |= page_.elements[at].own_hints;
      at = page_.elements[at].parent;
    }
    const auto far = far_hints_[block.element];
    for (std::size_t h = 0; h < kHints; ++h) row.put_flag((near >> h) & 1);
    for (std::size_t h = 0; h < kHints; ++h) row.put_flag((far >> h) & 1);
  }

  // The containers above, skipping those that add nothing to what is below them.
  void level_columns(const OutlineElement& element, Row& row) const {
    auto at = element.container;
    for (std::size_t level = 0; level < kLevels; ++level) {
      if (at == kNoElement) {
        for (std::size_t c = 0; c < kLevelColumns; ++c) row.put(-1);
        continue;
      }
      const auto& container = page_.elements[at];
      row.put(ratio(container.chars, total_chars_));
      row.put(ratio(container.link_chars, container.chars));
      row.put(ratio(container.paragraph_chars, container.chars));
      row.put(ratio(container.chars, container.blocks));
      row.put(log_size(container.blocks));
      row.put(std::min<std::uint32_t>(container.alike, 50));
      at = container.container;
    }
  }

  void place_columns(std::size_t i, Row& row) const {
    const auto& block = page_.blocks[i];
    const auto blocks = static_cast<double>(page_.blocks.size());
    const auto whole = page_.elements.empty() ? OutlineElement{} : page_.elements[0];
    row.put_flag(in_top_[block.element] != 0);
    row.put_flag(in_top_parent_[block.element] != 0);
    row.put_flag(page_.elements[block.element].parent == top_);
    row.put(ratio(static_cast<double>(i), blocks));
    row.put(ratio(static_cast<double>(chars_before_[i]), total_chars_));
    row.put_flag(title_at_ != kNobody && i > title_at_);
    row.put(title_at_ == kNobody ? -1000 : static_cast<double>(i) - static_cast<double>(title_at_));
    row.put_flag(i >= first_running_ && i <= last_running_);
    row.put(i > last_running_ ? static_cast<double>(i - last_running_) : 0);
    row.put(i < first_running_ && first_running_ != kNobody
                ? static_cast<double>(first_running_ - i)
                : 0);
    row.put(ratio(running_before_[i], running_));
    row.put(std::min(running_, 100U));
    row.put(log_size(page_.blocks.size()));
    row.put(ratio(whole.link_chars, whole.chars));
    row.put(ratio(whole.paragraph_chars, whole.chars));
    row.put(std::min(articles_, 20U));
    row.put(heading_cue(i));
    row.put(log_size(total_chars_));
    distance_columns(block.element, meets_title_, row);
    distance_columns(block.element, meets_top_, row);
    const auto article = article_[block.element];
    row.put(article == kNoElement ? -1 : ratio(page_.elements[article].chars, total_chars_));
    row.put(std::min(article_number_[block.element], 20U));
    row.put(article == kNoElement || title_at_ == kNobody ? -1 : title_path_[article]);
    row.put(article == kNoElement ? 0 : page_.elements[article].alike);
  }

  // What the last heading before the block suggested, if it was close.
  double heading_cue(std::size_t i) const {
    const auto first = i >= 12 ? i - 12 : 0;
    for (auto k = i; k-- > first;) {
      if (!is_heading(page_.elements[page_.blocks[k].element].tag)) continue;
      return static_cast<double>(scans_[k].first_cue);
    }
    return -1;
  }

  void neighbour_columns(std::size_t self, std::size_t other, Row& row) const {
    if (other == kNobody) {
      for (std::size_t c = 0; c < kNeighbourColumns; ++c) row.put(-1);
      return;
    }
    const auto& block = page_.blocks[other];
    const auto& element = page_.elements[block.element];
    const auto& own = page_.elements[page_.blocks[self].element];
    row.put(log_size(block.chars));
    row.put(ratio(block.link_chars, block.chars));
    row.put_flag(element.tag == GUMBO_TAG_P);
    row.put(is_heading(element.tag) ? 1 : element.tag == own.tag ? 2 : 0);
    row.put_flag(element.parent == own.parent);
  }

  static constexpr std::size_t kNobody = static_cast<std::size_t>(-1);

  const PageOutline& page_;
  const PageWords& words_;
  const std::vector<BlockScan>& scans_;
  WitnessText title_;
  WitnessText description_;
  WitnessText body_;
  std::vector<double> title_likeness_;  // of each block
  std::vector<std::size_t> chars_before_;
  std::vector<unsigned> running_before_;
  std::vector<ClassHints> far_hints_;
  std::vector<char> title_path_;
  std::vector<char> top_path_;
  std::vector<std::uint32_t> meets_title_;
  std::vector<std::uint32_t> meets_top_;
  std::vector<std::uint32_t> article_;
  std::vector<unsigned> article_number_;
  std::vector<char> in_top_;
  std::vector<char> in_top_parent_;
  std::unordered_map<std::uint32_t, std::uint32_t> repeats_;
  std::uint32_t total_chars_ = 0;
  std::uint32_t top_ = kNoElement;
  std::uint32_t top_parent_ = kNoElement;
  std::size_t title_at_ = kNobody;
  std::size_t first_running_ = kNobody;
  std::size_t last_running_ = 0;
  unsigned running_ = 0;
  unsigned articles_ = 0;
};

FirstPassFeatures::FirstPassFeatures(const PageOutline& page, const PageWords& words,
                                     const ArticleWitness& witness)
    : reader_(std::make_unique<Reader>(page, words, witness)) {}
FirstPassFeatures::~FirstPassFeatures() = default;

std::size_t FirstPassFeatures::columns() { return Reader::columns(); }

void FirstPassFeatures::fill(std::size_t from, FeatureTable& table) const {
  for (std::size_t i = 0; i < table.rows(); ++i) reader_->fill(from + i, table.row(i));
}

}  // namespace crawld::parsers
