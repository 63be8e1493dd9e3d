/* SPDX-License-Identifier: MIT */
/* The test is the service: it has the socket that lines are sent to. */
#include "server/log/output.h"
#include "tests/support/folder.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct folder folder;
static struct log_output output = {.fd = -1};
static int service = -1;

static void start_service(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct folder_path path = folder_path(&folder, "socket");
    cr_assert_lt(strlen(path.text), sizeof address.sun_path);
    memcpy(address.sun_path, path.text, strlen(path.text) + 1);
    service = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    cr_assert_eq(bind(service, (const struct sockaddr *)&address, sizeof address), 0);
}

static void stop_service(void) {
    (void)close(service);
    cr_assert_eq(unlink(folder_path(&folder, "socket").text), 0);
    service = -1;
}

static void set_up(void) {
    folder_create(&folder);
    start_service();
}

static void tear_down(void) {
    log_output_close(&output);
    folder_remove(&folder);
}

TestSuite(datagrams, .init = set_up, .fini = tear_down, .timeout = 60);

static int open_output(const char *word, bool has_levels) {
    char destination[FOLDER_PATH_BYTES + 32];
    (void)snprintf(destination, sizeof destination, "%s@%s", word, folder_path(&folder, "socket").text);
    return log_output_open(&output, destination, (struct log_output_form){.has_levels = has_levels});
}

static uint64_t put(const char *lines) {
    return log_output_write(&output, lines, strlen(lines));
}

static void expect_datagram(const char *pattern) {
    char text[512] = "";
    regex_t expression;
    ssize_t n = recv(service, text, sizeof text - 1, 0);
    cr_assert_gt(n, 0);
    cr_assert_eq(regcomp(&expression, pattern, REG_EXTENDED | REG_NOSUB), 0);
    cr_expect_eq(regexec(&expression, text, 0, NULL, 0), 0, "'%s' is not '%s'", text, pattern);
    regfree(&expression);
}

#define TIME_AND_NAME "[A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2} lido\\[[0-9]+\\]: "

Test(datagrams, to_syslog_have_facility_time_and_process) {
    cr_assert_eq(open_output("syslog:local3", false), 0);
    cr_expect_eq(put("one\ntwo\n"), 0);
    expect_datagram("^<158>" TIME_AND_NAME "one$"); /* 19 * 8 + 6 */
    expect_datagram("^<158>" TIME_AND_NAME "two$");
}

Test(datagrams, to_syslog_come_from_a_daemon_unless_said) {
    cr_assert_eq(open_output("syslog:", false), 0);
    cr_expect_eq(put("<3>what a client sent\n"), 0);
    expect_datagram("^<30>" TIME_AND_NAME "<3>what a client sent$");
}

Test(datagrams, to_the_journal_are_fields) {
    cr_assert_eq(open_output("journal:", true), 0);
    cr_expect_eq(put("<3>one\ntwo=2\n"), 0);
    expect_datagram("^SYSLOG_IDENTIFIER=lido\nPRIORITY=3\nMESSAGE=one\n$");
    expect_datagram("^SYSLOG_IDENTIFIER=lido\nPRIORITY=6\nMESSAGE=two=2\n$");
}

Test(datagrams, find_a_service_that_was_started_anew) {
    cr_assert_eq(open_output("journal:", false), 0);
    stop_service();
    cr_expect_eq(put("lost\nlost\n"), 2);
    cr_expect_eq(output.error, ENOENT);
    start_service();
    cr_expect_eq(put("found\n"), 0);
    expect_datagram("MESSAGE=found\n$");
}

Test(datagrams, need_a_service_at_the_start) {
    stop_service();
    cr_expect_eq(open_output("syslog:", false), -ENOENT);
}
