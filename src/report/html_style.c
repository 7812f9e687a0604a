/* html_style.c - what a page looks like. Colours have a contrast of 4.5 and more, light and dark. */
#include "html.h"

const char *const html_style[] = {
    ":root{--back:#fff;--soft:#f5f6f8;--line:#dcdfe4;--ink:#1c2128;--dim:#59636e;--good:#116329;--goodback:#dafbe1;"
    "--warn:#7d4e00;--warnback:#fff3c4;--bad:#a40e26;--badback:#ffe5e3;--accent:#0b5cad;--bar:#3f7fbf}\n",
    "@media(prefers-color-scheme:dark){:root{--back:#14181d;--soft:#1d232a;--line:#37404a;--ink:#e4e8ec;--dim:#a3adb8;"
    "--good:#6fdd8b;--goodback:#12331d;--warn:#f0c55b;--warnback:#3a2d08;--bad:#ff9c94;--badback:#471a1c;--accent:#"
    "7db8f5;"
    "--bar:#5d9bdb}}\n",
    "*{box-sizing:border-box}\n",
    "body{margin:0;background:var(--back);color:var(--ink);font:16px/1.5 system-ui,-apple-system,\"Segoe UI\",Roboto,"
    "\"Helvetica Neue\",Arial,sans-serif;overflow-wrap:anywhere}\n",
    "main{max-width:1120px;margin:0 auto;padding:32px 24px 64px}\n",
    "section{margin:0 0 40px}\n",
    "h1{font-size:28px;line-height:1.2;margin:0 0 8px;letter-spacing:-.01em}\n",
    "h2{font-size:19px;line-height:1.3;margin:0 0 12px;padding:0 0 6px;border-bottom:1px solid var(--line)}\n",
    "p{margin:0 0 8px;max-width:80ch}\n",
    "bdi,del,ins{unicode-bidi:isolate;white-space:pre-wrap}\n",
    "code,.code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,\"DejaVu Sans "
    "Mono\",monospace;font-size:14px}\n",
    "code{display:block;background:var(--soft);border:1px solid var(--line);border-radius:6px;padding:8px "
    "12px;margin:2px 0}\n",
    ".code{font-style:normal;background:var(--warnback);color:var(--warn);border-radius:3px;padding:0 "
    "3px;font-size:12px}\n",
    ".cut,.dim,.more{color:var(--dim)}\n.strong{font-weight:600}\n.good{color:var(--good)}\n.warn{color:var(--warn)}\n",
    ".bad{color:var(--bad)}\n",
    ".tag{display:inline-block;border-radius:99px;padding:0 "
    "10px;font-size:13px;line-height:22px;background:var(--soft);"
    "white-space:nowrap}\n",
    ".tag bdi,.right bdi{white-space:nowrap}\n",
    ".tag.good{background:var(--goodback)}\n.tag.warn{background:var(--warnback)}\n.tag.bad{background:var(--badback)}"
    "\n",
    "dl,dd,dt{margin:0}\n",
    "dt{color:var(--dim);font-size:14px}\n",
    ".facts{display:flex;flex-wrap:wrap;gap:12px 40px;margin:16px 0}\n",
    ".tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(128px,1fr));gap:12px;margin:16px 0}\n",
    ".tiles>div{display:flex;flex-direction:column-reverse;justify-content:flex-end;background:var(--soft);"
    "border:1px solid var(--line);border-radius:10px;padding:10px 14px}\n",
    ".tiles dd{font-size:26px;line-height:1.25;font-weight:600;font-variant-numeric:tabular-nums}\n",
    ".tiles .zero dd{color:var(--dim);font-weight:400}\n",
    "table{border-collapse:collapse;width:100%;margin:0 0 12px;font-size:15px}\n",
    "th,td{text-align:left;vertical-align:top;padding:7px 12px 7px 0;border-bottom:1px solid var(--line)}\n",
    "th{font-size:13px;font-weight:600;color:var(--dim);vertical-align:bottom}\n",
    "th:last-child,td:last-child{padding-right:0}\n",
    ".right{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}\n",
    "td:first-child{overflow-wrap:normal}\n.right+:not(.right){padding-left:12px}\n",
    "td ul{margin:0;padding:0 0 0 16px;font-size:14px}\n",
    ".entries{list-style:none;margin:0;padding:0}\n",
    ".entries>li{padding:10px 0;border-bottom:1px solid var(--line)}\n",
    ".who{font-size:15px}\n",
    ".changes{margin:4px 0 0;font-size:15px}\n",
    ".changes>div{display:grid;grid-template-columns:minmax(140px,200px) 1fr;gap:2px 16px}\n",
    "del{color:var(--bad);text-decoration:line-through;text-decoration-thickness:1px}\n",
    "ins{color:var(--good);text-decoration:none}\n.arrow{color:var(--dim)}\n",
    ".charts{display:grid;grid-template-columns:1fr 1fr;gap:28px 40px;margin:0 0 12px}\n",
    "figure{margin:0}\n",
    "figcaption{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 12px;font-size:15px;margin:0 0 4px}\n",
    "figcaption span,.axis{color:var(--dim);font-size:13px}\n",
    ".axis{display:flex;justify-content:space-between}\n",
    "svg{display:block;width:100%;height:96px}\n",
    "rect{fill:var(--bar)}\n.c2 rect{fill:var(--bad)}\n",
    "polyline{fill:none;stroke:var(--bar);stroke-width:2;vector-effect:non-scaling-stroke}\n",
    ".grid{fill:none;stroke:var(--line);stroke-width:1;vector-effect:non-scaling-stroke}\n",
    "@media(max-width:720px){.charts{grid-template-columns:1fr}main{padding:20px 16px 40px}h1{font-size:23px}\n",
    "thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}\n",
    "table,tbody{display:block}tr{display:block;padding:8px 0;border-bottom:1px solid var(--line)}\n",
    "td,td.right,.right+td{display:flow-root;border:0;padding:1px 0;text-align:left;white-space:normal}\n",
    "td:empty{display:none}td:first-child{font-weight:600;overflow-wrap:anywhere}\n",
    "td[data-label]:not([data-label=\"\"])::before{content:attr(data-label);display:inline-block;min-width:104px;"
    "padding-right:8px;color:var(--dim);font-size:13px}\n",
    ".changes>div{grid-template-columns:1fr;margin:0 0 4px}}\n",
    "@media print{:root{--back:#fff;--soft:#fff;--line:#bbb;--ink:#000;--dim:#444;--good:#0b4d1e;--goodback:#fff;"
    "--warn:#5c3a00;--warnback:#fff;--bad:#8a0a1e;--badback:#fff;--accent:#000;--bar:#555}\n",
    "@page{margin:14mm}body{font-size:10pt}table{font-size:9pt}th,td{padding:4px 8px 4px "
    "0}main{max-width:none;padding:0}section{margin:0 0 20px}\n",
    ".tag,.code{border:1px solid "
    "var(--line)}h2{break-after:avoid}tr,li,figure,.tiles>div,.changes>div{break-inside:avoid}\n",
    ".charts{grid-template-columns:1fr 1fr}rect{print-color-adjust:exact}}\n",
    NULL,
};
