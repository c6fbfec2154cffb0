#include "tools/output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/arena.h"
#include "sim/error.h"

#define TEMP_NAME ".cat6k-"

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

static void empty(int folder)
{
    DIR *dir = fdopendir(dup(folder));
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        unlinkat(folder, entry->d_name, 0); /* . and .. stay */
    }
    if (dir != NULL) {
        closedir(dir);
    }
}

/* What killed programs left here, told by nobody's lock on it. */
static void sweep(DIR *dir)
{
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (strncmp(entry->d_name, TEMP_NAME, strlen(TEMP_NAME)) != 0) {
            continue;
        }
        int left = openat(dirfd(dir), entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
        if (left >= 0 && flock(left, LOCK_EX | LOCK_NB) == 0) {
            empty(left);
            unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR);
        }
        if (left >= 0) {
            close(left);
        }
    }
}

/* With a lock on the folder, so that nobody sweeps the new one before it has its own. */
static bool make_temp(struct output *o)
{
    DIR *dir = opendir(o->dir);
    if (dir == NULL) {
        return false;
    }
    flock(dirfd(dir), LOCK_EX);
    sweep(dir);
    char *temp = arena_printf(o->mem, "%s/" TEMP_NAME "XXXXXX", o->dir);
    if (mkdtemp(temp) != NULL) {
        o->temp = temp;
        o->lock = open(temp, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        flock(o->lock, LOCK_EX);
    }
    closedir(dir);
    return o->lock >= 0;
}

void output_open(struct output *o, const char *dir, struct arena *mem, struct error *err)
{
    *o = (struct output){.dir = dir, .lock = -1, .mem = mem, .err = err};
    sigset_t wait;
    sigemptyset(&wait);
    sigaddset(&wait, SIGINT);
    sigaddset(&wait, SIGTERM);
    sigaddset(&wait, SIGHUP);
    sigprocmask(SIG_BLOCK, &wait, &o->signals);
    if (!make_temp(o)) {
        fail(o, dir);
    }
}

FILE *output_file(struct output *o, const char *name)
{
    if (o->failed) {
        return NULL;
    }
    if (o->proof == NULL) {
        o->proof = arena_printf(o->mem, "%s", name);
    }
    const char *path = arena_printf(o->mem, "%s/%s", o->temp, name);
    FILE *file = fopen(path, "w");
    o->n_files++;
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
    sim_assert(o->n_removed < OUTPUT_MAX_REMOVED);
    o->removed[o->n_removed++] = arena_printf(o->mem, "%s", name);
    if (o->temp != NULL) {
        unlink(arena_printf(o->mem, "%s/%s", o->temp, name));
    }
}

static void publish(struct output *o, const char *name)
{
    const char *to = arena_printf(o->mem, "%s/%s", o->dir, name);
    if (!o->failed && rename(arena_printf(o->mem, "%s/%s", o->temp, name), to) != 0) {
        fail(o, to);
    }
}

static void withdraw(struct output *o, const char *name)
{
    const char *path = arena_printf(o->mem, "%s/%s", o->dir, name);
    if (!o->failed && unlink(path) != 0 && errno != ENOENT) {
        fail(o, path);
    }
}

/* Every file of the hidden folder becomes a result, the proof of them all at the end. Where it is
 * all there is, it takes the place of the one before at once. */
static void publish_all(struct output *o)
{
    DIR *dir = opendir(o->temp);
    if (dir == NULL) {
        fail(o, o->temp);
        return;
    }
    if (o->n_files > 1 || o->n_removed > 0) {
        withdraw(o, o->proof);
    }
    for (size_t i = 0; i < o->n_removed; i++) {
        withdraw(o, o->removed[i]);
    }
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            strcmp(entry->d_name, o->proof) != 0) {
            publish(o, entry->d_name);
        }
    }
    publish(o, o->proof);
    closedir(dir);
}

bool output_commit(struct output *o)
{
    if (!o->failed && o->proof != NULL) {
        publish_all(o);
    }
    if (o->lock >= 0) {
        empty(o->lock);
        close(o->lock);
    }
    if (o->temp != NULL) {
        rmdir(o->temp);
    }
    sigprocmask(SIG_SETMASK, &o->signals, NULL);
    return !o->failed;
}
