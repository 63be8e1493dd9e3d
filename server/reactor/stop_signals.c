/* SPDX-License-Identifier: MIT */
#include "server/reactor/stop_signals.h"

#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

int stop_signals_open(struct stop_signals *signals) {
    *signals = (struct stop_signals){.source = SOURCE_SIGNALS, .fd = -1};
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGTERM);
    int error = pthread_sigmask(SIG_BLOCK, &set, NULL);
    if (error != 0) {
        return -error;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    signals->fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    return signals->fd == -1 ? -errno : 0;
}

void stop_signals_close(struct stop_signals *signals) {
    if (signals->fd != -1) {
        (void)close(signals->fd);
    }
    signals->fd = -1;
}

void stop_signals_take(struct stop_signals *signals) {
    struct signalfd_siginfo info;
    while (read(signals->fd, &info, sizeof info) == (ssize_t)sizeof info) {
        signals->count++;
    }
}
