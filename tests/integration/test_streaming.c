/* SPDX-License-Identifier: MIT */
#include "tests/support/filling.h"
#include "tests/support/stage.h"

#include <string.h>

static const off_t mib = (off_t)1024 * 1024;
static const off_t gib = (off_t)1024 * 1024 * 1024;

static struct client pacer; /* a well-behaved client beside the one that a test looks at */
static struct client client;

static void set_up_site(void) {
    stage_set_up();
    folder_write_text(&site, "index.html", "content");
}

static void tear_down(void) {
    client_close(&pacer);
    client_close(&client);
    stage_tear_down();
}

static void serve_with_pacer(const char *const *settings) {
    serve(settings);
    client_connect(&pacer, lido.port);
    round_trip(&pacer);
    client.fd = -1;
}

TestSuite(streaming, .init = set_up_site, .fini = tear_down, .timeout = 2.0 * STAGE_TIMEOUT_S);

static void begin_download(struct client *reader, const char *target, off_t size) {
    client_send(reader, "GET ");
    client_send(reader, target);
    client_send(reader, " HTTP/1.0\r\n\r\n");
    client_read_head(reader, &answer);
    cr_assert(answer.status == 200 && answer.content_length == size, "status %d, %lld bytes", answer.status,
              (long long)answer.content_length);
}

static void expect_zeros(struct client *reader, off_t size) {
    static const char zeros[CLIENT_BUFFER_BYTES];
    while (size > 0) {
        cr_assert(reader->length > 0 || client_receive(reader), "%lld bytes are missing", (long long)size);
        size_t count = reader->length < sizeof zeros ? reader->length : sizeof zeros;
        count = (off_t)count < size ? count : (size_t)size;
        cr_assert(memcmp(reader->bytes, zeros, count) == 0, "not the file's, %lld bytes before",
                  (long long)size);
        client_take(reader, count);
        size -= (off_t)count;
    }
}

StageTest(streaming, tells_the_size_of_five_gib) {
    folder_truncate(&site, "huge.bin", 5 * gib + 12345);
    serve_with_pacer(NULL);
    ask("HEAD /huge.bin HTTP/1.0\r\n\r\n");
    cr_assert(answer_field_is(&answer, "Content-Length", "5368721465"), "%lld",
              (long long)answer.content_length);
}

/* A size or an offset of 32 bits somewhere on the way would repeat, miss or misplace a part. */
StageTest(streaming, sends_every_byte_of_more_than_four_gib) {
    off_t tail = 5 * mib + 12345;
    folder_write_pattern(&site, "huge.bin", 0, mib);
    folder_write_pattern(&site, "huge.bin", 4 * gib, tail);
    serve_with_pacer(NULL);
    client_connect(&client, lido.port);
    begin_download(&client, "/huge.bin", 4 * gib + tail);
    cr_assert(client_read_pattern(&client, 0, mib) == mib);
    expect_zeros(&client, 4 * gib - mib);
    cr_assert(client_read_pattern(&client, 4 * gib, tail) == tail);
    client_expect_end(&client);
}

/* One worker: it must not wait for the one who pauses, or nobody else would be served. */
StageTest(streaming, waits_for_a_reader_who_pauses_and_serves_others_meanwhile) {
    off_t size = 256 * mib;
    folder_write_pattern(&site, "large.bin", 0, size);
    serve_with_pacer(LIST("LIDO_THREADS=1"));
    client_connect_narrow(&client, lido.port);
    begin_download(&client, "/large.bin", size);
    client_widen(&client);
    for (off_t offset = 0; offset < size; offset += 16 * mib) {
        for (int i = 0; i < 20; i++) {
            round_trip(&pacer);
        }
        cr_assert(client_read_pattern(&client, offset, 16 * mib) == 16 * mib, "end at %lld",
                  (long long)offset);
    }
    client_expect_end(&client);
}

StageTest(streaming, serves_many_readers_the_same_file_in_step) {
    enum { READERS = 20 };
    static struct client readers[READERS];
    off_t size = 8 * mib;
    folder_write_pattern(&site, "large.bin", 0, size);
    serve_with_pacer(LIST("LIDO_THREADS=2"));
    for (int i = 0; i < READERS; i++) {
        client_connect(&readers[i], lido.port);
        begin_download(&readers[i], "/large.bin", size);
    }
    for (off_t offset = 0; offset < size; offset += mib) {
        for (int i = 0; i < READERS; i++) {
            cr_assert(client_read_pattern(&readers[i], offset, mib) == mib, "reader %d", i);
        }
    }
    for (int i = 0; i < READERS; i++) {
        client_expect_end(&readers[i]);
        client_close(&readers[i]);
    }
}

