// Replies that curl and HTTP caches are tested with.
#include <catch2/catch.hpp>

#include "crawler/base/base64.h"
#include "tests/support/suite.h"
#include "tests/unit/fetch/fetching.h"

using namespace crawld;
using namespace crawld::tests;

namespace {

// What stands in curl's test file, as its server would send it.
std::string wire_form(const Json& reply) {
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

// Whether our outcome says the same as curl's exit code.
bool agrees(const std::string& seen, int exit, const std::string& reply) {
  if (exit == 18) return seen == "truncated";
  if (exit == 52) return seen == "empty_reply";
  // Bodies are decoded in the parse worker; curl stopped before it saw the end.
  if (exit == 61 && reply.find("Content-Encoding") != std::string::npos) {
    return seen == "200" || seen == "truncated";
  }
  if (is_bad_reply(exit)) return seen == "bad_response";
  return seen.size() == 3;  // a status
}

struct Validators {
  std::string etag;
  std::string date;
};

// What the first answer of the case is known again by.
Validators validators_of(const Json& test) {
  Validators found;
  for (const auto& header : test["requests"][0].value("response_headers", Json::array())) {
    if (header[0] == "ETag") found.etag = header[1];
    if (header[0] == "Last-Modified") found.date = "Sat, 01 Feb 2020 10:00:00 GMT";
  }
  return found;
}

std::string validators_failure(const Json& test) {
  const auto [etag, date] = validators_of(test);
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
  if (first.response() == nullptr) return "is not answered";
  auto request = request_for(server.url("/"));
  request.validators = {std::string(first.response()->headers.get("etag")),
                        std::string(first.response()->headers.get("last-modified"))};
  const std::string again = outcome(web.get(request));
  if (again != "304") return "gives " + again + " to what goes back";
  const std::string sent = server.requests()[1];
  const auto lacks = [&](const std::string& line) { return sent.find(line) == std::string::npos; };
  if (!etag.empty() && lacks("\r\nIf-None-Match: " + etag + "\r\n")) return "sends " + sent;
  if (!date.empty() && lacks("\r\nIf-Modified-Since: " + date + "\r\n")) return "sends " + sent;
  return "";
}

}  // namespace

TEST_CASE("curl's odd replies have the outcome that curl gives them") {
  auto cases = suite_cases("http-curl/shared.jsonl");
  std::erase_if(cases, [](const Json& test) {
    return !test["reply"].contains("data") || depends_on_options(test["command"]);
  });
  run_suite("http-curl", cases, [](const Json& test) -> std::string {
    const std::string bytes = wire_form(test["reply"]["data"]);
    TinyServer server([&](Connection& connection) {
      if (connection.read_request()) connection.send(bytes);
    });
    Fetching web;
    const std::string seen = outcome(web.get(server.url("/")));
    const int exit = test["expected_curl_exit"];
    return agrees(seen, exit, bytes) ? "" : "is " + seen + ", curl's exit " + std::to_string(exit);
  });
}

TEST_CASE("a validator goes back to the server as it came") {
  auto cases = suite_cases("http-cache/shared.jsonl");
  std::erase_if(cases, [](const Json& test) {
    const auto [etag, date] = validators_of(test);
    return etag.empty() && date.empty();
  });
  run_suite("http-cache-validators", cases, validators_failure);
}
