/* SPDX-License-Identifier: MIT */
/*
 * Criterion's checks as clang-tidy is to see them: a check that does not hold ends the test. Criterion's own
 * macros build a message first and go on after cr_expect(), so that each of them doubles the paths that the
 * analyzer has to walk: it gave up on most tests, after ten seconds of each. Included before each test by
 * ./dev lint, never compiled.
 */
#ifndef LIDO_TESTS_HOUSE_CRITERION_FOR_TIDY_H
#define LIDO_TESTS_HOUSE_CRITERION_FOR_TIDY_H

#include <criterion/criterion.h>
#include <string.h>

_Noreturn __attribute__((format(printf, 1, 2))) void house_check_failed(const char *format, ...);

#define HOUSE_CHECK(condition, ...) ((condition) ? (void)0 : house_check_failed("" __VA_ARGS__))

#undef cr_assert
#undef cr_assert_not
#undef cr_assert_null
#undef cr_assert_not_null
#undef cr_assert_eq
#undef cr_assert_neq
#undef cr_assert_lt
#undef cr_assert_leq
#undef cr_assert_gt
#undef cr_assert_geq
#undef cr_assert_str_eq
#undef cr_assert_str_neq
#define cr_assert(condition, ...) HOUSE_CHECK(condition, __VA_ARGS__)
#define cr_assert_not(condition, ...) HOUSE_CHECK(!(condition), __VA_ARGS__)
#define cr_assert_null(value, ...) HOUSE_CHECK((value) == NULL, __VA_ARGS__)
#define cr_assert_not_null(value, ...) HOUSE_CHECK((value) != NULL, __VA_ARGS__)
#define cr_assert_eq(a, b, ...) HOUSE_CHECK((a) == (b), __VA_ARGS__)
#define cr_assert_neq(a, b, ...) HOUSE_CHECK((a) != (b), __VA_ARGS__)
#define cr_assert_lt(a, b, ...) HOUSE_CHECK((a) < (b), __VA_ARGS__)
#define cr_assert_leq(a, b, ...) HOUSE_CHECK((a) <= (b), __VA_ARGS__)
#define cr_assert_gt(a, b, ...) HOUSE_CHECK((a) > (b), __VA_ARGS__)
#define cr_assert_geq(a, b, ...) HOUSE_CHECK((a) >= (b), __VA_ARGS__)
#define cr_assert_str_eq(a, b, ...) HOUSE_CHECK(strcmp(a, b) == 0, __VA_ARGS__)
#define cr_assert_str_neq(a, b, ...) HOUSE_CHECK(strcmp(a, b) != 0, __VA_ARGS__)

#undef cr_expect
#undef cr_expect_not
#undef cr_expect_null
#undef cr_expect_not_null
#undef cr_expect_eq
#undef cr_expect_neq
#undef cr_expect_lt
#undef cr_expect_leq
#undef cr_expect_gt
#undef cr_expect_geq
#undef cr_expect_str_eq
#undef cr_expect_str_neq
#define cr_expect cr_assert
#define cr_expect_not cr_assert_not
#define cr_expect_null cr_assert_null
#define cr_expect_not_null cr_assert_not_null
#define cr_expect_eq cr_assert_eq
#define cr_expect_neq cr_assert_neq
#define cr_expect_lt cr_assert_lt
#define cr_expect_leq cr_assert_leq
#define cr_expect_gt cr_assert_gt
#define cr_expect_geq cr_assert_geq
#define cr_expect_str_eq cr_assert_str_eq
#define cr_expect_str_neq cr_assert_str_neq

#endif
