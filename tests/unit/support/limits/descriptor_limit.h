/* SPDX-License-Identifier: MIT */
/*
 * The limit on open files, for tests of what happens without descriptors. For the process, and so for one test.
 */
#ifndef LIDO_TESTS_UNIT_SUPPORT_LIMITS_DESCRIPTOR_LIMIT_H
#define LIDO_TESTS_UNIT_SUPPORT_LIMITS_DESCRIPTOR_LIMIT_H

/* Let no descriptor be `count` or above from now on. The hard limit stays, so that another call may raise it. */
void descriptor_limit_set(int count);

/* Set the hard limit, too, for good; it has to be as high as that. Skips the test in valgrind, which lets nobody lower
 * it. */
void descriptor_limit_set_both(int soft, int hard);

#endif
