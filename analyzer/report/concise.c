/* One line a finding, `path:line:column: CODE message`: the form that editors read. */
#include "report/words.h"

void report_concise(const Findings *findings, const ReportOptions *options, Writer *out) {
    for (uint32_t i = 0; i < findings->items.count; i++) {
        const Finding *finding = &findings->items.items[i];
        write_plain_text(out, place_path(&finding->place, options));
        write_format(out, ":%u:%u: %s ", finding->place.line, place_column(&finding->place),
                     finding->rule->rule->code);
        write_plain_text(out, finding->message);
        write_text(out, "\n");
    }
}
