// What a wrong configuration gets: a place, a key and what to do, and never a hang.
#include "config/load.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "config/check.h"
#include "config/plain_file.h"
#include "crawler/base/fd.h"
#include "tests/support/certificates.h"
#include "tests/support/environment_variable.h"
#include "tests/support/folder.h"

using namespace crawld::config;
using Catch::Contains;
using Catch::EndsWith;
using Catch::StartsWith;
using crawld::tests::EnvironmentVariable;
using crawld::tests::Folder;
using crawld::tests::TestAuthority;

namespace {

std::string error_of(const std::string& yaml) {
  const auto loaded = load_text(yaml, "f.yaml");
  return loaded ? "loaded" : loaded.error().message;
}

Site site_of(const std::string& keys) {
  const auto loaded =
      load_text("sites:\n  - name: a\n    seeds: ['http://a.test/']\n    " + keys + "\n", "f.yaml");
  INFO((loaded ? "" : loaded.error().message));
  REQUIRE(loaded);
  return loaded->config.sites.at(0);
}

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

std::string repeated(const std::string& text, std::size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

}  // namespace

TEST_CASE("a file that says nothing is refused") {
  CHECK_THAT(error_of(""), StartsWith("f.yaml:1:1: says nothing"));
  CHECK_THAT(error_of("# nothing\n\n"), StartsWith("f.yaml:1:1: says nothing"));
}

TEST_CASE("what is no YAML is told with its place") {
  CHECK_THAT(error_of("sites: [a\n"), StartsWith("f.yaml:"));
  CHECK_THAT(error_of("a: b: c\n"), StartsWith("f.yaml:1:"));
  CHECK_THAT(error_of("defaults:\n\tdelay: 1s\n"), StartsWith("f.yaml:2:") && Contains("tabs"));
  CHECK_THAT(error_of("just words\n"), StartsWith("f.yaml:1:1: ") && Contains("map"));
}

TEST_CASE("a quote that is never closed is told where it is opened, wherever the file ends") {
  for (const char* end : {"", "\n", "\nsites: []\n", "\nsites: ['x']\n", "\\\"\n", "]\n\n"}) {
    INFO(end);
    CHECK_THAT(error_of(std::string("concurrency: 1\ndatabase: \"/x") + end),
               StartsWith("f.yaml:2:") && Contains("quote"));
  }
  CHECK(error_of("log: text\ndatabase: 'it''s\n") ==
        "f.yaml:2:11: a quote that is opened here is never closed");
  CHECK(error_of("defaults: {include: ['a', \"b, c]}\n") ==
        "f.yaml:1:27: a quote that is opened here is never closed");
  for (const char* fine :
       {"'it''s'", "\"a\\\"b\"", "&x \"b\"", "\"\"  # it's", "it's", "\"a\n  b\""}) {
    INFO(fine);
    CHECK(load_text(std::string("control: ") + fine + "\n", "f.yaml"));
  }
}

TEST_CASE("bytes that are no UTF-8 text are refused with their line and column") {
  CHECK_THAT(error_of("log: text\n# \xE9t\xE9\n"), StartsWith("f.yaml:2:3: ") && Contains("UTF-8"));
  CHECK_THAT(error_of("# \xC3\xA9t\xC3\xA9 \xC3"), StartsWith("f.yaml:1:7: ") && Contains("UTF-8"));
  CHECK_THAT(error_of(std::string("log: text\n# x\0\n", 15)),
             StartsWith("f.yaml:2:4: a NUL byte; this is no text"));
  CHECK_THAT(error_of(std::string("log: te\0xt\n", 11)), StartsWith("f.yaml:1:8: "));
  CHECK_THAT(error_of(std::string("\xFF\xFEl\0o\0g\0", 8)), Contains("UTF-16"));
  CHECK(error_of("\xEF\xBB\xBFlog: json\n") == "loaded");
}

TEST_CASE("a wrong type is told with the key's path, its place and what is wanted") {
  const auto [yaml, place, words] = GENERATE(table<const char*, const char*, const char*>(
      {{"concurrency: [1]\n", "f.yaml:1:14: concurrency: a list", "whole number"},
       {"concurrency: yes\n", "f.yaml:1:14: concurrency: \"yes\"", "whole number"},
       {"concurrency: 1e99\n", "f.yaml:1:14: concurrency", "from 1 to 10000"},
       {"concurrency: 0\n", "f.yaml:1:14: concurrency", "from 1 to 10000"},
       {"defaults:\n  delay: -1s\n", "f.yaml:2:10: defaults.delay: \"-1s\"", "duration"},
       {"defaults:\n  delay: 5\n", "f.yaml:2:10: defaults.delay: \"5\"", "unit"},
       {"defaults:\n  jitter: NaN\n", "f.yaml:2:11: defaults.jitter: \"NaN\"", "number from 0"},
       {"defaults:\n  jitter: .inf\n", "f.yaml:2:11: defaults.jitter", "number from 0"},
       {"defaults:\n  cookies: yes\n", "f.yaml:2:12: defaults.cookies: \"yes\"", "true or false"},
       {"defaults:\n  timeout: 5s\n", "f.yaml:2:12: defaults.timeout", "a map"},
       {"defaults:\n  timeout: {dns: 1e9d}\n", "f.yaml:2:18: defaults.timeout.dns", "duration"},
       {"defaults:\n  ports: [99999]\n", "f.yaml:2:11: defaults.ports", "port number"},
       {"defaults:\n  robots: maybe\n", "f.yaml:2:11: defaults.robots", "obey, txt_only, ignore"},
       {"max_decoded_size: many\n", "f.yaml:1:19: max_decoded_size", "MiB"},
       {"database:\n", "f.yaml:1:1: database", "missing"},
       {"sites: {}\n", "f.yaml:1:8: sites", "a list"},
       {"sites: [a]\n", "f.yaml:1:9: sites", "a map with a name"}}));
  INFO(yaml);
  CHECK_THAT(error_of(yaml), StartsWith(place) && Contains(words));
}

TEST_CASE("what looks like a number is text where text is wanted, and quoted text no boolean") {
  for (const char* word : {"no", "010", "12:30:45", "1e3", "-1.5", "0x1F", "true"}) {
    for (const std::string quote : {"", "\""}) {
      INFO(quote << word);
      const auto loaded = load_text(
          "sites: [{seeds: ['http://a.test/'], name: " + quote + word + quote + "}]", "t");
      REQUIRE(loaded);
      CHECK(loaded->config.sites.at(0).name == word);
      const auto again = load_text(effective_yaml(loaded->config), "again");
      REQUIRE(again);
      CHECK(again->config.sites.at(0).name == word);
    }
  }
  CHECK_FALSE(load_text("database: null", "t"));
  CHECK_FALSE(load_text("search_index: \"true\"", "t"));
}

TEST_CASE("a key that stands in the wrong place is told where it belongs") {
  CHECK(error_of("delay: 2s\n") ==
        "f.yaml:1:1: unknown key \"delay\"; it belongs under \"defaults:\" or in a site");
  CHECK_THAT(error_of("autothrottle: {enabled: false}\n"), Contains("under \"defaults:\""));
  CHECK_THAT(error_of("seeds: [http://a.test/]\n"), Contains("in an entry of \"sites:\""));
  CHECK_THAT(error_of("defaults: {concurrency: 3}\n"),
             Contains("in \"defaults\"; it belongs at the top of the file"));
  CHECK_THAT(error_of("sites: [{name: a, seeds: [http://a.test/], metrics: {listen: x}}]\n"),
             Contains("in \"sites[0]\"; it belongs at the top of the file"));
}

TEST_CASE("a file of cookies in another format is no cookie_file") {
  Folder folder;
  const auto error_with = [&](const std::string& text) {
    std::ofstream(folder.file("c")) << text;
    return error_of("defaults:\n  cookie_file: " + folder.file("c") + "\nsites: []\n");
  };
  CHECK_THAT(error_with("[{\"name\": \"n\"}]"),
             Contains(":2:") && Contains("no Netscape cookies.txt: no line has seven fields"));
  CHECK(error_with("#HttpOnly_a.test\tFALSE\t/\tFALSE\t0\tn\tv\n") == "loaded");
  CHECK(error_with("# none yet\n") == "loaded");
}

TEST_CASE("cookies are saved where no other file is lost") {
  Folder folder;
  const auto error_with = [&](const std::string& file, const std::string& more = "") {
    return error_of("database: " + folder.file("crawl.db") +
                    "\ndefaults:\n  save_cookies: " + folder.file(file) + "\n" + more);
  };
  const std::string one = "sites:\n  - {name: a, seeds: ['http://a.test/']";
  CHECK(error_with("new", one + "}\n") == "loaded");
  std::ofstream(folder.file("old")) << "#HttpOnly_a.test\tFALSE\t/\tFALSE\t0\tn\tv\n";
  CHECK(error_with("old", one + "}\n") == "loaded");
  std::ofstream(folder.file("notes")) << "milk, bread\n";
  CHECK_THAT(error_with("notes"), Contains(":3:17: save_cookies: ") &&
                                      Contains("is no Netscape cookies.txt, and saving replaces"));
  std::ofstream(folder.file("table")) << "id\ta\tb\tc\td\te\tf\n1\t2\t3\t4\t5\t6\t7\n";
  CHECK_THAT(error_with("table"), Contains("is no Netscape cookies.txt"));
  std::ofstream(folder.file("program")) << "\177ELF\n#\t\n\t\t\t\t\t\t\t\n";
  CHECK_THAT(error_with("program"), Contains("is no Netscape cookies.txt"));
  std::ofstream(folder.file("settings")) << "# nothing is set yet\n";
  CHECK_THAT(error_with("settings"), Contains("is no Netscape cookies.txt"));
  std::ofstream(folder.file("no_cookies")) << "# Netscape HTTP Cookie File\n\n";
  CHECK(error_with("no_cookies", one + "}\n") == "loaded");
  std::ofstream(folder.file("empty")) << "";
  CHECK(error_with("empty", one + "}\n") == "loaded");
  std::filesystem::create_symlink(folder.file("old"), folder.file("link"));
  CHECK_THAT(error_with("link"), Contains("is a symbolic link"));
  CHECK_THAT(error_with("."), Contains("is no file"));
  CHECK_THAT(error_with("none/c"), Contains("there is no folder " + folder.file("none")));
  CHECK_THAT(error_with("crawl.db", one + "}\n"), Contains("is the file of the database"));
  CHECK_THAT(error_with("new", one + "}\n  - {name: b, seeds: ['http://b.test/']}\n"),
             Contains("f.yaml:6:5: save_cookies: ") && Contains("is the file of site \"a\""));
  CHECK_THAT(error_with("new", one + ", cookies: false}\n"), Contains("loaded"));
  CHECK_THAT(error_of(one + ", cookies: false, save_cookies: " + folder.file("new") + "}\n"),
             Contains("save_cookies: needs cookies: true"));
  // One file for both is there from the first save on.
  const std::string both = ", cookie_file: " + folder.file("new");
  CHECK_THAT(error_of(one + both + "}\n"), Contains("is no file to be read"));
  CHECK(error_of(one + both + ", save_cookies: " + folder.file("new") + "}\n") == "loaded");
}

TEST_CASE("what cannot be read does not hide what is read and wrong") {
  const std::string told = error_of(
      "defaults:\n  delay: soon\n  proxy: a b\nsites:\n  - name: a\n    seeds: http://a.test/\n");
  CHECK_THAT(told, Contains("f.yaml:2:10: ") && Contains("f.yaml:3:10: proxy: no URL"));
  CHECK_THAT(told, Contains("f.yaml:6:12: ") && !Contains("needs seeds"));
  CHECK(error_of("sites:\n  - name: a\n    sedes: [http://a.test/]\n") ==
        "f.yaml:3:5: unknown key \"sedes\" in \"sites[0]\"; did you mean \"seeds\"?");
}

TEST_CASE("a variable of the environment that is nearly a setting is told") {
  const auto warnings_with = [](const char* name) {
    const EnvironmentVariable variable(name, "1");
    const auto loaded = load_environment();
    REQUIRE(loaded);
    return loaded->warnings;
  };
  using Warnings = std::vector<std::string>;
  CHECK(warnings_with("CRAWLD_CONCURENCY") ==
        Warnings{"CRAWLD_CONCURENCY is no setting; did you mean CRAWLD_CONCURRENCY?"});
  CHECK(warnings_with("CRAWLD_DELAY") ==
        Warnings{"CRAWLD_DELAY is no setting; did you mean CRAWLD_DEFAULTS_DELAY?"});
  for (const char* whole : {"CRAWLD_SITES", "CRAWLD_DEFAULTS"}) {
    const Warnings told = warnings_with(whole);
    REQUIRE(told.size() == 1);
    CHECK_THAT(told[0], Contains(std::string(whole) + " is not taken") && Contains("-c FILE"));
  }
  CHECK(warnings_with("CRAWLD_TOKEN").empty());
}

TEST_CASE("a hook that cannot be run is told, since nobody may look at the log") {
  const auto warnings_of = [](const std::string& program) {
    const auto loaded = load_text("hooks: {exec: [" + program + "]}\nsites: []\n", "f.yaml");
    REQUIRE(loaded);
    return loaded->warnings;
  };
  CHECK(warnings_of("/bin/sh").empty());
  REQUIRE(warnings_of("/nonexistent/hook").size() == 1);
  CHECK_THAT(warnings_of("/nonexistent/hook").front(),
             StartsWith("f.yaml:1:") && EndsWith("is no program that can be run here"));
}

TEST_CASE("a converter is read, shown and read again") {
  const auto loaded = load_text(
      "parse:\n  convert:\n    - type: Application/PDF\n      command: [/bin/cat, \"-\", 010]\n"
      "    - {command: [/bin/sh, -c, \"a: [b, 'c']\"], type: image/*}\n",
      "f.yaml");
  REQUIRE(loaded);
  CHECK(loaded->warnings.empty());
  const std::vector<crawld::parsers::Conversion> wanted = {
      {"application/pdf", {"/bin/cat", "-", "010"}}, {"image/*", {"/bin/sh", "-c", "a: [b, 'c']"}}};
  CHECK(loaded->config.convert == wanted);
  const auto again = load_text(effective_yaml(loaded->config), "again");
  REQUIRE(again);
  CHECK(again->config.convert == wanted);
}

TEST_CASE("what is wrong with a converter is told with its place") {
  const auto [entry, place, words] = GENERATE(table<const char*, const char*, const char*>(
      {{"parse: {convert: x}\n", "f.yaml:1:18: parse.convert: \"x\"", "a list of types"},
       {"parse: {convert: [x]}\n", "f.yaml:1:19: parse.convert: \"x\"", "command: [PROGRAM"},
       {"parse: {convert: [{type: a/b}]}\n", "f.yaml:1:19: parse.convert: a map", "command:"},
       {"parse: {convert: [{type: a/b, command: []}]}\n", "f.yaml:1:19: ", "command:"},
       {"parse: {convert: [{type: a/b, command: x}]}\n", "f.yaml:1:40: parse.convert.command",
        "[\"x\"]"},
       {"parse: {convert: [{type: a/b, command: [cat]}]}\n", "f.yaml:1:19: parse.convert: cat",
        "whole path"},
       {"parse: {convert: [{type: pdf, command: [/bin/cat]}]}\n",
        "f.yaml:1:19: parse.convert: ", "no media type"}}));
  INFO(entry);
  CHECK_THAT(error_of(entry), StartsWith(place) && Contains(words));
}

TEST_CASE("a text where a list is wanted is told with the list that it would be") {
  CHECK_THAT(error_of("defaults: {include: \"*/x/*\"}\n"),
             EndsWith("a list of texts, such as [\"*/x/*\"]"));
}

TEST_CASE("a key of another crawler is told with what it is called here") {
  CHECK(error_of("DOWNLOAD_DELAY: 2\n") ==
        "f.yaml:1:1: unknown key \"DOWNLOAD_DELAY\"; here it is \"delay\", under \"defaults:\" or "
        "in a site");
  CHECK_THAT(error_of("defaults: {maxDepth: 3}\n"), EndsWith("; here it is \"max_depth\""));
  CHECK_THAT(error_of("defaults: {CONCURRENT_REQUESTS: 3}\n"),
             Contains("here it is \"concurrency\", at the top of the file"));
  CHECK_THAT(error_of("fetcher.server.delay: 2\n"), Contains("here it is \"delay\""));
}

TEST_CASE("an unknown key is told with the nearest known one") {
  CHECK(error_of("concurency: 3\n") ==
        "f.yaml:1:1: unknown key \"concurency\"; did you mean \"concurrency\"?");
  CHECK_THAT(error_of("defaults:\n  max_depht: 3\n"), Contains("did you mean \"max_depth\"?"));
  CHECK_THAT(error_of("defaults:\n  timeout: {dsn: 3s}\n"),
             Contains("f.yaml:2:13: ") && Contains("in \"defaults.timeout\"") &&
                 Contains("did you mean \"dns\"?"));
  CHECK_THAT(error_of("zzzzzzzzzz: 1\n"), Contains("crawld.example.yaml"));
}

TEST_CASE("keys and site names must not stand twice") {
  CHECK_THAT(error_of("log: text\nlog: json\n"), StartsWith("f.yaml:2:1: ") && Contains("twice"));
  CHECK_THAT(error_of("sites:\n  - {name: a, seeds: ['http://a.test/']}\n"
                      "  - {name: a, seeds: ['http://b.test/']}\n"),
             StartsWith("f.yaml:3:") && Contains("two sites \"a\""));
}

TEST_CASE("every error is told at once, in the order of the file") {
  const std::string errors = error_of("log: loud\nconcurrency: x\ndefaults: {delay: x}\nfoo: 1\n");
  CHECK(std::count(errors.begin(), errors.end(), '\n') == 3);
  CHECK(errors.find("f.yaml:1:") < errors.find("f.yaml:2:"));
  CHECK(errors.find("f.yaml:3:") < errors.find("f.yaml:4:"));
}

TEST_CASE("a second document is an error and not ignored") {
  CHECK_THAT(error_of("log: text\n---\nlog: json\n"), Contains("second document"));
}

TEST_CASE("aliases cost what they stand for") {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int k = 0; k < 9; ++k) bomb += ", " + before;
    bomb += "]\n";
  }
  const double start = cpu_seconds();
  CHECK_THAT(error_of(bomb), Contains("values"));
  CHECK_THAT(
      error_of("a: &a " + std::string(1 << 20, 'x') + "\nb: [*a" + repeated(", *a", 1000) + "]\n"),
      Contains("values"));
  CHECK(cpu_seconds() - start < 5);
}

