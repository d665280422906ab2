/** Eight colours that colour-blind readers can tell apart, in a light and a dark version; dashes tell them apart too. */
export const pageStyle = `
:root { color-scheme: light dark; --ink: #1b1b1b; --quiet: #5a5a5a; --paper: #ffffff; --rule: #dcdcdc;
  --c0: #0b62a4; --c1: #b3541e; --c2: #00755c; --c3: #8a3d84; --c4: #6b6b6b; --c5: #8a6d00; --c6: #a3243b; --c7: #1f7a9e; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ececec; --quiet: #ababab; --paper: #16181b; --rule: #3a3d42;
  --c0: #6cb6f2; --c1: #f0a066; --c2: #4fd0ae; --c3: #dd93d6; --c4: #b5b5b5; --c5: #e2c24b; --c6: #f28a9b; --c7: #7fd3ee; } }
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
h1, h2, h3 { line-height: 1.2; } p, li { max-width: 45rem; } code { overflow-wrap: anywhere; }
svg { width: 100%; height: auto; } svg text { fill: var(--ink); font: 11px system-ui, sans-serif; }
.grid { stroke: var(--rule); } .zero { stroke: var(--ink); stroke-width: 1.5; }
.mark { stroke: var(--quiet); stroke-dasharray: 3 3; stroke-width: 1; }
.hatch-ground { fill: var(--paper); } .hatch-line { stroke: var(--quiet); stroke-width: 3; } .hatched { stroke: var(--quiet); } .whisker { stroke: var(--ink); stroke-width: 1.5; }
.stroke { fill: none; stroke: var(--c); stroke-width: 2.5; } .fill { fill: var(--c); }
.band { fill: var(--c); opacity: 0.13; }
.s0 { --c: var(--c0); } .s1 { --c: var(--c1); } .s2 { --c: var(--c2); } .s3 { --c: var(--c3); }
.s4 { --c: var(--c4); } .s5 { --c: var(--c5); } .s6 { --c: var(--c6); } .s7 { --c: var(--c7); }
.stroke.s1 { stroke-dasharray: 7 3; } .stroke.s2 { stroke-dasharray: 2 3; } .stroke.s3 { stroke-dasharray: 9 3 2 3; }
.stroke.s4 { stroke-dasharray: 1 4; } .stroke.s6 { stroke-dasharray: 5 5; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; padding: 0; }
.legend svg { width: 28px; height: 10px; margin-right: 0.4rem; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: 0.85rem; }
caption { text-align: left; color: var(--quiet); padding: 0.4rem 0; }
th, td { padding: 0.2rem 0.6rem; border-bottom: 1px solid var(--rule); text-align: right; white-space: nowrap; }
thead th { white-space: normal; vertical-align: bottom; } th:first-child { text-align: left; } summary { cursor: pointer; } .quiet { color: var(--quiet); }
.headline { font-size: 1.15rem; border-left: 4px solid var(--c0); padding-left: 1rem; }
.verdict { border-left: 4px solid var(--c4); padding-left: 1rem; } .verdict.saves { border-color: var(--c2); }
.verdict.costs_more { border-color: var(--c6); } .verdict.costs_more strong { color: var(--c6); }
@media print { body { margin: 0; max-width: none; } .scroll { overflow: visible; } th, td { white-space: normal; padding: 0.2rem 0.3rem; } section { break-inside: avoid; } details > * { display: block; } }
`;
