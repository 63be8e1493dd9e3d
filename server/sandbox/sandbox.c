/* SPDX-License-Identifier: MIT */
#include "server/sandbox/sandbox.h"

#include "conf/config.h"
#include "conf/values/log_destination.h"
#include "http/base/json_writer.h"
#include "server/sandbox/calls.h"
#include "server/sandbox/capabilities.h"
#include "server/sandbox/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static bool is_off(const char *value) {
    return strcmp(value, "off") == 0;
}

static enum server_result fail(char error[SERVER_ERROR_BYTES], enum server_result result, const char *format,
                               ...) __attribute__((format(printf, 3, 4)));

static enum server_result fail(char error[SERVER_ERROR_BYTES], enum server_result result, const char *format,
                               ...) {
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(error, SERVER_ERROR_BYTES, format, arguments);
    va_end(arguments);
    return result;
}

static enum server_result fail_to_look(const char *path, int result, char error[SERVER_ERROR_BYTES]) {
    errno = -result;
    return fail(error, SERVER_FAILED, "sandbox: cannot look at '%s': %m", path);
}

/* --- before anything is open ---------------------------------------------------------------------------- */

bool sandbox_lacks_user(const struct config *config, char error[SERVER_ERROR_BYTES]) {
    if (geteuid() != 0 || !is_off(config->user)) {
        return false;
    }
    (void)fail(
        error, SERVER_MISTAKE,
        "root started this: say who it shall run as (user = \"www-data\", or -s user=www-data), or write "
        "user = root");
    return true;
}

/* Time zone and random seed are read before, as they are outside. Returns false and sets errno. */
static bool go_into_root(const char *path) {
    tzset();
    json_writer_seed();
    return chroot(path) == 0 && chdir("/") == 0;
}

/* Only root can: with `is_known` that is no failure for others, but leaves it false. NULL: it is one. */
static enum server_result change_root(const struct config *config, bool *is_known,
                                      char error[SERVER_ERROR_BYTES]) {
    if (is_off(config->chroot) || go_into_root(config->chroot)) {
        return SERVER_OK;
    }
    if (is_known != NULL && (errno == EPERM || errno == EACCES)) {
        *is_known = false;
        return SERVER_OK;
    }
    return fail(error, SERVER_MISTAKE, "%s: chroot: cannot go into '%s': %m",
                config_origin(config, "chroot", 0), config->chroot);
}

enum server_result sandbox_check(const struct config *config, bool *is_known,
                                 char error[SERVER_ERROR_BYTES]) {
    enum server_result result = identity_check(config, error);
    *is_known = true;
    return result == SERVER_OK ? change_root(config, is_known, error) : result;
}

/* If nobody knew where it is, it might be granted as any folder is. */
static enum server_result find_home(struct sandbox *sandbox, const struct config *config,
                                    char error[SERVER_ERROR_BYTES]) {
    const char *home = config->sandbox == SANDBOX_OFF ? NULL : getenv("HOME");
    sandbox->home = home != NULL ? realpath(home, NULL) : NULL;
    bool is_unknown = home != NULL && sandbox->home == NULL && !grants_is_absent(errno);
    return is_unknown ? fail_to_look(home, -errno, error) : SERVER_OK;
}

enum server_result sandbox_prepare(struct sandbox *sandbox, const struct config *config,
                                   char error[SERVER_ERROR_BYTES]) {
    *sandbox = (struct sandbox){.has_files = false};
    enum server_result result = find_home(sandbox, config, error);
    result = result == SERVER_OK ? identity_find(&sandbox->identity, config, error) : result;
    return result == SERVER_OK ? change_root(config, NULL, error) : result;
}

/* --- going in ------------------------------------------------------------------------------------------- */

static void note(char text[SANDBOX_TEXT_BYTES], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Add to a list. */
static void note(char text[SANDBOX_TEXT_BYTES], const char *format, ...) {
    size_t length = strlen(text);
    if (length > 0) {
        (void)snprintf(text + length, SANDBOX_TEXT_BYTES - length, ", ");
        length = strlen(text);
    }
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text + length, SANDBOX_TEXT_BYTES - length, format, arguments);
    va_end(arguments);
}

/* Whoever it is now has to get into the roots, or all requests would be refused. */
static enum server_result check_root(const struct config *config, const char *root,
                                     char error[SERVER_ERROR_BYTES]) {
    if (faccessat(AT_FDCWD, root, R_OK, AT_EACCESS) == 0) {
        return SERVER_OK;
    }
    return fail(error, SERVER_MISTAKE, "%s: user: '%s' cannot read '%s': %m",
                config_origin(config, "user", 0), config->user, root);
}

