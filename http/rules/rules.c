/* SPDX-License-Identifier: MIT */
#include "http/rules/rules.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool copy_error_pages(struct site_rules *rules, const struct site_rules_options *options) {
    if (options->error_page_count == 0) {
        return true;
    }
    rules->error_pages = calloc(options->error_page_count, sizeof *rules->error_pages);
    while (rules->error_pages != NULL && rules->error_page_count < options->error_page_count) {
        const struct error_page_rule *given = &options->error_pages[rules->error_page_count];
        struct site_error_page *page = &rules->error_pages[rules->error_page_count++];
        page->status = given->status;
        page->path = strdup(given->path);
        page->where = strdup(given->where != NULL ? given->where : "");
        if (page->path == NULL || page->where == NULL) {
            return false;
        }
    }
    return rules->error_pages != NULL;
}

int site_rules_init(struct site_rules *rules, const struct site_rules_options *options) {
    *rules = (struct site_rules){
        .security_headers = options->security_headers,
        .cross_origin_isolation = options->cross_origin_isolation,
        .folder_download = options->folder_download,
        .folder_entries = options->folder_entries > 0 ? options->folder_entries : SIZE_MAX,
        .listing_page = options->listing_page,
        .server_field = "Lido",
    };
    if (options->version != NULL) {
        (void)snprintf(rules->server_field, sizeof rules->server_field, "Lido/%s", options->version);
        (void)snprintf(rules->server_name, sizeof rules->server_name, "Lido %s", options->version);
    }
    bool complete = copy_error_pages(rules, options);
    rules->base_path = strdup(options->base_path != NULL ? options->base_path : "");
    complete = complete && rules->base_path != NULL;
    rules->cache = cache_policy_create(options->caches, options->cache_count);
    complete = complete && rules->cache != NULL;
    if (options->field_count > 0) {
        rules->fields = header_fields_create(options->fields, options->field_count);
        complete = complete && rules->fields != NULL;
    }
    if (options->redirect_count > 0) {
        rules->redirects = redirects_create(options->redirects, options->redirect_count);
        complete = complete && rules->redirects != NULL;
    }
    if (options->cors_origin_count > 0) {
        rules->cors = cors_create(options->cors_origins, options->cors_origin_count);
        complete = complete && rules->cors != NULL;
    }
    if (options->dotfile_count > 0) {
        rules->dotfiles = dotfiles_create(options->dotfiles, options->dotfile_count);
        complete = complete && rules->dotfiles != NULL;
    }
    if (!complete) {
        site_rules_deinit(rules);
        return -ENOMEM;
    }
    return 0;
}

void site_rules_deinit(struct site_rules *rules) {
    cache_policy_destroy(rules->cache);
    header_fields_destroy(rules->fields);
    redirects_destroy(rules->redirects);
    cors_destroy(rules->cors);
    dotfiles_destroy(rules->dotfiles);
    for (size_t i = 0; i < rules->error_page_count; i++) {
        free(rules->error_pages[i].path);
        free(rules->error_pages[i].where);
    }
    free(rules->error_pages);
    free(rules->base_path);
    *rules = (struct site_rules){0};
}

const struct site_error_page *site_rules_error_page(const struct site_rules *rules, enum http_status status) {
    for (size_t i = 0; i < rules->error_page_count; i++) {
        if (rules->error_pages[i].status == (int)status) {
            return &rules->error_pages[i];
        }
    }
    return NULL;
}
