/* SPDX-License-Identifier: MIT */
#include "tests/hostile/line.h"

#include "tests/hostile/relay.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define FAR_ADDRESS "10.77.0.2"

enum { MTU = 1500 };

static int set_address(int fd, const char *device, unsigned long what, const char *address) {
    struct ifreq request = {0};
    struct sockaddr_in value = {.sin_family = AF_INET};
    (void)snprintf(request.ifr_name, sizeof request.ifr_name, "%s", device);
    (void)inet_pton(AF_INET, address, &value.sin_addr);
    memcpy(&request.ifr_addr, &value, sizeof value);
    return ioctl(fd, what, &request);
}

static bool bring_up(int fd, const char *device, unsigned mtu) {
    struct ifreq request = {0};
    (void)snprintf(request.ifr_name, sizeof request.ifr_name, "%s", device);
    request.ifr_mtu = (int)mtu;
    if (mtu != 0 && ioctl(fd, SIOCSIFMTU, &request) == -1) {
        return false;
    }
    request.ifr_flags = IFF_UP;
    return ioctl(fd, SIOCSIFFLAGS, &request) == 0;
}

/* A device of this network whose packets come out of the descriptor, and go into it. Returns -1 where there is none to
 * be had. */
static int open_device(const char *name, const char *own, const char *other, unsigned mtu) {
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    (void)snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
    int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool is_there = device != -1 && fd != -1 && ioctl(device, TUNSETIFF, &request) == 0 &&
                    set_address(fd, name, SIOCSIFADDR, own) == 0 &&
                    set_address(fd, name, SIOCSIFDSTADDR, other) == 0 && bring_up(fd, name, mtu) &&
                    bring_up(fd, "lo", 0);
    (void)close(fd);
    if (!is_there && device != -1) {
        (void)close(device);
    }
    return is_there ? device : -1;
}

static int this_network(void) {
    return open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
}

static void start_relay(struct line *line, const struct line_quality *quality, const int ends[2]) {
    pid_t parent = getpid();
    void *shared =
        mmap(NULL, sizeof *line->is_down, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    cr_assert(shared != MAP_FAILED, "mmap: %s", strerror(errno));
    line->is_down = shared;
    pid_t child = fork();
    cr_assert_neq(child, -1);
    if (child == 0) {
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent) {
            relay_run(quality, ends, line->is_down);
        }
        _exit(1);
    }
}

const char *line_open(struct line *line, const struct line_quality *quality) {
    unsigned mtu = quality->mtu != 0 ? quality->mtu : MTU;
    int users = geteuid() != 0 ? CLONE_NEWUSER : 0;
    if (unshare(CLONE_NEWNET | users) == -1) {
        return "this process may not have a network of its own";
    }
    int near_network = this_network();
    int ends[2] = {open_device("near", LINE_NEAR_ADDRESS, FAR_ADDRESS, mtu), -1};
    if (ends[0] == -1 || unshare(CLONE_NEWNET) == -1) {
        return "there is no TUN device to be had here";
    }
    line->far_network = this_network();
    ends[1] = open_device("far", FAR_ADDRESS, LINE_NEAR_ADDRESS, mtu);
    cr_assert(ends[1] != -1 && setns(near_network, CLONE_NEWNET) == 0, "%s", strerror(errno));
    (void)close(near_network);
    start_relay(line, quality, ends);
    (void)close(ends[0]);
    (void)close(ends[1]);
    return NULL;
}

void line_connect(const struct line *line, struct client *client, uint16_t port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int near_network = this_network();
    cr_assert_eq(inet_pton(AF_INET, LINE_NEAR_ADDRESS, &address.sin_addr), 1);
    cr_assert(setns(line->far_network, CLONE_NEWNET) == 0, "setns: %s", strerror(errno));
    int result = client_connect_to(client, (const struct sockaddr *)&address, sizeof address);
    cr_assert(setns(near_network, CLONE_NEWNET) == 0, "setns: %s", strerror(errno));
    (void)close(near_network);
    cr_assert(result == 0, "connect over the line: %s", strerror(-result));
}

void line_cut(struct line *line) {
    *line->is_down = true;
}

void line_mend(struct line *line) {
    *line->is_down = false;
}