static enum server_result take_identity(struct sandbox *sandbox, const struct config *config,
                                        char error[SERVER_ERROR_BYTES]) {
    if (!sandbox->identity.changes) {
        return SERVER_OK;
    }
    int result = identity_take(&sandbox->identity);
    if (result != 0) {
        errno = -result;
        return fail(error, SERVER_FAILED, "%s: user: cannot become '%s': %m",
                    config_origin(config, "user", 0), config->user);
    }
    sandbox->drops = true;
    enum server_result checked = check_root(config, config->site.root, error);
    for (size_t i = 0; i < config->host_count && checked == SERVER_OK; i++) {
        checked = check_root(config, config->hosts[i].site.root, error);
    }
    return checked;
}

/* Whether the kernel does not offer it, or a container hides it: that is for the owner to know, and no reason not to serve.
 * What is short or broken for the moment is one; else the server would run for years without what the next start has. */
static bool cannot_be_had(int error) {
    return error == ENOSYS || error == EOPNOTSUPP || error == EINVAL || error == EPERM || error == EACCES ||
           error == E2BIG;
}

/* Note what became of a part of the sandbox that does not hold. */
static enum server_result lack(struct sandbox_report *report, const char *what, int result,
                               char error[SERVER_ERROR_BYTES]) {
    errno = -result;
    if (!cannot_be_had(-result)) {
        return fail(error, SERVER_FAILED, "sandbox: %s: %m", what);
    }
    note(report->lacks, "%s: %m", what);
    return SERVER_OK;
}

static enum server_result give_up_rights(struct sandbox *sandbox, struct sandbox_report *report,
                                         char error[SERVER_ERROR_BYTES]) {
    static const char privileges[] = "no new privileges";
    int result = capabilities_give_up();
    if (result == 0) {
        sandbox->drops = true;
        note(report->holds, "no capabilities");
    } else if (lack(report, "capabilities", result, error) != SERVER_OK) {
        return SERVER_FAILED;
    }
    result = capabilities_allow_no_new();
    if (result == 0) {
        note(report->holds, "%s", privileges);
        return SERVER_OK;
    }
    return lack(report, privileges, result, error);
}

/* Of /proc the server reads its own threads' times and the machine's. What stands there has no place on a disk: the
 * kernel forgets it, and the grant with it, unless somebody has it open. Returns 0 or a negative errno, and then what
 * it is about. */
static int grant_proc(struct sandbox *sandbox, const char **failed) {
    static const char *const kept[SANDBOX_HELD_MAX] = {"/proc/self", "/proc/stat"};
    int result = 0;
    for (size_t i = 0; i < SANDBOX_HELD_MAX && result == 0; i++) {
        *failed = kept[i];
        int fd = open(kept[i], O_PATH | O_CLOEXEC);
        if (fd != -1) {
            sandbox->held[sandbox->held_count++] = fd;
        }
        result =
            fd == -1 && !grants_is_absent(errno) ? -errno : grants_add(&sandbox->grants, kept[i], GRANT_READ);
    }
    return result;
}

static int grant_system(struct sandbox *sandbox, const char **failed) {
    static const char *const read[] = {
        "/etc/hosts",
        "/etc/host.conf",
        "/etc/resolv.conf",
        "/etc/services",
        "/etc/nsswitch.conf",
        "/etc/gai.conf",
        "/etc/localtime",
        "/sys/devices/system/cpu/online",
#ifdef LIDO_HAVE_SANITIZERS
        "/proc",
        "/proc/self/exe", /* for the reports */
#endif
    };
    int result = grant_proc(sandbox, failed);
    for (size_t i = 0; i < sizeof read / sizeof read[0] && result == 0; i++) {
        *failed = read[i];
        result = grants_add(&sandbox->grants, read[i], GRANT_READ);
    }
    return result;
}

static enum server_result shut_files(struct sandbox *sandbox, const struct config *config,
                                     struct sandbox_report *report, char error[SERVER_ERROR_BYTES]) {
    const char *failed = NULL;
    int result = grants_find(&sandbox->grants, config, sandbox->home, &failed);
    result = result == 0 ? grant_system(sandbox, &failed) : result;
    result = result == 0 ? landlock_enter(&sandbox->grants, &failed) : result;
    sandbox->has_files = result > 0;
    if (result > 0) {
        note(report->holds, "files (Landlock %d)", result);
        return SERVER_OK;
    }
    if (failed != NULL) {
        return fail_to_look(failed, result, error);
    }
    if (result == -ENOSYS || result == -EOPNOTSUPP) {
        note(report->lacks, "files: this kernel has no Landlock, or a container hides it");
        return SERVER_OK;
    }
    return lack(report, "files", result, error);
}

