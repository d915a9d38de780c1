# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the report's page looks: light and dark, on a screen and on paper; nothing is loaded from anywhere."""

STYLE = """
:root{--page:#f5f6f8;--card:#fff;--ink:#1b2430;--soft:#5c6878;--line:#dfe3e9;
--cache_clone:#0b7a4b;--image_clone:#1668b8;--copy_offload:#7a4bc0;--download:#b8560b;--unknown:#7c8794;
--bad:#b3261e}
@media (prefers-color-scheme:dark){:root{--page:#12171d;--card:#1b222b;--ink:#e7ebf0;--soft:#9aa6b4;
--line:#313b47;
--cache_clone:#3fbf85;--image_clone:#5aa9f0;--copy_offload:#b18cf0;--download:#f0994a;--unknown:#8c98a6;
--bad:#ff8a80}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:1080px;margin:0 auto;padding:28px 20px 48px}
h1{font-size:26px;line-height:1.25;margin:0 0 2px}
h2{font-size:17px;margin:0 0 12px}
p{margin:0 0 8px}
.soft,.detail,.under{color:var(--soft)}
section{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:20px;
margin-top:18px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(145px,1fr));gap:12px;margin-top:18px}
.tile{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:14px 18px}
.tile b{display:block;font-size:24px;line-height:1.2;font-variant-numeric:tabular-nums}
.tile.bad b,.bad{color:var(--bad)}
.note{border-left:4px solid var(--download);padding-left:16px}
.note.bad{border-color:var(--bad);color:inherit}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px}
th{text-align:left;font-weight:600;color:var(--soft);white-space:nowrap}
th,td{padding:7px 12px 7px 0;border-bottom:1px solid var(--line);vertical-align:top}
tr:last-child td{border-bottom:0}
td.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.name{font-weight:600;white-space:nowrap}
td.pool{font-size:13px;min-width:170px}
td.why{font-size:13px;color:var(--soft);min-width:220px}
.bar{display:flex;align-items:center;gap:8px;min-width:130px}
.bar i{display:block;height:10px;border-radius:5px;background:currentColor;min-width:2px}
.bar span{color:var(--ink);font-variant-numeric:tabular-nums;white-space:nowrap}
.path{display:inline-block;border:1.5px solid currentColor;border-radius:99px;padding:0 9px;
font-size:12.5px;font-weight:600;white-space:nowrap}
.cache_clone{color:var(--cache_clone)}.image_clone{color:var(--image_clone)}.copy_offload{
color:var(--copy_offload)}
.download{color:var(--download)}.unknown{color:var(--unknown)}
ul{margin:0;padding-left:20px}li{margin:4px 0}
details summary{cursor:pointer;font-weight:600}
code{font-size:13px}
.flow{display:block;width:100%;height:auto;max-width:940px;margin:0 auto}
.flow text{font-size:15px;fill:var(--ink)}
.flow .detail,.flow .under{font-size:13px;fill:var(--soft)}
.flow .head{font-weight:600}
.flow .count{font-weight:700;font-size:17px}
.flow .count.none{font-weight:400;font-size:14px;fill:var(--soft)}
.flow rect{fill:var(--page);stroke:var(--line);stroke-width:1.5}
.flow .start rect{fill:var(--ink);stroke:var(--ink)}.flow .start .head,.flow .start .detail{fill:var(--card)}
.flow .answer.used rect{stroke:currentColor;stroke-width:2.5}
.flow .answer.used .head{fill:currentColor}
.flow .answer.idle{opacity:.55}
.flow .arrow{fill:none;stroke:var(--soft);stroke-width:1.5}
.flow .arrow.used{stroke:currentColor;stroke-width:3}
.flow .tip{fill:currentColor}.flow .tip.idle{opacity:.5}
.flow .arrow.idle{opacity:.5;stroke-dasharray:5 5}
footer{margin-top:22px;color:var(--soft);font-size:13px}
@media print{body{background:#fff;font-size:12px}main{max-width:none;padding:0}
section,.tile{break-inside:avoid;border-color:#bbb}section.long{break-inside:auto}tr{break-inside:avoid}
.scroll{overflow:visible}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}

"""
