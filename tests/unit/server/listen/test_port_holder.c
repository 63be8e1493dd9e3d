/* SPDX-License-Identifier: MIT */
#include "server/listen/port_holder.h"
#include "server/net/socket_address.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

TestSuite(port_holder, .timeout = 60);

Test(port_holder, reads_the_rows_of_proc_net_tcp) {
    static const struct {
        const char *name;
        const char *line;
        const char *local; /* on a little-endian machine */
        bool is_listening;
        uid_t uid;
        ino_t inode;
    } rows[] = {
        {"IPv4 wildcard",
         "   0: 00000000:07E8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1060 1 "
         "00000000de901c80 100 0 0 10 0                      \n",
         "0.0.0.0:2024", true, 0, 1060},
        {"IPv4 loopback of a user",
         "  12: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4294967295 1 "
         "0000000000000000 100 0 0 10 0\n",
         "127.0.0.1:8080", true, 1000, 4294967295U},
        {"established",
         "   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 77 1 0 20 4 30 10 "
         "-1\n",
         "127.0.0.1:8080", false, 0, 77},
        {"in time wait, without an inode",
         "   2: 0100007F:1F90 0100007F:C350 06 00000000:00000000 03:000017A5 00000000     0        0 0 3 0\n",
         "127.0.0.1:8080", false, 0, 0},
        {"IPv6 loopback",
         "   0: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 "
         "00:00000000 00000000    33        0 55 1 0 100 0 0 10 0\n",
         "[::1]:80", true, 33, 55},
        {"IPv6 address",
         "1000: B80D0120000000000000000002000001:FFFF 00000000000000000000000000000000:0000 0A 00000000:00000000 "
         "00:00000000 00000000    33        0 55 1 0 100 0 0 10 0\n",
         "[2001:db8::100:2]:65535", true, 33, 55},
        {"IPv4-mapped",
         "   0: 0000000000000000FFFF00000100007F:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 "
         "00:00000000 00000000    33        0 55 1 0 100 0 0 10 0\n",
         "127.0.0.1:80", true, 33, 55},
        {"cut off behind the inode",
         "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1060",
         "127.0.0.1:8080", true, 0, 1060},
    };
    if (htonl(1) == 1) {
        cr_skip_test("the rows are those of a little-endian machine");
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct tcp_row row;
        char local[SOCKET_ADDRESS_TEXT_BYTES];
        cr_assert(port_holder_parse_row(rows[i].line, &row), "%s", rows[i].name);
        socket_address_format(&row.local, local);
        cr_expect_str_eq(local, rows[i].local, "%s: %s", rows[i].name, local);
        cr_expect(row.is_listening == rows[i].is_listening, "%s: state", rows[i].name);
        cr_expect(row.uid == rows[i].uid, "%s: uid %u", rows[i].name, (unsigned)row.uid);
        cr_expect(row.inode == rows[i].inode, "%s: inode %ju", rows[i].name, (uintmax_t)row.inode);
    }
}

Test(port_holder, refuses_what_is_no_row) {
    static const char *const lines[] = {
        "",
        "\n",
        "   ",
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n",
        "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0\n",
        "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 ?\n",
        "   0: 0100007F 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1060\n",
        "   0: 0100007F: 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1060\n",
        "   0: 010007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1060\n",
        "   0: 0100G07F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1060\n",
        "   0: 0000000000000000000000000100000:0050 0:0000 0A 0:0 00:0 0    33        0 55 1 0 100 0 0 10 0\n",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct tcp_row row = {.inode = 99};
        cr_expect(!port_holder_parse_row(lines[i], &row), "row %zu", i);
        cr_expect(row.inode == 99, "row %zu is untouched", i);
    }
}

/* Start a program at `taken`, and expect it to be named as what is in the way at `wanted`. */
static void expect_found(const char *taken, bool is_dual_stack, const char *wanted) {
    struct sockaddr_storage address = numeric_address(taken, 0);
    struct other_program program;
    other_program_start(&program, "squatter", &address, is_dual_stack);

    struct port_holder holder = {0};
    struct sockaddr_storage conflict = numeric_address(wanted, program.port);
    bool is_found = port_holder_find(&conflict, &holder);
    other_program_stop(&program);
    cr_assert(is_found, "%s at %s", taken, wanted);
    cr_expect(holder.pid == program.pid, "%s at %s: pid %d", taken, wanted, (int)holder.pid);
    cr_expect(holder.uid == geteuid(), "%s at %s: uid %u", taken, wanted, (unsigned)holder.uid);
    cr_expect_str_eq(holder.program, "squatter", "%s at %s: %s", taken, wanted, holder.program);
}

