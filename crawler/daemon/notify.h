// systemd's notification protocol (sd_notify(3)): datagrams to $NOTIFY_SOCKET.
//
// Does nothing where no service manager listens. Threads: any.
#pragma once

#include <string>

namespace crawld::daemon {

// "READY=1", "STATUS=...", "STOPPING=1", "WATCHDOG=1", several separated by newlines.
void notify_service_manager(const std::string& state);

}  // namespace crawld::daemon
