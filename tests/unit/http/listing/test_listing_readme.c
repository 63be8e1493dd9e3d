/* SPDX-License-Identifier: MIT */
#include "http/listing/listing.h"
#include "tests/unit/http/listing/listing.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(listing_readme, .init = listing_set_up, .fini = listing_tear_down, .timeout = 20);

/* The filter does not matter. */
static void expect_readme(const char *name) {
    struct listing_query query = standard_query();
    strcpy(query.filter, "no such name");
    struct listing *listing = whole_listing("", &query);
    const char *found = listing_readme_name(listing);
    cr_expect((found == NULL) == (name == NULL) && (name == NULL || strcmp(found, name) == 0),
              "%s instead of %s", found != NULL ? found : "none", name != NULL ? name : "none");
    listing_close(listing);
}

Test(listing_readme, is_the_one_that_is_preferred) {
    static const char *const others[] = {"README.html", "README.md.bak",   "AREADME",
                                         "README.",     "README.markdown", "READM"};
    static const char *const better[] = {"readme",    "README",    "readme.TXT", "README.txt",
                                         "readme.md", "Readme.MD", "README.md"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        folder_write_text(&root, others[i], "x");
    }
    expect_readme(NULL);
    for (size_t i = 0; i < sizeof better / sizeof better[0]; i++) {
        folder_write_text(&root, better[i], "x");
        expect_readme(better[i]);
    }
}

Test(listing_readme, is_none_that_is_no_file_beneath_the_root_or_not_to_be_read) {
    folder_mkdir(&root, "README.md");
    folder_mkdir(&root, "dir");
    folder_write_text(&workplace, "secret", "x");
    folder_symlink(&root, "readme.md", "../secret");
    folder_symlink(&root, "Readme.md", "dir");
    folder_fifo(&root, "README.txt");
    folder_write_text(&root, "readme.txt", "x");
    folder_chmod(&root, "readme.txt", 0);
    become_nobody();
    expect_readme(NULL);
}

Test(listing_readme, may_be_a_link) {
    folder_write_text(&root, "docs/about", "x");
    folder_symlink(&root, "README", "docs/about");
    expect_readme("README");
}
