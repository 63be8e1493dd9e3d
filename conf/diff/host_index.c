/* SPDX-License-Identifier: MIT */
/* host_index_find(): by halves, as thousands are looked for while nobody new is let in. */
#include "conf/diff/diff.h"

#include <errno.h>
#include <stdlib.h>

static int compare(const void *a, const void *b) {
    const struct config_host *first = *(const struct config_host *const *)a;
    const struct config_host *second = *(const struct config_host *const *)b;
    return string_list_compare(&first->names, &second->names);
}

int host_index_init(struct host_index *hosts, const struct config *config) {
    *hosts = (struct host_index){.config = config,
                                 .sorted = calloc(config->host_count + 1, sizeof(struct config_host *))};
    if (hosts->sorted == NULL) {
        return -ENOMEM;
    }
    for (size_t i = 0; i < config->host_count; i++) {
        hosts->sorted[i] = &config->hosts[i];
    }
    qsort(hosts->sorted, config->host_count, sizeof(struct config_host *), compare);
    return 0;
}

size_t host_index_find(const struct host_index *hosts, const struct config_host *like) {
    size_t count = hosts->config->host_count;
    const struct config_host *const *found =
        bsearch(&like, hosts->sorted, count, sizeof(struct config_host *), compare);
    return found != NULL ? (size_t)(*found - hosts->config->hosts) : count;
}

void host_index_deinit(struct host_index *hosts) {
    free(hosts->sorted);
    *hosts = (struct host_index){.config = NULL};
}