Test(port_holder, names_the_program_that_listens) {
    expect_found("127.0.0.1", false, "127.0.0.1");
    expect_found("127.0.0.1", false, "0.0.0.0");
    expect_found("0.0.0.0", false, "127.0.0.1");
}

Test(port_holder, names_the_program_that_listens_on_ipv6) {
    if (!loopback_has_ipv6()) {
        cr_skip_test("this machine has no ::1");
    }
    expect_found("::1", false, "::1");
    expect_found("::1", false, "::");
    expect_found("::", false, "::1");
}

Test(port_holder, sees_through_dual_stack_and_mapped_sockets) {
    if (!loopback_has_ipv6()) {
        cr_skip_test("this machine has no ::1");
    }
    expect_found("::", true, "127.0.0.1");
    expect_found("::ffff:127.0.0.1", true, "127.0.0.1");
}

Test(port_holder, does_not_blame_who_is_not_in_the_way) {
    struct sockaddr_storage address = loopback_address(AF_INET, 0);
    struct other_program program;
    other_program_start(&program, "neighbour", &address, false);

    struct port_holder holder = {.pid = -1};
    struct sockaddr_storage other_address = numeric_address("127.0.0.2", program.port);
    struct sockaddr_storage other_family = numeric_address("::1", program.port);
    bool is_found = port_holder_find(&other_address, &holder) || port_holder_find(&other_family, &holder);
    other_program_stop(&program);
    cr_expect(!is_found);
    cr_expect(holder.pid == -1);
}

Test(port_holder, does_not_take_a_connection_for_a_listener) {
    int listening = listening_on(AF_INET);
    struct sockaddr_storage address = loopback_address(AF_INET, port_of(listening));
    int client = connected_socket(&address);
    int accepted = accept(listening, NULL, NULL);
    cr_assert(accepted != -1);
    (void)close(listening); /* what is left at the port is a connection */

    struct port_holder holder;
    cr_expect(!port_holder_find(&address, &holder));
    (void)close(accepted);
    (void)close(client);
}

Test(port_holder, shows_no_control_characters_of_a_program) {
    struct sockaddr_storage address = loopback_address(AF_INET, 0);
    struct other_program program;
    other_program_start(&program, "a\x1b[2J\tb\xc3\xa4", &address, false);

    struct port_holder holder = {0};
    struct sockaddr_storage conflict = loopback_address(AF_INET, program.port);
    bool is_found = port_holder_find(&conflict, &holder);
    other_program_stop(&program);
    cr_assert(is_found);
    cr_expect_str_eq(holder.program, "a?[2J?b??", "%s", holder.program);
}

Test(port_holder, tells_the_user_where_it_may_not_see_the_process) {
    if (geteuid() != 0) {
        cr_skip_test("only root can become two other users");
    }
    struct sockaddr_storage address = loopback_address(AF_INET, 0);
    struct other_program program;
    other_program_start(&program, "squatter", &address, false);

    struct port_holder holder = {.pid = -1};
    struct sockaddr_storage conflict = loopback_address(AF_INET, program.port);
    cr_assert(seteuid(65534) == 0);
    bool is_found = port_holder_find(&conflict, &holder);
    cr_assert(seteuid(0) == 0);
    other_program_stop(&program);
    cr_assert(is_found);
    cr_expect(holder.pid == 0 && holder.uid == 0, "pid %d, uid %u", (int)holder.pid, (unsigned)holder.uid);
    cr_expect_str_empty(holder.program);
}

Test(port_holder, knows_taken_ports_from_free_ones) {
    int listening = listening_on(AF_INET);
    struct sockaddr_storage taken = loopback_address(AF_INET, port_of(listening));
    cr_expect(port_holder_exists(&taken));
    (void)close(listening);
    int kept = bound_socket(&taken); /* nobody else may take it in between */
    cr_expect(!port_holder_exists(&taken));
    (void)close(kept);
}

Test(port_holder, leaves_no_descriptor_open) {
    int listening = listening_on(AF_INET);
    struct sockaddr_storage taken = loopback_address(AF_INET, port_of(listening));
    int before = count_descriptors();
    struct port_holder holder;
    cr_expect(port_holder_find(&taken, &holder) && holder.pid == getpid());
    cr_expect(port_holder_exists(&taken));
    cr_expect_eq(count_descriptors(), before);
    (void)close(listening);
}
