#include "tools/output.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/arena.h"
#include "sim/error.h"

bool output_prepare(const char *dir, struct arena *mem, struct error *err)
{
    char *path = arena_printf(mem, "%s", dir);
    for (char *c = path + 1; *path != '\0' && *c != '\0'; c++) {
        if (*c == '/') {
            *c = '\0';
            mkdir(path, 0777); /* what fails here is told by the last one */
            *c = '/';
        }
    }
    struct stat what;
    if ((mkdir(path, 0777) != 0 && errno != EEXIST) || stat(path, &what) != 0) {
        return error_add(err, "%s: cannot write results there: %s", dir, strerror(errno));
    }
    if (!S_ISDIR(what.st_mode)) {
        return error_add(err, "%s: cannot write results there: not a folder", dir);
    }
    return access(path, W_OK | X_OK) == 0 ||
           error_add(err, "%s: cannot write results there: %s", dir, strerror(errno));
}

static void fail(struct output *o, const char *path)
{
    o->failed = true;
    error_add(o->err, "%s: %s", path, strerror(errno));
}

void output_open(struct output *o, const char *dir, struct arena *mem, struct error *err)
{
    *o = (struct output){.dir = dir, .mem = mem, .err = err};
    sigset_t wait;
    sigemptyset(&wait);
    sigaddset(&wait, SIGINT);
    sigaddset(&wait, SIGTERM);
    sigaddset(&wait, SIGHUP);
    sigprocmask(SIG_BLOCK, &wait, &o->signals);
    o->temp = arena_printf(mem, "%s/.cat6k-XXXXXX", dir);
    if (mkdtemp(o->temp) == NULL) {
        fail(o, o->temp);
        o->temp = NULL;
    }
}

FILE *output_file(struct output *o, const char *name)
{
    if (o->failed) {
        return NULL;
    }
    const char *path = arena_printf(o->mem, "%s/%s", o->temp, name);
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        fail(o, path);
    }
    return file;
}

void output_close(struct output *o, FILE *file, const char *name)
{
    bool bad = ferror(file) != 0;
    if (fclose(file) != 0 || bad) {
        fail(o, name);
    }
}

void output_remove(struct output *o, const char *name)
{
    unlink(arena_printf(o->mem, "%s/%s", o->dir, name));
    if (o->temp != NULL) {
        unlink(arena_printf(o->mem, "%s/%s", o->temp, name));
    }
}

/* Every file of the hidden folder becomes a result, or, after an error, nothing. */
static void empty_temp(struct output *o)
{
    DIR *dir = opendir(o->temp);
    if (dir == NULL) {
        fail(o, o->temp);
        return;
    }
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        const char *from = arena_printf(o->mem, "%s/%s", o->temp, entry->d_name);
        const char *to = arena_printf(o->mem, "%s/%s", o->dir, entry->d_name);
        if (!o->failed && rename(from, to) != 0) {
            fail(o, to);
        }
        if (o->failed) {
            unlink(from);
        }
    }
    closedir(dir);
}

bool output_commit(struct output *o)
{
    if (o->temp != NULL) {
        empty_temp(o);
        rmdir(o->temp);
    }
    sigprocmask(SIG_SETMASK, &o->signals, NULL);
    return !o->failed;
}
