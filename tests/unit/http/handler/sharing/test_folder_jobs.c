/* SPDX-License-Identifier: MIT */
/* Who joins whose work, who does it, and when it goes. What the work is does not matter here. */
#include "http/handler/sharing/folder_jobs.h"

#include <criterion/criterion.h>
#include <errno.h>

static struct folder_jobs *jobs;
static struct memory_budget budget = {.limit_bytes = 1000 * 1000};

static void set_up(void) {
    jobs = folder_jobs_create();
    cr_assert_not_null(jobs);
}

static void tear_down(void) {
    folder_jobs_destroy(jobs);
}

TestSuite(folder_jobs, .init = set_up, .fini = tear_down, .timeout = 20);

static struct folder_job *join(const char *key) {
    struct folder_job *job = folder_jobs_join(jobs, view_of(key), &budget);
    cr_assert_not_null(job);
    return job;
}

/* Do a part of the work, all that is left of it if `is_last`. Returns whether it was the job's own. */
static bool work_on(struct folder_job *job, bool is_last) {
    struct folder_turn turn = folder_job_begin_turn(job);
    cr_assert_not(turn.product->is_done);
    turn.product->written_rows++;
    turn.product->is_done = is_last;
    bool is_own = turn.is_own;
    folder_job_end_turn(&turn);
    return is_own;
}

static void expect_nothing_left(void) {
    cr_expect_eq(budget.used_bytes, 0, "%zu", (size_t)budget.used_bytes);
}

Test(folder_jobs, are_the_same_for_the_same_key_until_they_begin) {
    struct folder_job *one = join("a");
    struct folder_job *other = join("b");
    struct folder_job *two = join("a");
    cr_expect_eq(one, two);
    cr_expect_neq(one, other);
    cr_expect_not(folder_job_has_to_wait(one));
    cr_expect(work_on(one, false));
    struct folder_job *late = join("a");
    cr_expect_neq(late, one, "it may have been read before this one came");
    cr_expect(folder_job_has_to_wait(late));
    cr_expect_eq(join("a"), late);
    folder_job_release(late);
    folder_job_release(late);
    folder_job_release(one);
    folder_job_release(two);
    folder_job_release(other);
    expect_nothing_left();
}

Test(folder_jobs, are_helped_by_those_who_wait_for_them) {
    struct folder_job *one = join("a");
    cr_expect(work_on(one, false));
    struct folder_job *late = join("a");
    cr_expect_not(work_on(late, false));
    cr_expect_not(work_on(late, true));
    cr_expect(folder_job_product(one)->is_done);
    cr_expect_eq(folder_job_product(one)->written_rows, 3);
    cr_expect(work_on(late, true), "its own turn has come");
    cr_expect_eq(folder_job_product(late)->written_rows, 1);
    folder_job_release(one);
    folder_job_release(late);
    expect_nothing_left();
}

Test(folder_jobs, that_all_have_left_are_not_waited_for) {
    struct folder_job *one = join("a");
    struct folder_job *two = join("a");
    cr_expect(work_on(one, false));
    struct folder_job *late = join("a");
    folder_job_release(one);
    cr_expect_not(work_on(late, false), "another one still wants it");
    folder_job_release(two);
    cr_expect(work_on(late, true));
    folder_job_release(late);
    expect_nothing_left();
}

Test(folder_jobs, go_on_without_those_who_leave) {
    struct folder_job *one = join("a");
    struct folder_job *two = join("a");
    cr_expect(work_on(one, false));
    folder_job_release(one);
    cr_expect(work_on(two, true));
    cr_expect_eq(folder_job_product(two)->written_rows, 2);
    folder_job_release(two);
    expect_nothing_left();
}

Test(folder_jobs, are_to_be_used_up_by_the_last_one_only) {
    struct folder_job *one = join("a");
    struct folder_job *two = join("a");
    cr_expect(work_on(one, true));
    cr_expect_null(folder_job_product_of_one(one));
    folder_job_release(two);
    cr_expect_eq(folder_job_product_of_one(one), folder_job_product(one));
    struct folder_job *late = join("a");
    cr_expect_neq(late, one, "nobody gets what was there before he came");
    cr_expect_not(folder_job_has_to_wait(late));
    folder_job_release(late);
    folder_job_release(one);
    expect_nothing_left();
}

