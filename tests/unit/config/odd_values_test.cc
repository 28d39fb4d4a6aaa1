// Values that have the right form and cannot be meant: each gets a line, and its neighbour none.
#include <catch2/catch.hpp>
#include <fstream>

#include "config/load.h"
#include "tests/support/certificates.h"
#include "tests/support/environment_variable.h"
#include "tests/support/folder.h"

using namespace crawld::config;
using Catch::Contains;
using Catch::EndsWith;
using Catch::StartsWith;

namespace {

std::string told_of(const std::string& yaml) {
  const auto loaded = load_text(yaml, "f.yaml");
  if (!loaded) return loaded.error().message;
  return loaded->warnings.empty() ? "loaded" : "warning " + loaded->warnings.front();
}

std::string told_of_run(const std::string& keys) { return told_of(keys + "\nsites: []\n"); }

std::string told_of_site(const std::string& keys) {
  return told_of("sites:\n  - name: a\n    seeds: ['http://a.test/']\n    " + keys + "\n");
}

}  // namespace

TEST_CASE("a proxy is no number, and no word that another key wants") {
  for (const char* proxy : {"5", "-1", "0.5", "true", "5s", "'*'", ".", "'http://5:3128'", "1e3"}) {
    CHECK_THAT(told_of_site("proxy: " + std::string(proxy)),
               StartsWith("f.yaml:4:12: proxy: no URL"));
  }
  for (const char* proxy : {"squid:3128", "'http://squid'", "192.0.2.1", "'::1'", "p.test"}) {
    CHECK(told_of_site("proxy: " + std::string(proxy)) == "loaded");
  }
}

TEST_CASE("the paths of the database, of sockets and of cookies name files") {
  for (const char* key : {"database", "control"}) {
    for (const char* value : {"5", "-1", "true", "'off'", "\"a\\nb\"", "/tmp"}) {
      CHECK_THAT(told_of_run(key + std::string(": ") + value), Contains(key + std::string(": \"")));
    }
    CHECK(told_of_run(key + std::string(": ./5")) == "loaded");
    CHECK(told_of_run(key + std::string(": news.sock")) == "loaded");
  }
  CHECK(told_of_run("database: ''") == "f.yaml:1:11: database: \"\" is empty; name a file");
  CHECK(told_of_run("control: ''") == "loaded");
  CHECK_THAT(told_of_run("metrics: {listen: /tmp}"), StartsWith("f.yaml:1:19: metrics.listen:"));
  CHECK_THAT(told_of_site("save_cookies: true"), StartsWith("f.yaml:4:19: save_cookies: \"true\""));
}

TEST_CASE("a setting that needs another tells so") {
  const crawld::tests::EnvironmentVariable password("KEY_PASSWORD", "secret");
  CHECK_THAT(told_of_site("private_key_password: ${env:KEY_PASSWORD}"),
             StartsWith("f.yaml:4:27: private_key_password: needs the certificate:"));
  CHECK_THAT(told_of_site("private_key: k.pem\n    private_key_password: ${env:KEY_PASSWORD}"),
             StartsWith("f.yaml:4:18: private_key: needs the certificate:"));
  // The certificate may stand in the site only.
  CHECK(told_of("defaults: {private_key_password: '${env:KEY_PASSWORD}'}\nsites: []\n") ==
        "loaded");
  CHECK_THAT(told_of_site("keep_session_cookies: true"),
             Contains("keep_session_cookies: nothing is kept without save_cookies"));
  CHECK_THAT(told_of_run("hooks: {secret: '${env:KEY_PASSWORD}'}"),
             Contains("hooks.secret: signs nothing without hooks.webhook"));
  CHECK(told_of_run("hooks: {secret: '${env:KEY_PASSWORD}', webhook: 'https://a.test/'}") ==
        "loaded");
}

TEST_CASE("files that nothing reads are told") {
  const crawld::tests::Folder folder;
  std::ofstream(folder.file("cookies.txt")) << "a.test\tFALSE\t/\tFALSE\t0\tname\tvalue\n";
  const std::string cookies = "cookie_file: " + folder.file("cookies.txt");
  CHECK(told_of_site(cookies) == "loaded");
  CHECK_THAT(told_of_site(cookies + "\n    cookies: false"),
             StartsWith("f.yaml:4:18: cookie_file: needs cookies: true"));
  std::ofstream(folder.file("ca.pem")) << crawld::tests::TestAuthority().certificate();
  const std::string ca = "ca_certificate: " + folder.file("ca.pem");
  CHECK(told_of_site(ca) == "loaded");
  CHECK_THAT(told_of_site(ca + "\n    verify_tls: false"),
             Contains("ca_certificate: nothing is verified with verify_tls: false"));
}

TEST_CASE("domains and names of hosts are names, else they would never match") {
  for (const auto& [domain, told] : std::vector<std::pair<std::string, std::string>>{
           {"'*.B.test'", "; write it as b.test"},
           {"..b.test", "is no host name such as example.org"},
           {".", "is no host name such as example.org"},
           {"5", "; write it as 0.0.0.5"},
           {"b%2etest", "; write it as b.test"},
           {"'http://b.test/'", "is no host name such as example.org"},
           {"'b.test:80'", "is no host name such as example.org"},
           {"b.test/x", "is no host name such as example.org"},
           {"''", "is no host name such as example.org"}}) {
    const std::string found = told_of_site("domains: [a.test, " + domain + "]");
    CHECK_THAT(found, StartsWith("f.yaml:4:23: domains: \"") && Contains(told));
  }
  CHECK(told_of_site("domains: [b.test, xn--bcher-kva.test, localhost, 192.0.2.1]") == "loaded");
  CHECK(told_of_site("domains: [.b.test, B.Test, bücher.test]") == "loaded");
  for (const char* name : {"''", "a b", "'http://a.test/'", "'a.test:80'", "'*'"}) {
    CHECK_THAT(told_of_run("dns: {hosts: {" + std::string(name) + ": 192.0.2.1}}"),
               Contains("is no host name such as example.org"));
  }
  CHECK(told_of_run("dns: {hosts: {A.test: 192.0.2.1}}") == "loaded");
}

