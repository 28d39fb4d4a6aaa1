// What may stand where a configuration wants an address, a range, a name server, a proxy or a
// listener.
//
// Judged by its form alone: nothing is looked up or contacted.
#pragma once

#include <optional>
#include <string>

namespace crawld::config {

bool is_cidr(const std::string& text);               // "10.0.0.0/8", or one address
bool is_list_of_addresses(const std::string& text);  // "192.0.2.1,[2001:db8::1]"
bool is_name_server(const std::string& text);        // "192.0.2.1", "[2001:db8::1]:53"
// "127.0.0.1:9464", "[::1]:9464", "localhost:9464": where only this machine reaches it.
bool is_local_listener(const std::string& text);
bool is_socket_path(const std::string& text);  // as long as the name of a Unix socket may be
// "http://user:password@host:port"; scheme, user and port may be missing, but of a name without a
// dot one of scheme and port is needed.
bool is_proxy(const std::string& text);
// The host that is named, as URLs spell it: "xn--bcher-kva.test" of "Bücher.test". Nothing where it
// is no host: a URL, a pattern, one with a port, with an empty label.
std::optional<std::string> host_of(const std::string& text);
// Likewise of a domain, which may start with a dot, as wget and cookies (RFC 6265 section 5.2.3)
// write it. An address stands as URLs spell it, or 5 would be 0.0.0.5.
std::optional<std::string> domain_of(const std::string& text);

}  // namespace crawld::config
