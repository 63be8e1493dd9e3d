/* SPDX-License-Identifier: MIT */
#include "server/check/secrets.h"

#include <criterion/criterion.h>

Test(secrets, knows_them_by_name) {
    static const struct {
        const char *name;
        bool is_folder;
        enum finding_kind kind; /* FINDING_KINDS_COUNT: nothing */
    } rows[] = {
        {"server.pem", false, FINDING_PRIVATE_KEY},
        {"SERVER.PEM", false, FINDING_PRIVATE_KEY},
        {"id_ed25519", false, FINDING_PRIVATE_KEY},
        {"id_ed25519.pub", false, FINDING_KINDS_COUNT},
        {"id_rsa.old", false, FINDING_PRIVATE_KEY},
        {".env", false, FINDING_SECRET},
        {".env.production", false, FINDING_SECRET},
        {".env.example", false, FINDING_KINDS_COUNT},
        {".htpasswd", false, FINDING_SECRET},
        {".git", true, FINDING_REPOSITORY},
        {".git", false, FINDING_REPOSITORY},
        {".gitignore", false, FINDING_KINDS_COUNT},
        {"site.sql.gz", false, FINDING_DUMP},
        {"shop.sqlite3", false, FINDING_DUMP},
        {"index.html~", false, FINDING_BACKUP},
        {".index.html.swp", false, FINDING_BACKUP},
        {"index.php", false, FINDING_PROGRAM},
        {"index.html", false, FINDING_KINDS_COUNT},
        {"keys.bak", true, FINDING_KINDS_COUNT}, /* a folder's files are judged one by one */
        {"environment.js", false, FINDING_KINDS_COUNT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum finding_kind kind = FINDING_KINDS_COUNT;
        bool is_found = secrets_find(rows[i].name, rows[i].is_folder, &kind);
        cr_expect_eq(is_found, rows[i].kind != FINDING_KINDS_COUNT, "%s", rows[i].name);
        cr_expect_eq(is_found ? kind : FINDING_KINDS_COUNT, rows[i].kind, "%s: %d", rows[i].name, kind);
    }
}
