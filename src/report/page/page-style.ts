/** The style of pages: one column, figures that line up, light and dark, wide and narrow, screen and A4. */

const LIGHT = `
--ground:#ffffff;--raised:#f6f7f9;--ink:#16191d;--faint:#5b6470;--line:#e0e4e8;--accent:#0b5c92;
--warn:#8a4b00;--warn-ground:#fff6e8;
--c0:#0072b2;--c1:#d55e00;--c2:#009e73;--c3:#cc79a7;--c4:#e69f00;--c5:#56b4e9;--c6:#16191d;
--on-c0:#fff;--on-c1:#fff;--on-c2:#fff;--on-c3:#16191d;--on-c4:#16191d;--on-c5:#16191d;--on-c6:#fff;`

/** The same hues, lighter, so that they stand out from a dark ground as much. */
const DARK = `
--ground:#14171b;--raised:#1d2126;--ink:#e8eaed;--faint:#a2abb6;--line:#343a42;--accent:#6cb8ee;
--warn:#f0b35c;--warn-ground:#2b2115;
--c0:#3f9fdc;--c1:#ee7a35;--c2:#22b98c;--c3:#dd93bb;--c4:#ecb131;--c5:#8bd0f7;--c6:#e8eaed;
--on-c0:#14171b;--on-c1:#14171b;--on-c2:#14171b;--on-c3:#14171b;--on-c4:#14171b;--on-c5:#14171b;--on-c6:#14171b;`

