/* A comment is used if it silences a finding of any rule at any confidence: whether the rule is
 * selected in this run makes no difference to what a comment is good for. Unused comments are told
 * of only where everything that could use them was in view. */
#include "suppress/suppress.h"

#include <string.h>

#define OWN_CODE "EAG900"

/* EAG900 is silenced by its own code or name only: a comment for everything would hide itself. */
static bool directive_silences(Directive *directive, const RuleEntry *rule) {
    bool own = !strcmp(rule->rule->code, OWN_CODE);
    bool silences = !own && !directive->selectors.count && !directive->mistake;
    for (uint32_t i = 0; i < directive->selectors.count; i++) {
        Selector *selector = &directive->selectors.items[i];
        if (own ? rule_named(selector->text) != rule : !selector_means(selector->text, rule))
            continue;
        selector->used = silences = true;
    }
    if (silences) directive->used = true;
    return silences;
}

/* Directives of one module stand in the order of their comments, not of the lines they are about:
 * all of them are looked at. */
static bool place_silenced(Suppressions *suppressions, const Place *place,
                           const RuleEntry *rule) {
    bool silenced = false;
    if (!place->path) return false;
    ModuleDirectives *of = &suppressions->modules[place->module];
    for (uint32_t i = 0; i < of->items.count; i++) {
        Directive *directive = &of->items.items[i];
        if (place->line < directive->first || place->line > directive->last) continue;
        if (directive_silences(directive, rule)) silenced = true;
    }
    return silenced;
}

/* Comments at each of the places count as used. */
static bool finding_speaks(const Finding *finding, void *context) {
    Suppressions *suppressions = context;
    bool touch = place_silenced(suppressions, &finding->place, finding->rule);
    bool loop = place_silenced(suppressions, &finding->loop, finding->rule);
    bool queryset = place_silenced(suppressions, &finding->queryset, finding->rule);
    return !touch && !loop && !queryset;
}

bool selector_is_idle(const Selector *selector, const Selection *selection) {
    if (selector->used) return false;
    const RuleEntry *named = rule_named(selector->text);
    if (named && !strcmp(named->rule->code, OWN_CODE)) return false;
    for (uint32_t i = 0; i < rule_count; i++)
        if (selector_means(selector->text, &rules[i]) && selection_has(selection, &rules[i]))
            return true;
    return false;
}

bool directive_is_idle(const Directive *directive, const Selection *selection) {
    if (directive->mistake) return true;
    if (!directive->selectors.count) return !directive->used && directive->kind != DIRECTIVE_NOQA;
    for (uint32_t i = 0; i < directive->selectors.count; i++)
        if (selector_is_idle(&directive->selectors.items[i], selection)) return true;
    return false;
}

/* Whether everything that a comment of this module could silence was looked for. */
static bool module_judged(const Project *project, uint32_t number, bool tests) {
    const ProjectModule *of = &project->modules[number];
    if (project->partial || of->module->errors || of->file->note) return false;
    return of->file->role == FILE_CODE || (of->file->role == FILE_TEST && tests)
           || of->file->role == FILE_MIGRATION;
}

/* "EAG101, EAG102" */
static const char *idle_names(Arena *arena, const Directive *directive,
                              const Selection *selection) {
    const char *names = "";
    for (uint32_t i = 0; i < directive->selectors.count; i++) {
        const Selector *selector = &directive->selectors.items[i];
        if (!selector_is_idle(selector, selection)) continue;
        names = arena_format(arena, "%s%s%s", names, *names ? ", " : "", selector->text);
    }
    return names;
}

static Finding idle_finding(Findings *findings, const Project *project, uint32_t number,
                            const Directive *directive, const Selection *selection) {
    const ProjectModule *of = &project->modules[number];
    const char *names = idle_names(findings->arena, directive, selection);
    Finding finding = {.rule = rule_named(OWN_CODE), .confidence = CONFIDENCE_CERTAIN,
                       .fix = "remove it; eagerly check --fix does", .edit = "", .model = "",
                       .relation = "", .operation = "comment", .method = "", .estimate = ""};
    finding.severity = finding.rule->rule->severity;
    finding.place = (Place){.path = of->file->shown, .opened = of->file->path, .function = "",
                            .module = number};
    module_place(of->module, directive->comment->start, &finding.place.line,
                 &finding.place.column);
    module_place(of->module, directive->comment->end, &finding.place.end_line,
                 &finding.place.end_column);
    if (directive->mistake) finding.fix = "say `eagerly: ignore[CODE] reason`";
    finding.message = directive->mistake
        ? arena_format(findings->arena, "this comment silences nothing: %s", directive->mistake)
        : *names ? arena_format(findings->arena, "no finding of %s is silenced here", names)
                 : "no finding is silenced here";
    return finding;
}

static void module_judge(Suppressions *suppressions, Findings *findings, uint32_t number,
                         const Selection *selection, bool tests) {
    const ModuleDirectives *of = &suppressions->modules[number];
    if (!of->items.count || !module_judged(suppressions->project, number, tests)) return;
    for (uint32_t i = 0; i < of->items.count; i++) {
        const Directive *directive = &of->items.items[i];
        if (!directive_is_idle(directive, selection)) continue;
        Finding finding = idle_finding(findings, suppressions->project, number, directive,
                                       selection);
        if (!place_silenced(suppressions, &finding.place, finding.rule))
            findings_add(findings, suppressions->project, finding, finding.message);
    }
}

void suppressions_apply(Suppressions *suppressions, Findings *findings,
                        const Selection *selection, bool tests) {
    findings->suppressed = findings_keep(findings, finding_speaks, suppressions);
    if (!rule_named(OWN_CODE)) return;
    for (uint32_t i = 0; i < suppressions->project->module_count; i++)
        module_judge(suppressions, findings, i, selection, tests);
    findings_settle(findings);
}
