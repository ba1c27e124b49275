/* A disk that fails: loaded before a program (LD_PRELOAD), it counts what is done to files below one folder and lets the n-th
 * such call fail, or a disk that is full from the n-th on. Native code meets it too: SQLite and Chroma as well as Python.
 *
 * fail_below(folder, n, error): with EIO the n-th call fails, once; with ENOSPC the n-th write takes half of what it is given
 * and every later write or new file is refused. n = 0 turns it off. failed() is how many calls were refused or cut short. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static char folder[4096];
static int at, error, seen, hits;

void fail_below(const char *below, int n, int with) {
    snprintf(folder, sizeof folder, "%s", below);
    error = with;
    seen = hits = 0;
    at = n;
}

int failed(void) { return hits; }

static int is_below(const char *path) { return at && path && strncmp(path, folder, strlen(folder)) == 0; }

static int is_file_below(int file) {
    char link[64], path[4096];
    ssize_t size;
    if (!at) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    size = readlink(link, path, sizeof path - 1);
    if (size < 0) return 0;
    path[size] = 0;
    return is_below(path);
}

/* Whether this call fails: 1, or 2 for the first write of a disk that has just become full. */
static int strikes(int needs_room) {
    int full = error == ENOSPC, now;
    if (full && !needs_room) return 0;
    now = __atomic_add_fetch(&seen, 1, __ATOMIC_SEQ_CST);
    if (full ? now < at : now != at) return 0;
    __atomic_add_fetch(&hits, 1, __ATOMIC_SEQ_CST);
    errno = error;
    return full && now == at ? 2 : 1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define WRITES(name, ...)                                                      \
    ssize_t name(int file, const void *data, size_t size, ##__VA_ARGS__)

WRITES(write) {
    int how = is_file_below(file) ? strikes(1) : 0;
    if (how == 1) return -1;
    return REAL(write)(file, data, how == 2 && size > 1 ? size / 2 : size);
}

WRITES(pwrite, off_t where) {
    if (is_file_below(file) && strikes(1)) return -1;
    return REAL(pwrite)(file, data, size, where);
}

WRITES(pwrite64, off64_t where) {
    if (is_file_below(file) && strikes(1)) return -1;
    return REAL(pwrite64)(file, data, size, where);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
    if (is_file_below(file) && strikes(1)) return -1;
    return REAL(writev)(file, parts, count);
}

int fsync(int file) { return is_file_below(file) && strikes(0) ? -1 : REAL(fsync)(file); }

int fdatasync(int file) { return is_file_below(file) && strikes(0) ? -1 : REAL(fdatasync)(file); }

int ftruncate64(int file, off64_t size) { return is_file_below(file) && strikes(0) ? -1 : REAL(ftruncate64)(file, size); }

int rename(const char *from, const char *to) { return is_below(to) && strikes(0) ? -1 : REAL(rename)(from, to); }

int mkdir(const char *path, mode_t mode) { return is_below(path) && strikes(1) ? -1 : REAL(mkdir)(path, mode); }

#define OPENS(name)                                                            \
    int name(const char *path, int flags, ...) {                               \
        mode_t mode = 0;                                                       \
        if (flags & O_CREAT) {                                                 \
            va_list rest;                                                      \
            va_start(rest, flags);                                             \
            mode = va_arg(rest, mode_t);                                       \
            va_end(rest);                                                      \
            if (is_below(path) && strikes(1)) return -1;                       \
        }                                                                      \
        return REAL(name)(path, flags, mode);                                  \
    }

OPENS(open)
OPENS(open64)
