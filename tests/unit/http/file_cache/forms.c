/* SPDX-License-Identifier: MIT */
#include "tests/unit/http/file_cache/forms.h"

#include <criterion/criterion.h>

#if LIDO_HAVE_ZLIB
#define ZLIB_CONST 1
#include <zlib.h>
#endif

struct folder folder;
struct beneath root;
struct file_forms *forms;

void forms_use(size_t memory_bytes) {
    file_forms_destroy(forms);
    forms = file_forms_create(memory_bytes);
    cr_assert_not_null(forms);
    file_forms_set_workers_max(forms, 2);
}

void forms_set_up(size_t memory_bytes) {
    folder_create(&folder);
    cr_assert_eq(beneath_open_root(&root, folder.path), 0);
    forms_use(memory_bytes);
}

void forms_tear_down(void) {
    file_forms_destroy(forms);
    beneath_close_root(&root);
    folder_remove(&folder);
}

static void check(const struct file_form *form, const struct resource *file) {
#if LIDO_HAVE_ZLIB
    cr_expect_eq(form->checksum, crc32(0, (const Bytef *)form->file.contents, (uInt)form->file.size));
#endif
    cr_expect_eq(form->file.modified.tv_sec, file->modified.tv_sec);
    cr_expect_eq(form->file.modified.tv_nsec, file->modified.tv_nsec);
}

struct resource forms_get(uint64_t owner, const struct resource *file) {
    struct file_form form = {.file = {.fd = -1}};
    bool got = file_forms_get(forms, owner, file, NULL, &form);
    cr_assert_eq(got, form.file.contents != NULL);
    if (got) {
        check(&form, file);
    }
    return form.file;
}

struct resource forms_get_by_name(const char *name) {
    struct resource file;
    cr_assert_eq(resource_open(&root, name, &file), HTTP_OK);
    struct resource form = forms_get(0, &file);
    resource_close(&file);
    return form;
}

bool is_given(const char *name) {
    struct resource form = forms_get_by_name(name);
    bool given = form.contents != NULL;
    resource_close(&form);
    return given;
}