/* Names of clients, and logs of a service. */
static bool has_to_connect(const struct config *config) {
    bool connects = config->log_hostnames || log_destination_is_service(config->access_log) ||
                    log_destination_is_service(config->error_log);
    for (size_t i = 0; i < config->site.rule_count; i++) {
        const struct config_rule *rule = &config->site.rules[i];
        connects = connects || (rule->kind == SECTION_ACCESS_LOG && log_destination_is_service(rule->title));
    }
    return connects;
}

static enum server_result shut_calls(struct sandbox *sandbox, const struct config *config,
                                     struct sandbox_report *report, char error[SERVER_ERROR_BYTES]) {
    sandbox->connects = has_to_connect(config);
    int result = calls_enter(sandbox->connects);
    sandbox->has_calls = result == 0;
    if (result == 0) {
        note(report->holds, "system calls (seccomp)");
    } else if (result == -ENOTSUP && calls_library() == NULL) {
        note(report->lacks, "system calls: this lido was built without libseccomp");
    } else if (result != -ENOTSUP) { /* else sanitizers are built in: that is for tests, and they know */
        return lack(report, "system calls", result, error);
    }
    return SERVER_OK;
}

enum server_result sandbox_enter(struct sandbox *sandbox, const struct config *config,
                                 struct sandbox_report *report, char error[SERVER_ERROR_BYTES]) {
    *report = (struct sandbox_report){.holds = ""};
    enum server_result result = take_identity(sandbox, config, error);
    if (result != SERVER_OK || config->sandbox == SANDBOX_OFF) {
        return result;
    }
    result = give_up_rights(sandbox, report, error);
    result = result == SERVER_OK ? shut_files(sandbox, config, report, error) : result;
    result = result == SERVER_OK ? shut_calls(sandbox, config, report, error) : result;
    if (result == SERVER_OK && config->sandbox == SANDBOX_STRICT && report->lacks[0] != '\0') {
        return fail(error, SERVER_FAILED, "%s: sandbox = strict: %s", config_origin(config, "sandbox", 0),
                    report->lacks);
    }
    return result;
}

/* --- a reload inside it --------------------------------------------------------------------------------- */

static const char *name_of_use(unsigned rights) {
    return (rights & GRANT_SOCKETS) != 0  ? "used for sockets"
           : (rights & GRANT_WRITE) != 0  ? "written to"
           : (rights & GRANT_REMOVE) != 0 ? "cleared of a file"
                                          : "read";
}

static bool admits_files(const struct sandbox *sandbox, const struct config *config,
                         char error[CONFIG_ERROR_BYTES]) {
    struct grants wanted;
    const struct grant *missing = NULL;
    const char *failed = NULL;
    int result = grants_find(&wanted, config, sandbox->home, &failed);
    bool is_covered = result == 0 && grants_cover(&sandbox->grants, &wanted, &missing);
    if (result != 0) {
        errno = -result;
        (void)snprintf(error, CONFIG_ERROR_BYTES, "sandbox: cannot look at '%s': %m", failed);
    } else if (!is_covered) {
        (void)snprintf(error, CONFIG_ERROR_BYTES,
                       "'%s' cannot be %s in the sandbox, which cannot grow: this change needs a restart",
                       missing->path, name_of_use(missing->rights));
    }
    grants_deinit(&wanted);
    return is_covered;
}

bool sandbox_admits(const struct sandbox *sandbox, const struct config *config,
                    char error[CONFIG_ERROR_BYTES]) {
    if (sandbox->has_calls && !sandbox->connects && has_to_connect(config)) {
        (void)snprintf(error, CONFIG_ERROR_BYTES,
                       "log_hostnames and logs of a service have to connect, which the sandbox, as it was "
                       "started, does not allow: this change needs a restart");
        return false;
    }
    return !sandbox->has_files || admits_files(sandbox, config, error);
}

void sandbox_explain_mistakes(const struct sandbox *sandbox, struct config_mistakes *mistakes,
                              const char *error) {
    static const char hint[] =
        "the sandbox reads only what the settings named at the start: more needs a restart";
    const char *denied = strerror(EACCES);
    bool is_denied = strstr(error, denied) != NULL;
    bool is_alone = mistakes->count == 0;
    for (size_t i = 0; i < mistakes->lines.count; i++) {
        is_denied = is_denied || strstr(mistakes->lines.items[i], denied) != NULL;
    }
    if (sandbox->has_files && is_denied && (!is_alone || string_list_add(&mistakes->lines, error) == 0) &&
        string_list_add(&mistakes->lines, hint) == 0) {
        mistakes->count += is_alone ? 2 : 1;
    }
}

void sandbox_deinit(struct sandbox *sandbox) {
    identity_deinit(&sandbox->identity);
    grants_deinit(&sandbox->grants);
    free(sandbox->home);
    for (size_t i = 0; i < sandbox->held_count; i++) {
        (void)close(sandbox->held[i]);
    }
    *sandbox = (struct sandbox){.has_files = false};
}
