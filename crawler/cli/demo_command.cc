// crawld demo: serve the demo site on loopback, until a signal comes.
#include <httplib.h>

#include <poll.h>
#include <cstdio>
#include <string>

#include "crawler/cli/commands.h"
#include "crawler/cli/demo_site.h"
#include "crawler/cli/exit_code.h"
#include "crawler/cli/flags/database_option.h"
#include "crawler/cli/flags/option_parser.h"

namespace crawld::cli {

int demo_command(const Arguments& arguments) {
  int port = 8099;
  CLI::App app("Serve the demo site on 127.0.0.1.", "demo");
  app.add_option("--port", port, "port; 0 takes a free one")->check(CLI::Range(0, 65'535));
  add_unread_database_option(app);
  if (const auto code = parse_options(app, arguments)) return *code;
  httplib::Server server;
  // The library's own choice lets a second demo take the port, and get half of the requests.
  server.set_socket_options([](socket_t socket) {
    const int on = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  });
  std::string origin;
  server.Get(".*", [&](const httplib::Request& request, httplib::Response& response) {
    const DemoAnswer answer = demo_answer(request.target, origin);
    if (answer.delay.count() > 0) poll(nullptr, 0, static_cast<int>(answer.delay.count()));
    response.status = answer.status;
    if (!answer.location.empty()) response.set_header("Location", answer.location);
    response.set_content(answer.body, answer.content_type.c_str());
  });
  if (port == 0) {
    port = server.bind_to_any_port("127.0.0.1");
  } else if (!server.bind_to_port("127.0.0.1", port)) {
    return complain("port " + std::to_string(port) + " is taken; try --port 0", kError);
  }
  origin = "http://127.0.0.1:" + std::to_string(port);
  std::printf("the demo site is at %s/ (Ctrl-C ends it)\n", origin.c_str());
  std::printf("crawl it: crawld crawl --allow-address 127.0.0.0/8 %s/\n", origin.c_str());
  std::fflush(stdout);
  return server.listen_after_bind() ? kFinished : kError;
}

}  // namespace crawld::cli
