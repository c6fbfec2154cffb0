/* results_report.h - a small report with a bit of everything, for what asks reports. */
#ifndef TESTS_RESULTS_REPORT_H
#define TESTS_RESULTS_REPORT_H

struct arena;
struct report;

void results_report(struct report *r, struct arena *mem);

#endif /* TESTS_RESULTS_REPORT_H */
