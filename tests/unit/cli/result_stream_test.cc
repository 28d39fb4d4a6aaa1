// The file behind -o: what a run finds in it, and what it refuses to write.
#include "crawler/cli/output/result_stream.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/support/folder.h"

using namespace crawld;
using namespace crawld::cli;
using Catch::Contains;
using crawld::tests::Folder;

namespace {

const std::string kPages =
    "url,status,fetched_at,depth,content_type,bytes,lang,title,description\n";
const std::string kRecords = "url,rule,fetched_at,fields,errors\n";

// What a run finds to append to in a file that holds `text`; or the refusal.
std::string opened(const std::string& name, const std::string& text,
                   ResultRows rows = ResultRows::pages) {
  const Folder folder;
  if (!text.empty()) std::ofstream(folder.file(name), std::ios::binary) << text;
  {
    const auto stream = ResultStream::open(folder.file(name), rows);
    if (!stream) return stream.error().message;
  }
  std::stringstream held;
  held << std::ifstream(folder.file(name), std::ios::binary).rdbuf();
  return held.str();
}

}  // namespace

TEST_CASE("a row that an earlier run cut short is taken away, and nothing else") {
  CHECK(opened("a.jsonl", "{\"a\":1}\n{\"a\":") == "{\"a\":1}\n");
  CHECK(opened("a.jsonl", "{\"a\":") == "");
  CHECK(opened("a.jsonl", "{\"a\":1}\n") == "{\"a\":1}\n");
  const std::string many = "{\"a\":1}\n";
  CHECK(opened("a.jsonl", many + "{\"a\":\"" + std::string(200'000, 'x')) == many);
  CHECK(opened("a.csv", kPages + "u,200\nu,2") == kPages + "u,200\n");
  CHECK(opened("a.csv", kPages.substr(0, 20)) == kPages);
}

TEST_CASE("a last row without its line break stays, and so does a text of another") {
  CHECK(opened("a.jsonl", "{\"a\":1}\n{\"a\":2}") == "{\"a\":1}\n{\"a\":2}\n");
  CHECK(opened("notes.txt", "to do:\nmilk") == "to do:\nmilk\n");
}

TEST_CASE("a CSV file has one kind of rows") {
  CHECK(opened("a.csv", "") == kPages);
  CHECK(opened("a.CSV", "", ResultRows::records) == kRecords);
  CHECK_THAT(opened("a.csv", "", ResultRows::both), Contains("some sites have rules"));
  CHECK_THAT(opened("a.csv", kPages, ResultRows::records), Contains("other columns"));
  CHECK(opened("a.jsonl", "", ResultRows::both).empty());
}

TEST_CASE("a name that promises another format is refused") {
  for (const char* name : {"a.xlsx", "a.PARQUET", "a.jsonl.gz"}) {
    CHECK_THAT(opened(name, ""), Contains("JSON Lines (.jsonl) and CSV (.csv)"));
  }
  CHECK(opened("a.log", "").empty());
}