StageTest(streaming, ends_the_connection_when_the_file_shrinks) {
    off_t size = 64 * mib;
    folder_truncate(&site, "large.bin", size);
    serve_with_pacer(NULL);
    client_connect_narrow(&client, lido.port);
    client_send(&client, "GET /large.bin HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    client_read_head(&client, &answer);
    cr_assert(answer.status == 200 && answer_field_lists(&answer, "Connection", "keep-alive"));
    folder_truncate(&site, "large.bin", mib);
    off_t received = 0;
    while (client.length > 0 || client_receive(&client)) {
        received += (off_t)client.length;
        client_take(&client, client.length);
    }
    cr_assert(received < size, "the answer was padded to its %lld bytes", (long long)received);
    round_trip(&pacer);
}

StageTest(streaming, survives_readers_who_leave_and_closes_what_they_had) {
    enum { READERS = 30 };
    static struct client readers[READERS];
    off_t size = 64 * mib;
    folder_truncate(&site, "large.bin", size);
    serve_with_pacer(NULL);
    ask("HEAD /large.bin HTTP/1.0\r\n\r\n");
    size_t before = program_descriptor_count(&lido);
    for (int i = 0; i < READERS; i++) {
        client_connect_narrow(&readers[i], lido.port);
        begin_download(&readers[i], "/large.bin", size);
    }
    cr_assert(program_descriptor_count(&lido) >= before + READERS);
    for (int i = 0; i < READERS; i++) {
        if (i % 2 == 0) {
            client_abort(&readers[i]);
        } else {
            client_close(&readers[i]);
        }
    }
    round_trip_until_descriptors(&pacer, before);
}

StageTest(streaming, drops_a_reader_who_stops_and_serves_others_meanwhile) {
    off_t size = 64 * mib;
    folder_truncate(&site, "large.bin", size);
    serve_with_pacer(LIST("LIDO_THREADS=1", "LIDO_SEND_TIMEOUT=500ms"));
    size_t before = program_descriptor_count(&lido);
    int64_t begin = clock_now_ms();
    client_connect_narrow(&client, lido.port);
    begin_download(&client, "/large.bin", size);
    round_trip_until_descriptors(&pacer, before);
    cr_assert(clock_now_ms() - begin >= 500, "dropped after %lld ms", (long long)(clock_now_ms() - begin));
    (void)client_read_to_end(&client);
    cr_assert((off_t)client.length < size, "all of it came");
}

/* The limit is on time without progress: one who reads slowly, but reads, is served for as long as it takes.
 * */
StageTest(streaming, keeps_a_reader_who_is_slow_but_reads) {
    off_t size = 32 * mib; /* far more than what lies between the two sides can hold */
    folder_write_pattern(&site, "large.bin", 0, size);
    serve_with_pacer(LIST("LIDO_SEND_TIMEOUT=4s"));
    client_connect_narrow(&client, lido.port);
    begin_download(&client, "/large.bin", size);
    client_widen(&client);
    int64_t begin = clock_now_ms();
    for (off_t offset = 0; offset < size; offset += mib) {
        for (int64_t pause = deadline_in(150); clock_now_ms() < pause;) {
            round_trip(&pacer);
        }
        cr_assert(client_read_pattern(&client, offset, mib) == mib, "dropped at %lld", (long long)offset);
    }
    cr_assert(clock_now_ms() - begin > 4500, "the test is too fast to tell");
    client_expect_end(&client);
}

/* The last bytes are on their way when the client sends something that nobody has asked for. */
StageTest(streaming, loses_nothing_to_bytes_that_come_behind_the_request) {
    off_t size = 2 * mib;
    folder_write_pattern(&site, "two.bin", 0, size);
    serve_with_pacer(NULL);
    client_connect_narrow(&client, lido.port);
    begin_download(&client, "/two.bin", size);
    off_t taken = client_read_pattern(&client, 0, size - 64 * 1024);
    program_await_line(&lido, &lido.out, "/two.bin", NULL); /* the kernel has all of it */
    client_send(&client, "\r\n");
    round_trip(&pacer);
    taken += client_read_pattern(&client, taken, size - taken);
    cr_assert(taken == size, "%lld bytes came", (long long)taken);
    client_expect_end(&client);
}

StageTest(streaming, needs_little_memory) {
    enum { READERS = 50, LIMIT_KIB = 10 * 1024 };
    static struct client readers[READERS];
    off_t size = 64 * mib;
    folder_truncate(&site, "large.bin", size);
    serve_with_pacer(LIST("LIDO_THREADS=4"));
    size_t before = program_resident_kib(&lido); /* a sanitizer alone takes more than the limit */
    for (int i = 0; i < READERS; i++) {
        client_connect(&readers[i], lido.port);
        begin_download(&readers[i], "/large.bin", size);
    }
    for (int i = 0; i < READERS; i++) {
        for (off_t received = 0; received < 8 * mib;
             received += (off_t)readers[i].length, readers[i].length = 0) {
            cr_assert(client_receive(&readers[i]));
        }
    }
    size_t after = program_resident_kib(&lido);
    cr_assert(after - before < LIMIT_KIB, "from %zu to %zu KiB", before, after);
    for (int i = 0; i < READERS; i++) {
        client_abort(&readers[i]);
    }
}
