/* exits.h - for what must stop the program: runs it in a child, gives back status and words. */
#ifndef TESTS_EXITS_H
#define TESTS_EXITS_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* The exit status of run(context), or -1 when it returned. said: the first bytes of its stderr. */
static inline int exit_status_of(void (*run)(void *context), void *context, char *said,
                                 size_t said_bytes)
{
    FILE *heard = tmpfile();
    fflush(NULL);
    pid_t child = heard == NULL ? -1 : fork();
    if (child == 0) {
        dup2(fileno(heard), STDERR_FILENO);
        run(context);
        _exit(255);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) {
        perror("exit_status_of");
        abort();
    }
    rewind(heard);
    said[fread(said, 1, said_bytes - 1, heard)] = '\0';
    fclose(heard);
    return WIFEXITED(status) && WEXITSTATUS(status) != 255 ? WEXITSTATUS(status) : -1;
}

#endif /* TESTS_EXITS_H */
