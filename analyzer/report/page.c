/* The texts below are hashed as they stand; tests/outputs.py says the new hash when one changes. */
#include "report/page.h"

static const char style_hash[] = "sha256-F2tTRWsnu6Jz3/UTanXs3mvu6MeZbQkvOypZTCksnBE=";
static const char script_hash[] = "sha256-++nrz+fUVaFfaQecNaEemfHSUhQXPULi8S1eBQ2Aqrg=";

static const char style[] =
    ":root{color-scheme:light dark;--edge:#d0d7de;--soft:#f6f8fa;--faint:#59636e;--mark:#fff1b8;"
    "--error:#b42318;--warning:#9a6700;--info:#0969da;--good:#1a7f37}"
    "@media(prefers-color-scheme:dark){:root{--edge:#3d444d;--soft:#151b23;--faint:#9198a1;"
    "--mark:#5c4a00;--error:#ff7b72;--warning:#d29922;--info:#79c0ff;--good:#56d364}}"
    "body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
    "h1{font-size:1.5rem;margin:0}h2{font-size:1rem;margin:0}"
    "code,pre,.spot{font-family:ui-monospace,monospace;font-size:.85rem}"
    "form{position:sticky;top:0;display:flex;flex-wrap:wrap;gap:.75rem;padding:.75rem 0;"
    "background:Canvas;border-bottom:1px solid var(--edge)}form[hidden]{display:none}"
    "select,input{font:inherit;max-width:18rem}"
    ".finding{border:1px solid var(--edge);border-radius:8px;margin:1rem 0;padding:.75rem 1rem}"
    ".finding[hidden]{display:none}"
    ".facts{color:var(--faint);font-size:.85rem}"
    ".error .code{color:var(--error)}.warning .code{color:var(--warning)}"
    ".info .code{color:var(--info)}.code{text-decoration:none}"
    "pre{background:var(--soft);border:1px solid var(--edge);border-radius:6px;padding:.5rem;"
    "overflow-x:auto;margin:.5rem 0}"
    ".row{display:block}.row b{display:inline-block;min-width:3.5rem;color:var(--faint);"
    "font-weight:normal;user-select:none}.here b{color:inherit;font-weight:bold}"
    "mark{background:var(--mark);color:inherit}"
    ".way{margin:.5rem 0;padding-left:1.5rem}.way code{color:var(--faint)}"
    ".fix{border-left:3px solid var(--good);padding-left:.75rem;margin:.5rem 0}"
    "details pre{white-space:pre-wrap}";

static const char script[] =
    "(function(){'use strict';"
    "var form=document.getElementById('filter'),shown=document.getElementById('shown');"
    "var all=Array.prototype.slice.call(document.querySelectorAll('.finding'));"
    "function fits(each){"
    "var word=form.elements.word.value.toLowerCase();"
    "return ['rule','app','confidence'].every(function(key){"
    "var wanted=form.elements[key].value;return !wanted||each.getAttribute('data-'+key)===wanted"
    "})&&(!word||each.textContent.toLowerCase().indexOf(word)>=0)}"
    "function apply(){var count=0;all.forEach(function(each){"
    "each.hidden=!fits(each);if(!each.hidden)count++});"
    "shown.textContent=count+' of '+all.length+' shown'}"
    "form.hidden=false;form.addEventListener('input',apply);"
    "form.addEventListener('submit',function(event){event.preventDefault()});apply()})();";

void page_begin(Writer *out) {
    write_text(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    write_format(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                 "style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'\">\n",
                 style_hash, script_hash);
    write_text(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                    "<meta name=\"referrer\" content=\"no-referrer\">\n"
                    "<title>eagerly</title>\n<style>");
    write_text(out, style);
    write_text(out, "</style>\n</head>\n<body>\n");
}

void page_end(Writer *out) {
    write_text(out, "<script>");
    write_text(out, script);
    write_text(out, "</script>\n</body>\n</html>\n");
}
