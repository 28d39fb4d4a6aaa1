// What fetch needs to know of a site: the slice of its configuration that it reads.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "crawler/base/address_family.h"
#include "crawler/base/tls_offer.h"

namespace crawld::fetch {

struct SiteFetchConfig {
  std::string name;  // a site keeps its cookies over a reload by its name

  std::chrono::milliseconds dns_timeout{5'000};
  std::chrono::milliseconds connect_timeout{10'000};     // TCP, proxy and TLS handshakes
  std::chrono::milliseconds first_byte_timeout{20'000};  // from the start of the transfer
  std::chrono::milliseconds total_timeout{60'000};       // all but the DNS look-up
  std::uint64_t min_rate = 1'024;  // bytes a second once the answer has begun; 0: none
  std::chrono::milliseconds min_rate_window{10'000};  // what min_rate is an average over
  std::size_t max_body_size = 10 << 20;               // bytes as sent; what is beyond is cut off
  // Media types whose bodies are received, "text/*" or "application/pdf"; empty: all. Of pages
  // only, and what does not say its type is received.
  std::vector<std::string> content_types;

  // Sent, like `auth`, to `credential_origins` only: "https://host[:port]" as
  // model::Url::origin() writes it, usually those of the seeds. A name given here
  // replaces the fetcher's own header of that name.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string auth;  // "basic user:pass" | "digest user:pass" | "bearer token"; empty: none
  std::set<std::string> credential_origins;

  // Where connections start, those to a proxy too: an address of this machine, or an interface.
  // Empty: as the routes say. Name servers are asked as the routes say.
  std::string bind_address;
  // Of the addresses of hosts and proxies.
  base::AddressFamily address_family = base::AddressFamily::any;
  // URLs as curl takes them (http, https, socks5, socks5h); each host keeps to one. Empty: none.
  std::vector<std::string> proxies;

  bool cookies = true;
  std::string cookie_file;  // Netscape format, read once; empty: none
  // As cookie_file, read behind it where it is there; CookieSaver writes it. Empty: none.
  std::string save_cookies;
  bool keep_session_cookies = false;  // saved are those without a lifetime, too

  bool hsts = true;  // RFC 6797: what hosts say of it is heeded
  bool verify_tls = true;
  std::string ca_certificate;  // PEM file used instead of the system's; empty: the system's
  // PEM files of the client; sent, like `auth`, to `credential_origins` only, and never to a proxy.
  std::string certificate;           // empty: none
  std::string private_key;           // empty: in the file of the certificate
  std::string private_key_password;  // empty: none
  base::TlsVersion tls_min_version = base::TlsVersion::system;
  base::TlsVersion tls_max_version = base::TlsVersion::system;
  std::string tls_ciphers;  // as openssl-ciphers(1) has it; empty: libcurl's
  bool http2 = true;        // offered in the TLS handshake

  std::vector<std::string> allow_addresses;  // CIDRs opened in the address guard
  std::vector<std::uint16_t> ports;          // allowed although browsers refuse them
};

// What one FetchContext shares over all sites.
struct DnsConfig {
  std::vector<std::string> servers;  // "192.0.2.1[:53]", "[2001:db8::1]:53"; empty: resolv.conf
  std::vector<std::pair<std::string, std::string>> hosts;  // name -> address[,address]
  std::vector<std::string> resolve;                        // HOST:PORT:ADDR[,ADDR], as curl's
  std::chrono::milliseconds query_timeout{5'000};          // a name, all tries together
  // How long names wait while no name server answers for any; see dns_outage.h.
  std::chrono::milliseconds outage_at_start{0};
  std::chrono::milliseconds outage = std::chrono::hours(1);
  std::size_t max_parallel = 128;    // names under way since less than a second
  std::size_t max_cached = 100'000;  // names
  bool use_hosts_file = true;        // /etc/hosts
};

}  // namespace crawld::fetch
