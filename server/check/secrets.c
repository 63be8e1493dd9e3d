/* SPDX-License-Identifier: MIT */
#include "server/check/secrets.h"

#include <fnmatch.h>
#include <stddef.h>

/* Of several that match, the first one counts. */
static const struct {
    const char *pattern; /* of fnmatch(3), in any letter case */
    bool is_folder;
    enum finding_kind kind;
} rows[] = {
    {".git", true, FINDING_REPOSITORY},
    {".git", false, FINDING_REPOSITORY}, /* of a worktree */
    {".hg", true, FINDING_REPOSITORY},
    {".svn", true, FINDING_REPOSITORY},
    {".bzr", true, FINDING_REPOSITORY},
    {".ssh", true, FINDING_SECRET},
    {".gnupg", true, FINDING_SECRET},
    {".aws", true, FINDING_SECRET},
    {".kube", true, FINDING_SECRET},
    {"*.pub", false, FINDING_KINDS_COUNT}, /* meant to be public */
    {"*.pem", false, FINDING_PRIVATE_KEY},
    {"*.key", false, FINDING_PRIVATE_KEY},
    {"*.p12", false, FINDING_PRIVATE_KEY},
    {"*.pfx", false, FINDING_PRIVATE_KEY},
    {"*.jks", false, FINDING_PRIVATE_KEY},
    {"*.ppk", false, FINDING_PRIVATE_KEY},
    {"*.kdbx", false, FINDING_PRIVATE_KEY},
    {"id_rsa*", false, FINDING_PRIVATE_KEY},
    {"id_dsa*", false, FINDING_PRIVATE_KEY},
    {"id_ecdsa*", false, FINDING_PRIVATE_KEY},
    {"id_ed25519*", false, FINDING_PRIVATE_KEY},
    {".env.example", false, FINDING_KINDS_COUNT},
    {".env.sample", false, FINDING_KINDS_COUNT},
    {".env", false, FINDING_SECRET},
    {".env.*", false, FINDING_SECRET},
    {"*.env", false, FINDING_SECRET},
    {".htpasswd*", false, FINDING_SECRET},
    {".netrc", false, FINDING_SECRET},
    {".npmrc", false, FINDING_SECRET},
    {".pypirc", false, FINDING_SECRET},
    {".pgpass", false, FINDING_SECRET},
    {".git-credentials", false, FINDING_SECRET},
    {".*_history", false, FINDING_SECRET},
    {"wp-config.php*", false, FINDING_SECRET},
    {"*.ovpn", false, FINDING_SECRET},
    {"*.tfstate", false, FINDING_SECRET},
    {"*.sql", false, FINDING_DUMP},
    {"*.sql.*", false, FINDING_DUMP},
    {"*.sqlite", false, FINDING_DUMP},
    {"*.sqlite3", false, FINDING_DUMP},
    {"*.mdb", false, FINDING_DUMP},
    {"*.dump", false, FINDING_DUMP},
    {"dump.rdb", false, FINDING_DUMP},
    {"*.bak", false, FINDING_BACKUP},
    {"*.bak.*", false, FINDING_BACKUP},
    {"*~", false, FINDING_BACKUP},
    {"*.orig", false, FINDING_BACKUP},
    {"*.old", false, FINDING_BACKUP},
    {"*.save", false, FINDING_BACKUP},
    {"*.swp", false, FINDING_BACKUP},
    {"*.swo", false, FINDING_BACKUP},
    {"#*#", false, FINDING_BACKUP},
    {"*.php", false, FINDING_PROGRAM},
    {"*.phtml", false, FINDING_PROGRAM},
    {"*.asp", false, FINDING_PROGRAM},
    {"*.aspx", false, FINDING_PROGRAM},
    {"*.jsp", false, FINDING_PROGRAM},
    {"*.cgi", false, FINDING_PROGRAM},
    {".htaccess", false, FINDING_PROGRAM},
};

bool secrets_find(const char *name, bool is_folder, enum finding_kind *kind) {
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].is_folder == is_folder && fnmatch(rows[i].pattern, name, FNM_CASEFOLD) == 0) {
            *kind = rows[i].kind;
            return rows[i].kind != FINDING_KINDS_COUNT;
        }
    }
    return false;
}
