/* SPDX-License-Identifier: MIT */
/*
 * Which dot-files are served: none, or those that the owner's `dotfiles` say.
 *
 * A name counts as one that begins with one dot or two, as `..data` of a mounted ConfigMap does; three make
 * an ellipsis. What keeps passwords and history (.git, .hg, .svn, .env, .env.*, .ht*) is served only where a
 * pattern names it. Opens nothing. Made once, then only read, by all workers at once.
 */
#ifndef LIDO_HTTP_RULES_DOTFILES_H
#define LIDO_HTTP_RULES_DOTFILES_H

#include <stdbool.h>
#include <stddef.h>

struct dotfiles;

/* Each item is "serve" or "hide", for all paths, or a pattern of paths that are served, or one of those
 * that are hidden with '!' before it; the last one that matches decides. Copies them. Returns NULL when
 * there is no memory. */
struct dotfiles *dotfiles_create(char *const *items, size_t count);

/* NULL is allowed. */
void dotfiles_destroy(struct dotfiles *dotfiles);

/* Whether each dot-file among the segments of a path (decoded, from the root, without its first slash) is
 * served; NULL serves none. "/.well-known/" always is (RFC 8615). Thread-safe. */
bool dotfiles_serve(const struct dotfiles *dotfiles, const char *path);

#endif
