// Replies that curl and HTTP caches are tested with.
#include <catch2/catch.hpp>

#include "crawler/base/base64.h"
#include "tests/unit/fetch/fetching.h"
#include "tests/unit/fetch/suite.h"

using namespace crawld;
using namespace crawld::tests;

namespace {

// What stands in curl's test file, as its server would send it.
std::string wire_form(const nlohmann::json& reply) {
  const bool marked = reply.contains("attrs") && reply["attrs"].is_string();
  const std::string attributes = marked ? reply["attrs"].get<std::string>() : std::string();
  std::string bytes = base::base64_decode(reply["b64"].get<std::string>()).value_or("");
  if (attributes.find("nonewline") != std::string::npos && bytes.ends_with('\n')) bytes.pop_back();
  if (attributes.find("crlf") == std::string::npos) return bytes;
  std::string out;
  bool in_headers = true;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (in_headers && bytes[i] == '\n') {
      if (!out.ends_with('\r')) out += '\r';
      in_headers = !out.ends_with("\r\n\r");
    }
    out += bytes[i];
  }
  return out;
}

// Options that change what the outcome means; the reply alone decides elsewhere.
bool depends_on_options(const std::string& command) {
  if (command.find("%HTTPPORT/") != command.rfind("%HTTPPORT/")) return true;
  for (const char* option :
       {"-I", "--head", "--http0.9", "--max-filesize", "-C ", "-x ", "--proxy", "--preproxy", "-p ",
        "--digest", "--ntlm", "--negotiate", "--anyauth", "--raw", "--connect-to", "--retry",
        "--tr-encoding", "-X ", "--ignore-content-length"}) {
    if (command.find(option) != std::string::npos) return true;
  }
  return command.find("%HTTPPORT/") == std::string::npos;
}

// curl's exit codes that mean the reply itself was bad.
bool is_bad_reply(int exit) {
  return exit == 1 || exit == 8 || exit == 56 || exit == 61 || exit == 100;
}

}  // namespace

TEST_CASE("curl's odd replies have the outcome that curl gives them") {
  run_suite("http-curl", "http-curl/shared.jsonl", [](const nlohmann::json& test) {
    if (!test["reply"].contains("data") || depends_on_options(test["command"])) throw NotScored{};
    const std::string bytes = wire_form(test["reply"]["data"]);
    TinyServer server([&](Connection& connection) {
      if (connection.read_request()) connection.send(bytes);
    });
    Fetching web;
    const std::string seen = outcome(web.get(server.url("/")));
    const int exit = test["expected_curl_exit"];
    if (exit == 18) return seen == "truncated";
    if (exit == 52) return seen == "empty_reply";
    // Bodies are decoded in the parse worker; curl stopped before it saw the end.
    if (exit == 61 && bytes.find("Content-Encoding") != std::string::npos) {
      return seen == "200" || seen == "truncated";
    }
    if (is_bad_reply(exit)) return seen == "bad_response";
    return seen.size() == 3;  // a status
  });
}

TEST_CASE("a validator goes back to the server as it came") {
  run_suite("http-cache-validators", "http-cache/shared.jsonl", [](const nlohmann::json& test) {
    std::string etag;
    std::string date;
    for (const auto& header :
         test["requests"][0].value("response_headers", nlohmann::json::array())) {
      if (header[0] == "ETag") etag = header[1];
      if (header[0] == "Last-Modified") date = "Sat, 01 Feb 2020 10:00:00 GMT";
    }
    if (etag.empty() && date.empty()) throw NotScored{};
    const std::string lines = (etag.empty() ? "" : "ETag: " + etag + "\r\n") +
                              (date.empty() ? "" : "Last-Modified: " + date + "\r\n");
    TinyServer server([&](Connection& connection) {
      while (auto request = connection.read_request()) {
        const bool conditional = request->find("\r\nIf-") != std::string::npos;
        connection.send(conditional ? "HTTP/1.1 304 Not Modified\r\n" + lines + "\r\n"
                                    : ok("x", lines));
      }
    });
    Fetching web;
    const auto first = web.get(server.url("/"));
    if (first.response() == nullptr) return false;
    auto request = request_for(server.url("/"));
    request.validators = {std::string(first.response()->headers.get("etag")),
                          std::string(first.response()->headers.get("last-modified"))};
    if (outcome(web.get(request)) != "304") return false;
    const std::string sent = server.requests()[1];
    return (etag.empty() ||
            sent.find("\r\nIf-None-Match: " + etag + "\r\n") != std::string::npos) &&
           (date.empty() ||
            sent.find("\r\nIf-Modified-Since: " + date + "\r\n") != std::string::npos);
  });
}
