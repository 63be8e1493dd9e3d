/* SPDX-License-Identifier: MIT */
#include "server/reactor/signals.h"

#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

int signals_open(struct signals *signals) {
    static const int heeded[] = {SIGINT, SIGTERM, SIGQUIT, SIGALRM, SIGHUP, SIGUSR1, SIGUSR2};
    *signals = (struct signals){.source = SOURCE_SIGNALS, .fd = -1};
    sigset_t set;
    (void)sigemptyset(&set);
    for (size_t i = 0; i < sizeof heeded / sizeof heeded[0]; i++) {
        (void)sigaddset(&set, heeded[i]);
    }
    int error = pthread_sigmask(SIG_BLOCK, &set, NULL);
    if (error != 0) {
        return -error;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    signals->fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    return signals->fd == -1 ? -errno : 0;
}

void signals_close(struct signals *signals) {
    if (signals->fd != -1) {
        (void)close(signals->fd);
    }
    signals->fd = -1;
}

bool signals_take(struct signals *signals) {
    struct signalfd_siginfo info;
    bool any = false;
    while (read(signals->fd, &info, sizeof info) == (ssize_t)sizeof info) {
        any = true;
        switch (info.ssi_signo) {
        case SIGHUP:
            signals->reload = true;
            break;
        case SIGUSR1:
            signals->reopen = true;
            break;
        case SIGUSR2:
            break;
        default:
            signals->stop_count++;
            break;
        }
    }
    return any;
}