Test(folder_jobs, tell_who_is_alone) {
    struct folder_job *one = join("a");
    struct folder_turn turn = folder_job_begin_turn(one);
    cr_expect(turn.is_own && turn.is_alone);
    folder_job_end_turn(&turn);
    struct folder_job *late = join("a");
    cr_expect_eq(join("a"), late);
    turn = folder_job_begin_turn(late);
    cr_expect(!turn.is_own && !turn.is_alone);
    turn.product->is_done = true;
    folder_job_end_turn(&turn);
    turn = folder_job_begin_turn(late);
    cr_expect(turn.is_own && !turn.is_alone);
    folder_job_end_turn(&turn);
    folder_job_release(one);
    folder_job_release(late);
    folder_job_release(late);
    expect_nothing_left();
}

Test(folder_jobs, pass_an_error_on_to_all) {
    struct folder_job *one = join("a");
    struct folder_job *two = join("a");
    struct folder_turn turn = folder_job_begin_turn(one);
    turn.product->result = -EIO;
    turn.product->is_done = true;
    folder_job_end_turn(&turn);
    turn = folder_job_begin_turn(two);
    cr_expect(turn.product->is_done && turn.product->result == -EIO);
    folder_job_end_turn(&turn);
    folder_job_release(one);
    folder_job_release(two);
    expect_nothing_left();
}

/* Take turns until there is nothing to wait for any more. */
static struct folder_turn wait_for_turn(struct folder_job *job) {
    struct folder_turn turn;
    do {
        turn = folder_job_begin_turn(job);
    } while (turn.product == NULL && !turn.hangs);
    return turn;
}

/* As when a disk hangs: nobody hangs with him who waits for it. */
Test(folder_jobs, are_not_waited_for_once_a_turn_does_not_end) {
    struct folder_job *one = join("a");
    struct folder_job *beside = join("a");
    struct folder_turn hung = folder_job_begin_turn(one);
    struct folder_job *behind = join("a");
    struct folder_turn turn = folder_job_begin_turn(behind);
    cr_expect(turn.product == NULL && !turn.hangs, "it has only begun");

    turn = wait_for_turn(behind);
    cr_assert(turn.is_own && turn.product != NULL, "who follows begins");
    turn.product->is_done = true;
    folder_job_end_turn(&turn);

    turn = wait_for_turn(beside);
    cr_expect(turn.hangs, "who has joined is told to leave");
    folder_job_release(beside);
    beside = join("a");
    cr_expect_neq(beside, one);
    cr_expect(work_on(beside, true));

    hung.product->is_done = true;
    folder_job_end_turn(&hung);
    cr_expect(folder_job_product_of_one(one)->is_done, "it comes back after all");
    folder_job_release(one);
    folder_job_release(beside);
    folder_job_release(behind);
    expect_nothing_left();
}

Test(folder_jobs, that_hang_are_freed_by_who_comes_back) {
    struct folder_job *one = join("a");
    struct folder_turn hung = folder_job_begin_turn(one);
    struct folder_job *behind = join("a");
    struct folder_turn turn = wait_for_turn(behind);
    cr_expect(turn.is_own);
    folder_job_end_turn(&turn);
    folder_job_release(behind);
    folder_job_end_turn(&hung);
    folder_job_release(one);
    expect_nothing_left();
}

Test(folder_jobs, need_no_others) {
    struct folder_job *one = folder_jobs_join(NULL, view_of("a"), &budget);
    struct folder_job *two = folder_jobs_join(NULL, view_of("a"), &budget);
    cr_assert(one != NULL && two != NULL);
    cr_expect_neq(one, two);
    cr_expect(work_on(one, true));
    cr_expect_not_null(folder_job_product_of_one(one));
    folder_job_release(one);
    folder_job_release(two);
    folder_job_release(NULL);
    expect_nothing_left();
}

Test(folder_jobs, are_none_without_a_budget) {
    struct memory_budget none = {.limit_bytes = 0};
    cr_expect_null(folder_jobs_join(jobs, view_of("a"), &none));
    struct folder_job *one = join("a");
    cr_expect(work_on(one, false));
    cr_expect_null(folder_jobs_join(jobs, view_of("a"), &none));
    folder_job_release(one);
    expect_nothing_left();
}
