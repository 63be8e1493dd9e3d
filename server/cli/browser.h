/* SPDX-License-Identifier: MIT */
/*
 * Opens a web browser for --open, and forgets it: nothing that the browser does comes back here.
 */
#ifndef LIDO_SERVER_CLI_BROWSER_H
#define LIDO_SERVER_CLI_BROWSER_H

/* Start $BROWSER, or else the desktop's opener (xdg-open), with the URL, and do not wait for it. Ignores
 * SIGCHLD from then on (sigaction(2), SA_NOCLDWAIT). Returns 0, or a negative errno when there is none. The
 * main thread only. */
int browser_open(const char *url) __attribute__((warn_unused_result));

#endif
