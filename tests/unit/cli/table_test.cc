#include "crawler/cli/output/table.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/unit/cli/captured.h"

using namespace crawld;
using namespace crawld::cli;
using storage::Blob;
using storage::Value;

namespace {

using Row = std::vector<Value>;

std::string shown(TableForm form, const std::vector<std::string_view>& columns,
                  const std::vector<Row>& rows, Formulas formulas = Formulas::kept) {
  return captured([&] {
    Table table(form, formulas);
    table.columns(columns);
    for (const Row& row : rows) table.row(row);
    table.finish();
    CHECK(table.rows() == rows.size());
  });
}

}  // namespace

TEST_CASE("a table stands in columns as wide as their widest cell") {
  CHECK(shown(TableForm::text, {"url", "n"},
              {{Value("http://a.test/"), Value(std::int64_t{7})}, {Value("b"), Value()}}) ==
        "url             n\n"
        "--------------  -\n"
        "http://a.test/  7\n"
        "b               \n");
  CHECK(shown(TableForm::text, {"none"}, {}) == "none\n----\n");
}

TEST_CASE("letters of several bytes are one column wide") {
  CHECK(shown_width("größe") == 5);
  CHECK(shown(TableForm::text, {"a", "b"}, {{Value("é"), Value("x")}, {Value("zz"), Value("y")}}) ==
        "a   b\n"
        "--  -\n"
        "é   x\n"
        "zz  y\n");
}

TEST_CASE("controls of a page are shown as text in a table") {
  const std::string table = shown(TableForm::text, {"t"},
                                  {{Value("a\x1b[2Jb\r\nc\xc2\x9b"
                                          "1m\x7f")}});
  CHECK(table.find('\x1b') == table.npos);
  CHECK(table.find('\r') == table.npos);
  CHECK(table.find("\xc2\x9b") == table.npos);
  CHECK_THAT(table, Catch::Contains("a\\x1b[2Jb\\x0d\\x0ac\\x9b1m\\x7f"));
}

TEST_CASE("columns of one name have keys of their own in JSON") {
  const Row row = {Value(std::int64_t{1}), Value(std::int64_t{2}), Value(std::int64_t{3}),
                   Value(std::int64_t{4})};
  CHECK(shown(TableForm::json, {"url", "url", "url:1", "url"}, {row}) ==
        "{\"url\":1,\"url:1\":2,\"url:1:1\":3,\"url:2\":4}\n");
  CHECK(shown(TableForm::csv, {"a", "a"}, {}) == "a,a\r\n");
}

TEST_CASE("rows as JSON keep their types, and controls are escaped") {
  CHECK(shown(TableForm::json, {"i", "d", "t", "n", "b", "inf"},
              {{Value(std::int64_t{-3}), Value(2.5), Value("a\"\x1b\n"), Value(),
                Value(Blob{"\x01\x02"}), Value(INFINITY)}}) ==
        R"({"i":-3,"d":2.5,"t":"a\"\u001b\n","n":null,"b":"AQI=","inf":null})"
        "\n");
}

TEST_CASE("rows as CSV are quoted by RFC 4180, formulas only where asked for") {
  const std::vector<Row> rows = {{Value("a,b"), Value("say \"x\"")}, {Value("=1+1"), Value("-5")}};
  CHECK(shown(TableForm::csv, {"x", "y,z"}, rows) ==
        "x,\"y,z\"\r\n\"a,b\",\"say \"\"x\"\"\"\r\n=1+1,-5\r\n");
  CHECK_THAT(shown(TableForm::csv, {"x", "y"}, rows, Formulas::quoted),
             Catch::EndsWith("'=1+1,-5\r\n"));
}

TEST_CASE("rows behind the sample are written as they come, and none is lost") {
  std::vector<Row> rows(1'200, Row{Value("x")});
  rows.back() = {Value("a wide cell, far behind")};
  const std::string table = shown(TableForm::text, {"c"}, rows);
  CHECK(std::count(table.begin(), table.end(), '\n') == 1'202);
  CHECK_THAT(table, Catch::EndsWith("a wide cell, far behind\n"));
}