TEST_CASE("an alias inside what it names is refused") {
  CHECK_THAT(error_of("a: &a [*a]\n"), StartsWith("f.yaml:1:"));
  CHECK_THAT(error_of("a: &a {b: *a}\n"), StartsWith("f.yaml:1:"));
}

TEST_CASE("aliases do not nest deeper than brackets may") {
  std::string chain = "a0: &a0 [x]\n";
  for (int i = 1; i < 100; ++i) {
    chain += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) +
             "]\n";
  }
  CHECK_THAT(error_of(chain), Contains("nested deeper"));
}

TEST_CASE("depth, size and anchors are bounded in time") {
  const double start = cpu_seconds();
  CHECK_THAT(error_of("a: " + std::string(100'000, '[')), Contains("nested deeper"));
  CHECK_THAT(error_of("a: " + repeated("{a: ", 100'000)), Contains("nested deeper"));
  CHECK_THAT(error_of("- " + repeated("- ", 100'000)), Contains("nested deeper"));
  CHECK_THAT(error_of("a: " + std::string(20 << 20, 'x')), Contains("larger than 8 MiB"));
  std::string anchors = "a:\n";
  for (int i = 0; i < 200'000; ++i) anchors += " - &a" + std::to_string(i) + " x\n";
  CHECK_THAT(error_of(anchors), Contains("more than 1000 anchors"));
  CHECK_THAT(error_of(std::string(1000, 'k') + ": 1\n"), Contains("unknown key"));
  CHECK(cpu_seconds() - start < 20);
}

TEST_CASE("ten thousand sites load within CPU seconds") {
  std::string yaml = "sites:\n";
  for (int i = 0; i < 10'000; ++i) {
    const std::string n = std::to_string(i);
    yaml += "  - name: s" + n + "\n    seeds: ['https://s" + n + ".example/']\n    max_depth: 3\n";
  }
  const double start = cpu_seconds();
  const auto loaded = load_text(yaml, "f.yaml");
  REQUIRE(loaded);
  CHECK(loaded->config.sites.size() == 10'000);
  CHECK(cpu_seconds() - start < 10);
}

TEST_CASE("words stay words where words are wanted") {
  const Site site = site_of("include: [no, 010, 12:30:45, 1e3, true, 0x1F]");
  CHECK(site.include == std::vector<std::string>{"no", "010", "12:30:45", "1e3", "true", "0x1F"});
}

TEST_CASE("a configuration may come out of a pipe, as of a shell's <(command)") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const crawld::base::Fd out(ends[0]);
  crawld::base::Fd in(ends[1]);
  const std::string text = "concurrency: 7\n" + std::string(30'000, '#') + "\n";
  REQUIRE(write(in.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  in.reset();
  const auto loaded = load("/dev/fd/" + std::to_string(out.get()));
  REQUIRE(loaded);
  CHECK(loaded->config.concurrency == 7);
}

TEST_CASE("a pipe is neither waited for without end nor read without limit") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const crawld::base::Fd out(ends[0]);
  const crawld::base::Fd in(ends[1]);
  const std::string name = "/dev/fd/" + std::to_string(out.get());
  REQUIRE(write(in.get(), "a", 1) == 1);
  const auto silent = read_plain_file(name, 1 << 20, std::chrono::milliseconds(1));
  REQUIRE(!silent);
  CHECK_THAT(silent.error().message, Contains("is a pipe whose end did not come in time"));
  REQUIRE(write(in.get(), "bc", 2) == 2);
  const auto large = read_plain_file(name, 1);
  REQUIRE(!large);
  CHECK_THAT(large.error().message, Contains("is larger than"));
}

TEST_CASE("files that are no files are refused and never waited for") {
  const Folder folder;
  mkfifo(folder.file("fifo").c_str(), 0600);
  for (const std::string& path : {folder.file("fifo"), std::string("/dev/zero"), folder.file("")}) {
    const auto loaded = load(path);
    REQUIRE(!loaded);
    CHECK_THAT(loaded.error().message, Contains("no regular file"));
  }
  const auto missing = load(folder.file("missing.yaml"));
  REQUIRE(!missing);
  CHECK_THAT(missing.error().message, Contains("missing.yaml: cannot be read: No such file"));
  std::ofstream(folder.file("big")).close();
  std::filesystem::resize_file(folder.file("big"), 10ULL << 30);
  const auto big = load(folder.file("big"));
  REQUIRE(!big);
  CHECK_THAT(big.error().message, Contains("larger than 8 MiB"));
}

TEST_CASE("secrets come from the environment and from files, and are shown masked") {
  const Folder folder;
  const EnvironmentVariable token("PACK_TOKEN", "t0psecret");
  std::ofstream(folder.file("password")) << "hunter2\n";
  REQUIRE(::chmod(folder.file("password").c_str(), 0644) == 0);
  const auto loaded = load_text(
      "sites:\n  - name: a\n    seeds: ['http://a.test/']\n"
      "    headers: {Authorization: 'Bearer ${env:PACK_TOKEN}'}\n"
      "    auth: 'basic me:${file:" +
          folder.file("password") + "}'\n",
      "f.yaml");
  REQUIRE(loaded);
  const Site& site = loaded->config.sites[0];
  CHECK(site.headers.at("Authorization") == "Bearer t0psecret");
  CHECK(site.auth == "basic me:hunter2");
  REQUIRE(loaded->warnings.size() == 1);
  CHECK_THAT(loaded->warnings[0],
             StartsWith("f.yaml:5:11: auth: every user can read ") && !Contains("hunter2"));
  const std::string shown = effective_yaml(loaded->config);
  CHECK(shown.find("t0psecret") == std::string::npos);
  CHECK(shown.find("hunter2") == std::string::npos);
  CHECK_THAT(shown, Contains("***"));
}

TEST_CASE("a secret that cannot be had is an error, and a FIFO is not waited for") {
  const Folder folder;
  mkfifo(folder.file("fifo").c_str(), 0600);
  const std::string start = "defaults:\n  auth: 'bearer ";
  CHECK_THAT(error_of(start + "${env:PACK_NOT_SET}'\n"), Contains("PACK_NOT_SET that is set"));
  CHECK_THAT(error_of(start + "${file:/nowhere}'\n"), Contains("/nowhere that can be read"));
  CHECK_THAT(error_of(start + "${file:" + folder.file("fifo") + "}'\n"), Contains("can be read"));
  CHECK_THAT(error_of(start + "${env:HOME'\n"), Contains("\"}\" after \"${\""));
  CHECK_THAT(error_of(start + "${vault:x}'\n"), Contains("${env:NAME} or ${file:PATH}"));
}

TEST_CASE("who only looks for the crawl that runs by a file needs none of its secrets") {
  const Folder folder;
  const std::string file = folder.file("c.yaml");
  std::ofstream(file)
      << "control: /run/here.sock\ndefaults:\n  auth: 'bearer ${env:PACK_NOT_SET}'\n";
  CHECK_FALSE(load(file));
  const auto loaded = load(file, Secrets::may_lack);
  REQUIRE(loaded);
  CHECK(loaded->config.control == "/run/here.sock");
  // What else is wrong may be the name of the crawl.
  std::ofstream(file, std::ios::app) << "databse: x\n";
  CHECK_THAT(load(file, Secrets::may_lack).error().message,
             Contains("databse") && !Contains("PACK_NOT_SET"));
}

TEST_CASE("a reference to a secret is refused where it would be taken for a name") {
  CHECK(error_of("database: '${env:HOME}/x.db'\n") ==
        "f.yaml:1:11: database: \"${env:HOME}/x.db\" is not what is wanted here: the text itself: "
        "${env:NAME} and ${file:PATH} are read in secrets only");
  CHECK_THAT(error_of("user_agent: {name: '${file:/x}'}\n"), Contains("in secrets only"));
}

TEST_CASE(
    "a login whose fields are all in the open is warned of, one with a secret elsewhere not") {
  const EnvironmentVariable password("CRAWLD_TEST_PASSWORD", "geheim");
  const auto warnings_of = [](const std::string& fields) {
    const auto loaded = load_text(
        "sites:\n  - name: s\n    seeds: [\"https://a.test/\"]\n    login:\n"
        "      url: https://a.test/login\n      fields: {" +
            fields + "}\n",
        "f.yaml");
    REQUIRE(loaded);
    return loaded->warnings;
  };
  CHECK(warnings_of("user: me, pw: \"${env:CRAWLD_TEST_PASSWORD}\"").empty());
  const auto warnings = warnings_of("user: me, pw: geheim");
  REQUIRE(warnings.size() == 1);
  CHECK_THAT(warnings[0], StartsWith("f.yaml:6:30: login.fields: a secret in the open"));
}

TEST_CASE("a secret in the open is warned of with its place") {
  const auto loaded = load_text("defaults:\n  auth: basic me:hunter2\n", "f.yaml");
  REQUIRE(loaded);
  REQUIRE(loaded->warnings.size() == 1);
  CHECK_THAT(loaded->warnings[0], StartsWith("f.yaml:2:9: auth") && !Contains("hunter2"));
}

TEST_CASE("the environment overrides the file, and the sites override the defaults") {
  const EnvironmentVariable run("CRAWLD_CONCURRENCY", "7");
  const EnvironmentVariable nested("CRAWLD_LIMITS_PAGES", "5k");
  const EnvironmentVariable site("CRAWLD_DEFAULTS_DELAY", "3s");
  const EnvironmentVariable list("CRAWLD_DEFAULTS_EXCLUDE", "['*/x/*', '*/y/*']");
  const auto loaded = load_text(
      "concurrency: 9\ndefaults: {delay: 1s}\nsites:\n"
      "  - {name: a, seeds: ['http://a.test/']}\n"
      "  - {name: b, seeds: ['http://b.test/'], delay: 9s}\n",
      "f.yaml");
  REQUIRE(loaded);
  CHECK(loaded->config.concurrency == 7);
  CHECK(loaded->config.limits.pages == 5'000);
  CHECK(loaded->config.sites[0].delay == std::chrono::seconds(3));
  CHECK(loaded->config.sites[0].exclude.size() == 2);
  CHECK(loaded->config.sites[1].delay == std::chrono::seconds(9));
}

TEST_CASE("a wrong variable is told by its name and claims no line of the file") {
  const EnvironmentVariable wrong("CRAWLD_CONCURRENCY", "many");
  CHECK_THAT(error_of("log: text\n"), StartsWith("f.yaml: CRAWLD_CONCURRENCY: \"many\""));
}

TEST_CASE("a variable that cannot be used is blamed, not the line of the file that it overrides") {
  const EnvironmentVariable database("CRAWLD_DATABASE", "");
  CHECK(error_of("log: text\ndatabase: a.db\n") ==
        "f.yaml: CRAWLD_DATABASE: \"\" is empty; name a file");
  const EnvironmentVariable good("CRAWLD_DATABASE", "a.db");
  const EnvironmentVariable types("CRAWLD_DEFAULTS_CONTENT_TYPES", "[html]");
  CHECK_THAT(error_of("defaults:\n  content_types: [text/html]\n"),
             StartsWith("f.yaml: CRAWLD_DEFAULTS_CONTENT_TYPES: \"html\" is no media type"));
}

TEST_CASE("bad seeds, patterns, addresses and selectors are found at load") {
  const auto [keys, words] = GENERATE(table<const char*, const char*>(
      {{"seeds: ['ftp://a.test/']", "f.yaml:3:13: seeds: \"ftp://a.test/\" is no http"},
       {"seeds: ['http://a.test:99999/']", "is no http or https URL"},
       {"seeds: ['http://me:pw@a.test/']", "into auth:"},
       {"seeds: []", "needs seeds"},
       {"seeds: ['http://a.test/']\n    include: ['re:(']", "f.yaml:4:15: include"},
       {"seeds: ['http://a.test/']\n    allow_addresses: [10.0.0.0/33]", "no CIDR"},
       {"seeds: ['http://a.test/']\n    content_types: [html]", "no media type such as"},
       {"seeds: ['http://a.test/']\n    content_types: ['t*/html']", "no media type such as"},
       {"seeds: ['http://a.test/']\n    revisit: {min: 2d, max: 1d}", "min is larger"},
       {"seeds: ['http://a.test/']\n    extract: [{name: r, fields: {x: 'css:a[['}}]", "f.yaml:4:"},
       {"seeds: ['http://a.test/']\n    extract: [{name: r, fields: {x: 'xpath://a['}}]",
        "f.yaml:4:"},
       {"seeds: ['http://a.test/']\n    extract: [{name: r, feilds: {x: 'css:a'}}]",
        "unknown key \"feilds\" in a rule; did you mean \"fields\"?"},
       {"seeds: ['http://a.test/']\n    uses: [search, sell]", "f.yaml:4:20: uses: \"sell\""}}));
  INFO(keys);
  CHECK_THAT(error_of(std::string("sites:\n  - name: a\n    ") + keys + "\n"), Contains(words));
}

TEST_CASE("proxies, name servers, hosts and files are judged where they stand") {
  const auto site = [](const std::string& keys) {
    return error_of("sites:\n  - name: a\n    seeds: ['http://a.test/']\n    " + keys + "\n");
  };
  for (const char* proxy : {"htp://x:1", "http://", "http://x:0", "http://x:99999", "'x y:1'"}) {
    CHECK_THAT(site("proxy: " + std::string(proxy)), StartsWith("f.yaml:4:12: proxy: no URL"));
  }
  for (const char* proxy : {"p.test", "p.test:3128", "http://u:p@p.test:1/", "socks5h://[::1]:9"}) {
    CHECK(site("proxy: \"" + std::string(proxy) + "\"") == "loaded");
    CHECK(site("proxy: [b.test, \"" + std::string(proxy) + "\"]") == "loaded");
  }
  for (const char* server : {"not-an-ip", "127.0.0.1:0", "127.0.0.1:99999", "127.0.0.1:", "[::1"}) {
    CHECK_THAT(error_of("dns:\n  servers: [1.1.1.1, \"" + std::string(server) + "\"]\nsites: []\n"),
               StartsWith("f.yaml:2:22: dns.servers: \"" + std::string(server) + "\" is no name"));
  }
  CHECK(error_of("dns: {servers: [1.1.1.1, '1.1.1.1:53', '::1', '[::1]:53', '[fe80::1%lo]:53']}\n"
                 "sites: []\n") == "loaded");
  CHECK_THAT(error_of("dns: {hosts: {a.test: b.test}}\nsites: []\n"),
             StartsWith("f.yaml:1:14: dns.hosts: \"b.test\" is no address for a.test"));
  CHECK(error_of("dns: {hosts: {a.test: '192.0.2.1,[2001:db8::1]'}}\nsites: []\n") == "loaded");
  CHECK_THAT(error_of("user_agent: {name: \"a\\r\\nX: y\"}\nsites: []\n"),
             StartsWith("f.yaml:1:20: user_agent.name: holds a line break"));
  CHECK_THAT(error_of("hooks:\n  webhook: ftp://a.test/\nsites: []\n"),
             StartsWith("f.yaml:2:12: hooks.webhook:"));
}

TEST_CASE("what run would refuse, or send in no good form, is found at load") {
  for (const char* auth : {"foo bar", "basic nopass", "Basic me:pw", "bearer"}) {
    const std::string error = error_of("defaults:\n  auth: " + std::string(auth) + "\n");
    CHECK_THAT(error, StartsWith("f.yaml:2:9: auth: is not \"basic user:pass\""));
    CHECK_THAT(error, !Contains("pw") && !Contains("nopass"));
  }
  for (const char* auth : {"''", "basic me:pw", "digest me:p w", "bearer abc"}) {
    CHECK(error_of("defaults: {auth: " + std::string(auth) + "}\nsites: []\n") == "loaded");
  }
  const auto run = [](const std::string& key) { return error_of(key + "\nsites: []\n"); };
  for (const char* where :
       {"'0.0.0.0:9464'", "foo", "'127.0.0.1:99999'", "'127.0.0.1:'", "'[::1]'", "run/metrics"}) {
    CHECK_THAT(run("metrics: {listen: " + std::string(where) + "}"),
               StartsWith("f.yaml:1:19: metrics.listen: ") && Contains("such as 127.0.0.1:9464"));
  }
  for (const char* where : {"''", "'127.0.0.1:9464'", "'[::1]:0'", "'localhost:1'", "/run/m"}) {
    CHECK(run("metrics: {listen: " + std::string(where) + "}") == "loaded");
  }
  const std::string longest(107, 's');
  CHECK(run("control: " + longest) == "loaded");
  CHECK(run("control: " + longest + "s") == "f.yaml:1:10: control: too long for a socket's name");
  for (const char* name : {"", "my bot", "bot/1", "b\u00f6t"}) {
    CHECK_THAT(run("user_agent: {name: \"" + std::string(name) + "\"}"),
               StartsWith("f.yaml:1:20: user_agent.name: ") && Contains("no product token"));
  }
  CHECK(run("user_agent: {name: My_bot-2.x}") == "loaded");
  CHECK_THAT(error_of("defaults:\n  headers: {X-\u00c9: y}\n"), Contains("is no name"));
}

TEST_CASE("a certificate or cookie file that is none is found at load, and never waited for") {
  Folder folder;
  REQUIRE(mkfifo(folder.file("pipe").c_str(), 0600) == 0);
  for (const std::string& path : {folder.file("pipe"), std::string("/dev/zero"),
                                  folder.file("missing"), std::string("/tmp")}) {
    for (const std::string& key :
         {std::string("ca_certificate"), std::string("certificate"), std::string("cookie_file")}) {
      CHECK_THAT(error_of("defaults:\n  " + key + ": " + path + "\nsites: []\n"),
                 Contains(":2:") && Contains(key + ": \"" + path + "\" is no file to be read"));
    }
  }
}

TEST_CASE("a client certificate and key that cannot be used are told at load, with their place") {
  TestAuthority authority;
  Folder folder;
  const auto mine = authority.issue("a.test");
  const auto other = authority.issue("b.test");
  const std::string locked = authority.lock(mine.key, "hunter2");
  std::ofstream(folder.file("text")) << "no PEM\n";
  const auto told = [](const std::string& certificate, const std::string& key,
                       const std::string& more = "") {
    return error_of("defaults:\n  certificate: " + certificate + "\n  private_key: " + key + "\n" +
                    more + "sites: []\n");
  };
  CHECK(told(mine.certificate, mine.key) == "loaded");
  CHECK_THAT(told(folder.file("text"), mine.key),
             StartsWith("f.yaml:2:16: certificate: ") && Contains("no certificate in PEM form"));
  CHECK_THAT(told(mine.certificate, folder.file("text")),
             StartsWith("f.yaml:3:16: private_key: ") && Contains("no private key in PEM form"));
  CHECK_THAT(told(mine.certificate, "/nowhere"),
             StartsWith("f.yaml:3:16: private_key: ") && Contains("no file to be read"));
  CHECK_THAT(told(mine.certificate, other.key),
             StartsWith("f.yaml:3:16: private_key: ") && Contains("does not belong to"));
  CHECK_THAT(told(mine.certificate, locked), Contains("is locked; private_key_password opens it"));
  CHECK_THAT(told(mine.certificate, locked, "  private_key_password: hunter3\n"),
             Contains("is not opened by its password") && !Contains("hunter"));
  const EnvironmentVariable password("KEY_PASSWORD", "hunter2");
  CHECK(told(mine.certificate, locked, "  private_key_password: ${env:KEY_PASSWORD}\n") ==
        "loaded");
  CHECK_THAT(error_of("sites:\n  - name: a\n    seeds: ['https://a.test/']\n    private_key: " +
                      mine.key + "\n"),
             StartsWith("f.yaml:4:18: private_key: needs the certificate:"));
}

TEST_CASE("a key and its certificate may stand in one file") {
  TestAuthority authority;
  Folder folder;
  const auto files = authority.issue("a.test");
  std::ofstream(folder.file("both"))
      << std::ifstream(files.key).rdbuf() << std::ifstream(files.certificate).rdbuf();
  CHECK(error_of("defaults: {certificate: '" + folder.file("both") + "'}\nsites: []\n") ==
        "loaded");
  CHECK_THAT(error_of("defaults: {certificate: '" + files.certificate + "'}\nsites: []\n"),
             Contains("holds no private key in PEM form"));
}

TEST_CASE("a client certificate that has expired and a key that all can read are told") {
  TestAuthority authority;
  const auto files = authority.issue("a.test", {-7'200, -3'600});
  const auto warnings = [&](mode_t mode) {
    REQUIRE(chmod(files.key.c_str(), mode) == 0);
    const auto loaded = load_text("defaults: {certificate: '" + files.certificate +
                                      "', private_key: '" + files.key + "'}\nsites: []\n",
                                  "f.yaml");
    REQUIRE(loaded);
    return loaded->warnings;
  };
  REQUIRE(warnings(0600).size() == 1);
  CHECK_THAT(warnings(0600).front(), EndsWith("has expired"));
  REQUIRE(warnings(0644).size() == 2);
  CHECK_THAT(warnings(0644).back(), Contains("every user can read"));
}

TEST_CASE("a list of proxies is judged one by one, and its logins are masked") {
  const auto told = [](const std::string& list) {
    return error_of("defaults:\n  proxy: " + list + "\nsites: []\n");
  };
  CHECK(told("[p.test, 'a b']") == "f.yaml:2:19: proxy: no URL such as http://host:port");
  CHECK_THAT(told("[p.test, {x: y}]"), StartsWith("f.yaml:2:19: defaults.proxy: a map is not"));
  CHECK_THAT(told("{x: y}"), StartsWith("f.yaml:2:10: defaults.proxy: a map is not"));
  const auto loaded = load_text(
      "sites:\n  - name: a\n    seeds: ['http://a.test/']\n"
      "    proxy: ['http://u:hunter2@p.test:1', q.test]\n",
      "f.yaml");
  REQUIRE(loaded);
  CHECK(loaded->config.sites.at(0).proxies ==
        std::vector<std::string>{"http://u:hunter2@p.test:1", "q.test"});
  REQUIRE(loaded->warnings.size() == 1);
  CHECK_THAT(loaded->warnings[0], StartsWith("f.yaml:4:13: proxy: a secret in the open"));
  const std::string shown = effective_yaml(loaded->config);
  CHECK_THAT(shown, Contains("proxy: [\"***\", \"***\"]") && !Contains("hunter2"));
  CHECK(site_of("proxy: ''").proxies.empty());
}

TEST_CASE("an address that reaches none of the addresses that are allowed is told") {
  CHECK_THAT(error_of("defaults: {address_family: ipv4, bind_address: '::'}\nsites: []\n"),
             StartsWith("f.yaml:1:48: bind_address: :: reaches no IPv4 address"));
  // The site's own family, and the address of the defaults.
  CHECK_THAT(error_of("defaults: {bind_address: 127.0.0.1}\nsites:\n"
                      "  - {name: a, seeds: ['http://a.test/'], address_family: ipv6}\n"),
             Contains("bind_address: 127.0.0.1 reaches no IPv6 address"));
  CHECK(site_of("address_family: prefer_ipv6").address_family ==
        crawld::base::AddressFamily::prefer_ipv6);
}

TEST_CASE("what is neither an address nor an interface of this machine is no bind_address") {
  const auto told = [](const std::string& text) {
    return error_of("defaults: {bind_address: '" + text + "'}\nsites: []\n");
  };
  for (const char* here : {"", "127.0.0.1", "127.0.0.9", "0.0.0.0", "::", "lo"}) {
    CHECK(told(here) == "loaded");
  }
  for (const char* elsewhere : {"192.0.2.1", "2001:db8::1", "eth99", "localhost", "127.0.0.1:80"}) {
    CHECK_THAT(told(elsewhere),
               StartsWith("f.yaml:1:26: bind_address: \"" + std::string(elsewhere) +
                          "\" is no address and no interface of this machine, which has") &&
                   Contains("lo 127.0.0.1"));
  }
}

TEST_CASE("ciphers that OpenSSL does not have are refused, versions that it hides are told") {
  CHECK_THAT(error_of("defaults:\n  tls_ciphers: AES-9000\nsites: []\n"),
             StartsWith("f.yaml:2:16: tls_ciphers: \"AES-9000\" names no cipher"));
  CHECK(site_of("tls_min_version: TLSv1.3").tls_min_version == crawld::base::TlsVersion::tls1_3);
  CHECK_THAT(error_of("defaults: {tls_min_version: 1.2}\nsites: []\n"),
             Contains("one of system, TLSv1.0, TLSv1.1, TLSv1.2, TLSv1.3"));
  const auto warnings_of = [](const std::string& keys) {
    const auto loaded = load_text("defaults: {" + keys + "}\nsites: []\n", "f.yaml");
    REQUIRE(loaded);
    return loaded->warnings;
  };
  CHECK(warnings_of("tls_min_version: TLSv1.2, tls_ciphers: 'ECDHE+AESGCM'").empty());
  REQUIRE(warnings_of("tls_min_version: TLSv1.1").size() == 1);
  CHECK_THAT(warnings_of("tls_min_version: TLSv1.1").front(), Contains("DEFAULT@SECLEVEL=0"));
  CHECK(warnings_of("tls_min_version: TLSv1.1, tls_ciphers: 'DEFAULT@SECLEVEL=0'").empty());
  CHECK(warnings_of("tls_max_version: TLSv1.2").empty());
  CHECK(warnings_of("tls_min_version: TLSv1.2, tls_max_version: TLSv1.2").empty());
  REQUIRE(warnings_of("tls_max_version: TLSv1.1").size() == 1);
  CHECK_THAT(warnings_of("tls_max_version: TLSv1.1").front(), Contains("tls_min_version, too"));
  CHECK_THAT(
      error_of("defaults: {tls_min_version: TLSv1.3, tls_max_version: TLSv1.2}\nsites: []\n"),
      StartsWith("f.yaml:1:55: tls_max_version: is below tls_min_version"));
}

TEST_CASE("all that is wrong with a rule is told at once, each where it stands") {
  const std::string errors = error_of(
      "sites:\n  - name: a\n    seeds: ['http://a.test/']\n    extract:\n"
      "      - name: r\n"
      "        match: 're:('\n"
      "        fields:\n"
      "          x: 'css:a[['\n"
      "          y: {css: h1, regex: '(a'}\n"
      "          z: {css: h1, type: nubmer}\n"
      "          n: {css: li, list: true, fields: {m: {css: b, replace: {'(': x}}}}\n"
      "          p: {css: i, type: price, locale: german}\n"
      "          s: {css: i, xpath: '//i'}\n"
      "        tests: [{file: a.html, expect: {xx: 1}}]\n");
  CHECK_THAT(errors,
             Contains("f.yaml:6:16: match: bad expression") &&
                 Contains("f.yaml:8:14: fields.x: source: an attribute name is missing") &&
                 Contains("f.yaml:9:31: fields.y: regex: bad expression") &&
                 Contains("did you mean \"number\"?") &&
                 Contains("f.yaml:11:66: fields.n.m: replace: bad expression") &&
                 Contains("f.yaml:12:44: fields.p: locale: \"german\" is none") &&
                 Contains("f.yaml:13:23: xpath: the field has a source already, \"css:i\"") &&
                 Contains("f.yaml:14:41: expect: the rule has no field \"xx\""));
}

TEST_CASE("two rules of one site have two names, those of two sites may share one") {
  const std::string rule = "{name: product, fields: {t: 'css:h1'}}";
  const std::string site = ", seeds: ['http://a.test/'], extract: [";
  CHECK(load_text("sites:\n- {name: a" + site + rule + "]}\n- {name: b" + site + rule + "]}\n",
                  "f.yaml"));
  CHECK_THAT(error_of("sites:\n- name: a\n  seeds: ['http://a.test/']\n  extract:\n  - " + rule +
                      "\n  - " + rule + "\n"),
             StartsWith("f.yaml:6:12: name: another rule of the site is called \"product\", in "
                        "line 5; give each a name of its own"));
}

TEST_CASE("an alias names two hosts, and no alias of an alias") {
  const auto error = [](const std::string& canonicalize) {
    return error_of("defaults: {canonicalize: {" + canonicalize + "}}\nsites: []\n");
  };
  CHECK(load_text("defaults: {canonicalize: {host_aliases: {m.test: a.test, n.test: a.test}}}\n",
                  "f.yaml"));
  const std::string no_name = "is no host name such as www.example.org";
  for (const char* name :
       {"A.test", "a.test:80", "http://a.test", "a.test/x", "''", "'*.a.test'"}) {
    CAPTURE(name);
    CHECK_THAT(error("host_aliases: {m.test: " + std::string(name) + "}"), Contains(no_name));
    CHECK_THAT(error("host_aliases: {" + std::string(name) + ": a.test}"), Contains(no_name));
  }
  CHECK_THAT(error("host_aliases: {a.test: b.test, b.test: c.test}"),
             StartsWith("f.yaml:1:26") && Contains("\"b.test\" is the host of an alias, and an"));
  CHECK_THAT(error("host_aliases: {a.test: a.test}"), Contains("\"a.test\" is the host of an"));
  CHECK_THAT(error("fold_www: true, host_aliases: {a.test: www.b.test, b.test: www.a.test}"),
             Contains("\"www.b.test\" is the host of an alias"));
}

TEST_CASE("what is contradictory but possible is warned of") {
  const auto loaded = load_text(
      "sites:\n  - name: a\n    seeds: ['http://a.test/']\n    delay: 0\n"
      "    concurrency_per_host: 1000\n    robots: ignore\n",
      "f.yaml");
  REQUIRE(loaded);
  CHECK(loaded->warnings.size() == 2);
  CHECK(kept_delay(loaded->config.sites[0]) == std::chrono::milliseconds(1));
}

TEST_CASE(
    "a limit of less than a second is kept to the millisecond, and none is lifted by rounding") {
  const auto loaded = load_text(
      "limits: {time: 0.2ms}\n"
      "sites: [{name: a, seeds: ['http://a.test/'], limits: {time: 300ms}}]\n",
      "f.yaml");
  INFO((loaded ? "" : loaded.error().message));
  REQUIRE(loaded);
  CHECK(loaded->config.limits.time == std::chrono::milliseconds(1));
  CHECK(loaded->config.sites.at(0).limits.time == std::chrono::milliseconds(300));
}

TEST_CASE("of a warning that many sites share ten are told, and how many more there are") {
  std::string text = "defaults: {cookies: true}\nsites:\n";
  for (int i = 0; i < 25; ++i) {
    const std::string name = "s" + std::to_string(i);
    text += "  - {name: " + name + ", seeds: ['http://" + name + ".test/'], login: {url: 'http://" +
            name + ".test/in', fields: {user: '${env:HOME}'}}}\n";
  }
  const auto loaded = load_text(text, "f.yaml");
  INFO((loaded ? "" : loaded.error().message));
  REQUIRE(loaded);
  REQUIRE(loaded->warnings.size() == 11);
  CHECK_THAT(loaded->warnings[9], Catch::StartsWith("f.yaml:12:") && Catch::Contains("not https"));
  CHECK(loaded->warnings[10] == "f.yaml: and 15 more of login.url like these");
}

TEST_CASE("the effective configuration reads back as itself, rules too") {
  const std::string rules =
      "extract: [{name: r, match: '*/p/*', each: .p, fields: {t: 'css:h1', og: {twitter: title}, "
      "p: {css: .p, type: rows, replace: [[a+, b], ['c', d]], list: true}, j: {css: .j, list: "
      "true, join: '; '}, "
      "n: {css: .n, fields: {'a b': 'css:i'}}}, "
      "tests: [{file: 'a b.html', url: 'http://a.test/p/1', expect: {t: \"12\", p: [[1.5, null]], "
      "'og': \"\\u00e9\\n \\U0001F600 \\\"x\\\"\"}}, {file: b.html, expect: {t: 12}}]}]";
  Config config;
  config.sites.push_back(site_of(rules));
  config.sites[0].budget.per_prefix_share = 0.1;
  config.sites[0].name = "NULL";
  config.sites[0].jitter = 0.00001;
  const std::string first = effective_yaml(config);
  const auto again = load_text(first, "effective");
  INFO(first << (again ? "" : again.error().message));
  REQUIRE(again);
  CHECK(effective_yaml(again->config) == first);
  CHECK(again->config.sites[0].extract.rules[0].fields[2].replace.size() == 2);
  const auto& given = config.sites[0].extract.rules[0].tests;
  const auto& tests = again->config.sites[0].extract.rules[0].tests;
  REQUIRE(tests.size() == 2);
  CHECK(tests[0].file == "a b.html");
  CHECK(tests[0].url == "http://a.test/p/1");
  CHECK(tests[0].expect_json == given[0].expect_json);
  CHECK(tests[1].expect_json == given[1].expect_json);
}

TEST_CASE("what the defaults say wrongly is told once, at its place, with or without sites") {
  const std::string defaults = "defaults:\n  include: ['*/a/*', 're:(']\n";
  CHECK_THAT(error_of(defaults), StartsWith("f.yaml:2:22: include"));
  const std::string both = error_of(defaults +
                                    "sites:\n  - {name: a, seeds: ['http://a.test/']}\n"
                                    "  - {name: b, seeds: ['http://b.test/']}\n");
  CHECK(std::count(both.begin(), both.end(), '\n') == 0);
}

TEST_CASE("a header that would forge another is refused") {
  CHECK_THAT(error_of("defaults:\n  headers: {X-A: \"b\\r\\nCookie: c\"}\n"),
             StartsWith("f.yaml:2:12: headers") && Contains("line break"));
  CHECK_THAT(error_of("defaults:\n  headers: {'X A': b}\n"), Contains("is no name"));
}

TEST_CASE("an address takes at least what a host may have open, unless the file says else") {
  CHECK(site_of("concurrency_per_host: 8").concurrency_per_ip == 8);
  CHECK(site_of("concurrency_per_host: 8\n    concurrency_per_ip: 3").concurrency_per_ip == 3);
  CHECK(site_of("concurrency_per_ip: 0").concurrency_per_ip == 0);
}