export const PAGE_STYLE = `
:root{color-scheme:light dark;${LIGHT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);
font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",Helvetica,Arial,sans-serif}
main{max-width:868px;margin:0 auto;padding:52px 24px 72px}
h1,h2,h3,p,figure,dl,dd,ul,pre{margin:0;padding:0}
h1,h2,h3,p,dd,dt,li,td,th,figcaption{overflow-wrap:anywhere}
.over{color:var(--faint);font-size:14px}
.over b{color:var(--ink);font-weight:600}
h1{font-size:29px;line-height:1.27;font-weight:680;letter-spacing:-.012em;margin:10px 0 0;text-wrap:pretty}
h1 .more{display:block;font-size:20px;line-height:1.4;font-weight:400;letter-spacing:0;margin-top:10px;color:var(--ink)}
.about{color:var(--faint);margin-top:14px;max-width:68ch}
h2{font-size:21px;line-height:1.3;font-weight:660;margin:60px 0 16px}
h3{font-size:17px;line-height:1.38;font-weight:640;text-wrap:pretty}
a{color:var(--accent)}
.notice{display:inline-block;margin-top:18px;padding:5px 12px;border-radius:6px;background:var(--warn-ground);color:var(--warn);font-size:14px}
.notice a{color:inherit}
.keys{display:grid;grid-template-columns:repeat(auto-fit,minmax(178px,1fr));gap:14px;margin-top:32px}
.key{background:var(--raised);border-radius:10px;padding:15px 18px 14px;min-width:0}
.key dt{font-size:13px;line-height:1.35;color:var(--faint)}
.key dd{font-variant-numeric:tabular-nums}
.key .value{font-size:25px;line-height:1.25;font-weight:640;letter-spacing:-.01em;margin-top:5px}
.key .half{font-size:15px;font-weight:400;color:var(--faint);letter-spacing:0;white-space:nowrap}
.key .note{font-size:13px;line-height:1.4;color:var(--faint);margin-top:4px}
figure{margin-top:44px;break-inside:avoid}
h2+figure{margin-top:0}
figcaption .how{color:var(--faint);font-size:14px;margin-top:3px}
.plot{margin-top:14px;position:relative}
.still svg{display:block;width:100%;height:auto;max-width:100%}
.is-live .still{display:none}
.live{width:100%;overflow:visible}
details{margin-top:10px}
summary{cursor:pointer;color:var(--accent);font-size:14px;width:fit-content;border-radius:4px}
summary:focus-visible,a:focus-visible,.scroll:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.scroll{overflow-x:auto;margin-top:10px}
table{border-collapse:collapse;font-size:14px;line-height:1.4;font-variant-numeric:tabular-nums;min-width:min(100%,420px)}
caption{text-align:left;font-weight:620;font-size:15px;padding:0 0 6px}
th,td{padding:6px 0 6px 22px;text-align:right;vertical-align:baseline;border-bottom:1px solid var(--line);overflow-wrap:normal}
th:first-child,td:first-child{padding-left:0}
thead th{font-weight:500;color:var(--faint);vertical-align:bottom;border-bottom-color:var(--faint);white-space:nowrap}
thead th.long{white-space:normal;min-width:92px}
tbody th{font-weight:400}
td{white-space:nowrap}
.name{text-align:left;white-space:normal;overflow-wrap:anywhere;min-width:86px}
th.name{min-width:148px}
.text{text-align:left;white-space:normal;overflow-wrap:anywhere;min-width:150px}
.gap td{color:var(--faint);text-align:left}
.half{color:var(--faint)}
.block{margin-top:34px}
h2+.block{margin-top:0}
ul.said{padding-left:20px}.said,.said li{max-width:76ch}.said+figure,.said+.block{margin-top:28px}.said li+li{margin-top:5px}
.block>p{color:var(--faint);font-size:14px;margin-top:8px;max-width:76ch}
.warnings{list-style:none}
.warnings li{padding:11px 16px;border-radius:8px;background:var(--warn-ground);margin-top:8px;font-size:15px}
.warnings code{color:var(--warn);font-size:13px}
pre{background:var(--raised);border-radius:10px;padding:14px 18px;white-space:pre-wrap;overflow-wrap:anywhere}
pre,code{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace;font-size:14px;line-height:1.5}
.facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:5px 24px;font-size:15px;margin-top:20px;font-variant-numeric:tabular-nums}
.facts dt{color:var(--faint)}
.tip{border-radius:8px!important;box-shadow:0 4px 18px rgb(0 0 0/.16)!important;max-width:min(420px,92vw);white-space:normal!important;font-family:inherit!important}
.tip-box{padding:9px 12px;font-size:13px;line-height:1.45;color:var(--ink)}
.tip-title{color:var(--faint);margin-bottom:4px;overflow-wrap:anywhere}
.tip-row{display:flex;gap:8px;align-items:baseline}
.tip-label{flex:1 1 auto;overflow-wrap:anywhere;min-width:0}
.tip-value{font-weight:600;white-space:nowrap;padding-left:14px;font-variant-numeric:tabular-nums}
.patch{flex:none;width:14px;height:3px;border-radius:2px;align-self:center;background:currentColor}
.patch.none{visibility:hidden;width:0;margin-left:-8px}
.patch.dashed{background:none!important;height:0;border-top:3px dashed}
${Array.from({ length: 7 }, (_, index) => `.patch.c${index}{color:var(--c${index})}`).join('')}
.foot{margin-top:64px;padding-top:16px;border-top:1px solid var(--line);color:var(--faint);font-size:13px}
@media (max-width:560px){
main{padding:30px 16px 48px}
h1{font-size:23px}h1 .more{font-size:17px}h2{margin-top:46px}
.keys{grid-template-columns:1fr 1fr;gap:10px}
.key{padding:12px 13px}.key .value{font-size:20px}
.facts{grid-template-columns:minmax(0,1fr);gap:0}.facts dd{margin-bottom:10px}
th,td{padding-left:16px}
}
@media print{
:root{${LIGHT}}
@page{size:A4;margin:16mm 15mm}
body{font-size:10.5pt}
main{max-width:none;padding:0}
h1{font-size:19pt}h1 .more{font-size:13pt}h2{font-size:14pt;margin-top:26pt}
h2,h3,figcaption,caption,summary{break-after:avoid}
.key,pre{border:1px solid var(--line);background:none}
.keys{grid-template-columns:repeat(4,1fr);gap:8px}
.key{padding:9px 11px}.key .value{font-size:15pt}
.is-live .still{display:block}.live,.tip{display:none!important}
summary{color:var(--faint);list-style:none}
summary::-webkit-details-marker{display:none}
details::details-content{content-visibility:visible}
.scroll{overflow:visible}
table{font-size:8.5pt;min-width:0}
th,td{padding:3px 0 3px 10px;white-space:normal}
thead th,thead th.long{white-space:normal;min-width:0}
.name,.text{min-width:0}
tr,.warnings li{break-inside:avoid}
thead{display:table-header-group}
}
`.replaceAll('\n', '')
