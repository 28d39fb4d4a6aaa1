// What each thread and each parse worker does now, in the log: the answer to SIGQUIT and its like.
#pragma once

#include "crawler/daemon/session.h"

namespace crawld::daemon {

// One line for the whole, one a thread and one a worker. Threads: any.
void log_state(Session& session);

}  // namespace crawld::daemon
