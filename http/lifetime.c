/* SPDX-License-Identifier: MIT */
/* How a connection begins and ends, and what can be said of it meanwhile; see connection.h. */
#include "http/base/clock.h"
#include "http/connection.h"
#include "http/exchange.h"
#include "http/transport/transport.h"

#include <assert.h>
#include <unistd.h>

enum { DRAINED_MAX_BYTES = 512 * 1024 }; /* of what one who is turned away has sent */

void connection_open(struct connection *connection, int fd, const struct client_address *client,
                     int64_t header_timeout_ms) {
    *connection = (struct connection){.fd = fd, .phase = CONNECTION_NEW, .client = *client};
    connection->deadline_ms = clock_steady_coarse_ms() + header_timeout_ms;
}

void connection_close(struct connection *connection) {
    exchange_destroy(connection->exchange);
    connection->exchange = NULL;
    waiting_end(&connection->waiting);
    if (connection->fd >= 0) {
        (void)close(connection->fd);
    }
    connection->fd = -1;
    width_give_back(&connection->width);
}

bool connection_is_between_requests(const struct connection *connection) {
    return connection->phase == CONNECTION_NEW || connection->phase == CONNECTION_IDLE;
}

bool connection_can_wait(const struct connection *connection) {
    return exchange_can_wait(connection->exchange);
}

bool connection_is_under_way(const struct connection *connection) {
    return connection->exchange != NULL && folder_work_goes_first(&connection->exchange->work);
}

/* What it has said is thrown away, or closing would reset the connection. Returns whether the answer is on its way. */
static bool answer_overload(int fd, const struct connection_service *service) {
    struct iovec answer = {service->overload.bytes, service->overload.length};
    return transport_discard(fd, DRAINED_MAX_BYTES) != TRANSPORT_FAILED &&
           transport_send(fd, &answer, 1, false) == TRANSPORT_DONE && transport_end_sending(fd);
}

void connection_turn_away(int fd, const struct connection_service *service) {
    (void)answer_overload(fd, service);
    (void)close(fd);
}

enum connection_verdict connection_reject(struct connection *connection,
                                          const struct connection_service *service) {
    assert(connection_is_between_requests(connection));
    exchange_destroy(connection->exchange); /* of one that had more requests ready */
    connection->exchange = NULL;
    if (!answer_overload(connection->fd, service)) {
        return CONNECTION_DONE;
    }
    connection->queued_bytes = 0;
    connection->phase = CONNECTION_LINGERING;
    connection->deadline_ms =
        clock_steady_coarse_ms() + generation_place_current(service->generations)->timeouts.linger_ms;
    return CONNECTION_WAIT_READABLE;
}
