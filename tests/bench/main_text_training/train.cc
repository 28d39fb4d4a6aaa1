// Trains the two passes of the main-text classifier on the shared article suites.
//
//   build/bench/main_text_train             cross-validated figures of both passes
//   build/bench/main_text_train OUT.cc      writes the tables of a model of all pages
#include <cstdio>
#include <string>

#include "parsers/main_text/main_text_choice.h"
#include "tests/bench/main_text_training/boost.h"
#include "tests/bench/main_text_training/pages.h"
#include "tests/support/suites_folder.h"

using namespace crawld;
using namespace crawld::training;

namespace {

constexpr int kFolds = 5;
constexpr int kNoFold = -1;

double suite_weight(Suite suite) {
  switch (suite) {
    case Suite::aeb:
      return 1.0;
    case Suite::readability:
      return 0.8;
    case Suite::trafilatura:
      return 4.0;
  }
  return 1;
}

Rows rows_of(std::vector<Page>& pages, std::vector<parsers::FeatureTable>& features, int left_out) {
  Rows rows;
  rows.columns = features.front().width();
  rows.pages = pages.size();
  for (std::size_t p = 0; p < pages.size(); ++p) {
    if (pages[p].fold == left_out) continue;
    for (std::size_t i = 0; i < pages[p].label.size(); ++i) {
      if (pages[p].weight[i] <= 0) continue;
      rows.row.push_back(features[p].row(i));
      rows.page.push_back(static_cast<std::uint32_t>(p));
      rows.label.push_back(pages[p].label[i]);
      rows.weight.push_back(static_cast<float>(pages[p].weight[i] * suite_weight(pages[p].suite)));
    }
  }
  return rows;
}

parsers::FeatureTable empty_rows(std::size_t width, std::size_t rows) {
  parsers::FeatureTable table(width);
  table.resize(rows);
  return table;
}

std::vector<float> judge(const std::vector<parsers::ObliviousTree>& trees,
                         const parsers::FeatureTable& features) {
  std::vector<float> out(features.rows());
  if (!out.empty()) parsers::likelihoods(trees, features.row(0), features.width(), out);
  return out;
}

std::string text_of(const Page& page, const std::vector<float>& likelihood, float least) {
  std::string text;
  for (const auto i : parsers::choose_blocks(page.outline, page.words, likelihood, least)) {
    text += page.texts[i] + "\n";
  }
  return text;
}

void report(const std::vector<Page>& pages, const std::vector<std::vector<float>>& judged,
            const char* what) {
  for (const float least : {0.4F, 0.45F, 0.5F, 0.55F, 0.6F}) {
    ShingleScore aeb, readability;
    SegmentScore segments;
    for (std::size_t p = 0; p < pages.size(); ++p) {
      const auto text = text_of(pages[p], judged[p], least);
      if (pages[p].suite == Suite::aeb) aeb.add(pages[p].truth, text);
      if (pages[p].suite == Suite::readability) readability.add(pages[p].truth, text);
      if (pages[p].suite == Suite::trafilatura) segments.add(pages[p], text);
    }
    std::printf(
        "%s %.2f  aeb %.4f (P %.4f R %.4f)  rdb %.4f (P %.4f R %.4f)  tra %.4f (P %.3f R %.3f)\n",
        what, least, aeb.f1(), aeb.precision / aeb.pages, aeb.recall / aeb.pages, readability.f1(),
        readability.precision / readability.pages, readability.recall / readability.pages,
        segments.f1(), 1.0 * segments.found / (segments.found + segments.unwanted),
        1.0 * segments.found / (segments.found + segments.missed));
  }
}

void write_trees(FILE* out, const char* name, const std::vector<parsers::ObliviousTree>& trees) {
  std::fprintf(out, "constexpr ObliviousTree %s[] = {\n", name);
  for (const auto& tree : trees) {
    std::fprintf(out, "    {{");
    for (const auto column : tree.column) std::fprintf(out, "%u, ", column);
    std::fprintf(out, "},\n     {");
    for (const auto threshold : tree.threshold) std::fprintf(out, "%#.6gF, ", threshold);
    std::fprintf(out, "},\n     {");
    for (const auto leaf : tree.leaf) std::fprintf(out, "%.4fF, ", leaf);
    std::fprintf(out, "}},\n");
  }
  std::fprintf(out, "};\n\n");
}

void write_tables(const char* path, const std::vector<parsers::ObliviousTree>& first,
                  const std::vector<parsers::ObliviousTree>& second) {
  FILE* out = std::fopen(path, "w");
  if (!out) return std::perror(path);
  std::fprintf(out,
               "#include \"parsers/main_text/main_text_model.h\"\n\n"
               "// Written by tests/bench/main_text_training; not edited.\n\n"
               "// clang-format off\n"
               "namespace crawld::parsers {\nnamespace {\n\n");
  write_trees(out, "kFirstPass", first);
  write_trees(out, "kSecondPass", second);
  std::fprintf(out,
               "}  // namespace\n\n"
               "std::span<const ObliviousTree> first_pass_trees() { return kFirstPass; }\n"
               "std::span<const ObliviousTree> second_pass_trees() { return kSecondPass; }\n\n"
               "}  // namespace crawld::parsers\n");
  std::fclose(out);
}

// Judges each part with a model of the others.
std::vector<std::vector<float>> cross_judge(std::vector<Page>& pages,
                                            std::vector<parsers::FeatureTable>& features,
                                            const BoostOptions& options) {
  std::vector<std::vector<float>> judged(pages.size());
  for (int fold = 0; fold < kFolds; ++fold) {
    const auto trees = boost(rows_of(pages, features, fold), options);
    for (std::size_t p = 0; p < pages.size(); ++p) {
      if (pages[p].fold == fold) judged[p] = judge(trees, features[p]);
    }
  }
  return judged;
}

}  // namespace

int main(int argc, char** argv) {
  auto pages = load_pages(kFolds);
  if (pages.empty()) {
    std::fprintf(stderr, "no pages in %s\n", tests::suites_folder().c_str());
    return 1;
  }
  std::vector<parsers::FeatureTable> first;
  for (const auto& page : pages) {
    auto& table = first.emplace_back(
        empty_rows(parsers::FirstPassFeatures::columns(), page.outline.blocks.size()));
    parsers::FirstPassFeatures(page.outline, page.words,
                               {page.told.title, page.told.description, page.told.article_body})
        .fill(0, table);
  }
  // The second pass must learn from opinions of pages that the first has not seen, as it
  // will meet them in use.
  const BoostOptions options;
  const auto alone = cross_judge(pages, first, options);
  report(pages, alone, "first pass ");
  std::vector<parsers::FeatureTable> second;
  for (std::size_t p = 0; p < pages.size(); ++p) {
    auto& table =
        second.emplace_back(empty_rows(parsers::SecondPassFeatures::columns(), first[p].rows()));
    parsers::SecondPassFeatures(pages[p].outline, alone[p]).fill(0, first[p], table);
  }
  if (argc > 1) {
    write_tables(argv[1], boost(rows_of(pages, first, kNoFold), options),
                 boost(rows_of(pages, second, kNoFold), options));
    return 0;
  }
  report(pages, cross_judge(pages, second, options), "second pass");
}
