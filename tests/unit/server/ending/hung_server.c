/* SPDX-License-Identifier: MIT */
#include "tests/unit/server/ending/hung_server.h"

#include "conf/config.h"
#include "server/cli/option_settings.h"
#include "server/pid_file.h"
#include "server/server.h"
#include "tests/unit/support/opening/open_instead.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

struct hung_shared *shared;
struct folder hung_folder;
struct folder_path socket_path;
pid_t hung_server;

static struct folder_path
    config_path; /* made before the fork, as no other process than the test's may assert anything */

/* ---- What the linker wraps ----------------------------------------------------------------------------- */

int __real_stat(const char *path, struct stat *status);
int __wrap_stat(const char *path, struct stat *status);
int __wrap_stat64(const char *path, struct stat *status); /* what glibc makes of it */
int __real_unlink(const char *path);
int __wrap_unlink(const char *path);
int __real_close(int fd);
int __wrap_close(int fd);

static bool is_main_thread(void) {
    return hung_server == 0 && gettid() == getpid();
}

static void hang_if(enum place where, bool is_there) {
    if (is_there && atomic_load(&shared->place) == (int)where && is_main_thread()) {
        (void)sem_post(&shared->hung);
        for (;;) {
            (void)pause();
        }
    }
}

static bool ends_in(const char *path, const char *name) {
    const char *found = strstr(path, name);
    return found != NULL && found[strlen(name)] == '\0';
}

int open_instead(const char *path, int flags, mode_t mode) {
    hang_if(IN_CONFIG, ends_in(path, "lido.conf"));
    hang_if(IN_LOG, ends_in(path, "second.log"));
    return open_really(path, flags, mode);
}

int __wrap_stat(const char *path, struct stat *status) {
    hang_if(IN_ROOT, ends_in(path, "root"));
    return __real_stat(path, status);
}

int __wrap_stat64(const char *path, struct stat *status) {
    return __wrap_stat(path, status);
}

int __wrap_unlink(const char *path) {
    hang_if(IN_SOCKET, ends_in(path, "socket"));
    hang_if(IN_PID_FILE, ends_in(path, "pid"));
    int result = __real_unlink(path);
    if (shared != NULL && ends_in(path, "pid")) {
        atomic_store(&shared->has_ended, true);
    }
    return result;
}

int __wrap_close(int fd) {
    hang_if(IN_CLOSE, shared != NULL && atomic_load(&shared->has_ended));
    return __real_close(fd);
}

/* ---- The server ---------------------------------------------------------------------------------------- */

void hung_server_configure(const char *log, const char *timeout) {
    char text[8192];
    (void)snprintf(text, sizeof text,
                   "root = \"%s\"\nlisten = \"unix:%s\"\npid_file = \"%s\"\naccess_log = \"%s\"\n"
                   "shutdown_timeout = %s\nsandbox = off\nthreads = 1\n%s",
                   folder_path(&hung_folder, "root").text, socket_path.text,
                   folder_path(&hung_folder, "pid").text, folder_path(&hung_folder, log).text, timeout,
                   geteuid() == 0 ? "user = root\n" : "");
    folder_write_text(&hung_folder, "lido.conf", text);
}

static bool configure(void *context, struct config *config, char error[CONFIG_ERROR_BYTES]) {
    struct options options = {.config_path = config_path.text};
    return option_settings_gather(&options, environ, context != NULL, config, error);
}

static void say(void *context, const char *line) {
    (void)context;
    (void)fprintf(stderr, "%s\n", line);
}

/* As serve() has it. Returns the exit status. */
static int run_server(int says) {
    struct config config = {0};
    struct pid_file pid_file = {0};
    struct server *own = NULL;
    pid_t holder = 0;
    char error[SERVER_ERROR_BYTES] = "";
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)dup2(says, STDERR_FILENO);
    if (!configure(NULL, &config, error) || server_create(&own, &config, error) != SERVER_OK ||
        pid_file_create(&pid_file, config.pid_file, &holder) != 0) {
        say(NULL, error);
        return 100;
    }
    server_on_news(own, say, NULL);
    server_on_reload(own, configure, NULL, own);
    enum server_result result = server_start(own, error);
    say(NULL, result == SERVER_OK ? "started" : error);
    result = result == SERVER_OK ? server_run(own, error) : result;
    say(NULL, "stopped");
    pid_file_remove(&pid_file);
    server_destroy(own);
    config_deinit(&config);
    return (int)result;
}

int hung_server_start(void) {
    int fds[2];
    cr_assert_eq(pipe2(fds, O_CLOEXEC), 0);
    hung_server = fork();
    if (hung_server == 0) {
        _exit(run_server(fds[1]));
    }
    cr_assert_neq(hung_server, -1);
    (void)__real_close(fds[1]);
    return fds[0];
}

void hung_server_set_up(void) {
    folder_create(&hung_folder);
    folder_write_text(&hung_folder, "root/file", "content");
    socket_path = folder_path(&hung_folder, "socket");
    config_path = folder_path(&hung_folder, "lido.conf");
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    cr_assert_neq(shared, MAP_FAILED);
    (void)sem_init(&shared->hung, 1, 0);
    hung_server = -1;
}

void hung_server_tear_down(void) {
    if (hung_server > 0) {
        (void)kill(hung_server, SIGKILL);
    }
    folder_remove(&hung_folder);
}