TEST_CASE("sizes that would hold a crawl, or lift a limit, are refused") {
  CHECK_THAT(told_of_run("memory_high: 2B"), StartsWith("f.yaml:1:14: memory_high: 2B is less"));
  CHECK(told_of_run("memory_high: 64MiB") == "loaded");
  CHECK(told_of_run("memory_high: 0") == "loaded");
  CHECK_THAT(told_of_run("limits: {bytes: 0.5B}"),
             StartsWith("f.yaml:1:17: limits.bytes: \"0.5B\""));
  CHECK(told_of_run("limits: {bytes: 0.5KiB}") == "loaded");
}

TEST_CASE("a size without a unit is refused: disk_low of 2 would be two bytes") {
  CHECK(told_of_run("disk_low: 2") ==
        "f.yaml:1:11: disk_low: \"2\" is not what is wanted here: a size with its unit (KiB, "
        "MiB, GiB, kB, MB, GB)");
  CHECK_THAT(told_of_site("max_body_size: 1048576"), Contains("a size with its unit"));
  CHECK(told_of_run("disk_low: 0") == "loaded");
  CHECK(told_of_run("disk_low: 1025B") == "loaded");
}

TEST_CASE("what is wanted in place of a value out of its range names no example out of it") {
  CHECK_THAT(told_of_run("parse: {cpu: 500ms}"),
             EndsWith("a duration with its unit (ms, s, m, h, d, w), from 1s to 10m"));
  CHECK_THAT(told_of_run("parse: {memory: 1MiB}"), EndsWith("GB), at least 16MiB"));
  CHECK_THAT(told_of_run("parse_workers: 0"), EndsWith("auto, or a whole number, from 1 to 1024"));
}

TEST_CASE("whoever writes no number of workers is told of auto") {
  CHECK_THAT(told_of_run("parse_workers: cores"), Contains("wanted here: auto, or a whole number"));
}

TEST_CASE("a first interval out of its bounds is told") {
  CHECK_THAT(told_of_site("revisit: {default: 5s}"),
             Contains("revisit: default 5s is out of min 1h and max 90d, which hold"));
  CHECK_THAT(told_of_site("revisit: {default: 365d}"), Contains("default 365d"));
  CHECK(told_of_site("revisit: {min: 30d}") == "loaded");
}

TEST_CASE("whoever is to be asked about the crawler can be reached") {
  const auto agent = [](const std::string& keys) {
    return told_of_run("user_agent: {name: bot, " + keys + "}");
  };
  for (const char* url : {"5", "/bot", "bot.test", "mailto:a@a.test"}) {
    CHECK_THAT(agent("url: '" + std::string(url) + "'"), Contains("is no http or https URL"));
  }
  for (const char* email : {"5", "me", "@a.test", "me@", "me @a.test"}) {
    CHECK_THAT(agent("email: '" + std::string(email) + "'"), Contains("is no address such as"));
  }
  CHECK(agent("url: 'https://a.test/bot', email: me@a.test") == "loaded");
}

TEST_CASE("headers that say where a request ends are not given, and a folder is no program") {
  for (const char* name : {"Content-Length", "transfer-encoding"}) {
    CHECK_THAT(told_of_site("headers: {" + std::string(name) + ": x}"),
               Contains("is told by what is sent, and by nobody else"));
  }
  CHECK_THAT(told_of_run("hooks: {exec: [/bin]}"), Contains("/bin is no program that can be run"));
}

TEST_CASE("the name of a site is one line of text, as status, logs and commands show it") {
  const auto named = [](const std::string& name) {
    return told_of("sites:\n  - name: " + name + "\n    seeds: ['http://a.test/']\n");
  };
  for (const char* name : {R"("a\nb")", R"("\e[31mred")", R"("\x7f")"}) {
    CHECK_THAT(named(name), StartsWith("f.yaml:2:11: name: holds a line break"));
  }
  for (const char* name : {"a b", "caf\xC3\xA9", "a/b"}) CHECK(named(name) == "loaded");
}

TEST_CASE("a merge key of YAML 1.1 is told where settings of several sites stand") {
  CHECK_THAT(
      told_of_site("<<: {delay: 5s}"),
      StartsWith("f.yaml:4:5: unknown key \"<<\" in \"sites[0]\"; maps are not merged here"));
}

TEST_CASE("a prefix's share of no number of pages is told") {
  CHECK_THAT(told_of_site("budget: {per_prefix: 10%}"), Contains("so it limits nothing"));
  for (const char* keys : {"budget: {per_prefix: 10%, per_host: 50}", "budget: {per_prefix: 10}",
                           "budget: {per_prefix: 10%}\n    limits: {pages: 50}"}) {
    CHECK(told_of_site(keys) == "loaded");
  }
}
