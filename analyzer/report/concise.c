/* One line an access, `path:line:column: CODE message`: the form that editors read. */
#include "report/access.h"

void report_concise(const Findings *findings, const ReportOptions *options, Writer *out) {
    Accesses accesses = accesses_make(findings, options->group);
    for (uint32_t i = 0; i < accesses.count; i++) {
        const Access *access = &accesses.items[i];
        const Finding *finding = access->first;
        write_plain_text(out, place_path(&finding->place, options));
        write_format(out, ":%u:%u: %s ", finding->place.line, place_column(&finding->place),
                     finding->rule->rule->code);
        write_plain_text(out, finding->message);
        if (access->others) {
            write_text(out, "; also ");
            write_others(out, access);
        }
        write_text(out, "\n");
    }
    accesses_free(&accesses);
}
