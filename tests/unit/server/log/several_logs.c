/* SPDX-License-Identifier: MIT */
#include "tests/unit/server/log/several_logs.h"

#include "conf/config.h"
#include "tests/support/deadline.h"
#include "tests/unit/support/config.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

struct folder place;
struct logs logs;
struct client_address client = {.family = AF_INET, .bytes = {192, 0, 2, 7}};
char news[2048];

static struct log_user user;

void begin_logs(void) {
    config_test_begin();
    folder_create(&place);
    logs_init(&logs);
    logs_join(&logs, &user);
}

void end_logs(void) {
    logs_leave(&logs, &user);
    logs_deinit(&logs);
    folder_remove(&place);
    config_test_end();
}

int turn_to(const char *text) {
    char file[4096] = "";
    size_t length = 0;
    for (; *text != '\0'; text++) {
        length += *text == '@' ? (size_t)snprintf(file + length, sizeof file - length, "%s", place.path) : 0;
        file[length] = *text;
        length += *text == '@' ? 0 : 1;
    }
    file[length] = '\0';
    start_again();
    cr_assert(load(file), "%s: %s", file, error);
    struct log_plan *plan = NULL;
    const struct config_rule *failed = NULL;
    int result = log_plan_create(&plan, atomic_load(&logs.current), &config, &failed);
    if (result == 0) {
        logs_turn_to(&logs, plan);
        log_plan_release(plan);
    }
    return result;
}

void answer(const char *request_line, int status) {
    struct answer_record record = {
        .client = &client, .request_line = view_of(request_line), .status = (enum http_status)status};
    logs_write(&logs, &user, &record);
}

void tell(void *context, const char *line) {
    (void)context;
    (void)snprintf(news + strlen(news), sizeof news - strlen(news), "%s\n", line);
}

void await_no_former(void) {
    int64_t deadline = deadline_in(30000);
    while (logs.former != NULL) {
        cr_assert(clock_now_ms() < deadline, "a plan is left over");
        (void)logs_look(&logs, tell, NULL);
    }
}

void expect_text(const char *name, const char *expected) {
    char found[1024];
    folder_read_text(&place, name, found, sizeof found);
    cr_expect_str_eq(found, expected, "%s", name);
}
