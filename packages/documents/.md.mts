import { readMarkdownStructure } from "/work/main/packages/documents/src/markdown/parse-markdown.ts";

const run = (w: string, t: string) => {
  const c = process.cpuUsage();
  const r = readMarkdownStructure(t);
  const d = process.cpuUsage(c);
  console.log(w, t.length, r.blocks.length, r.warnings.length, Math.round((d.user + d.system) / 1000) + "ms cpu");
};
const prose = (n: number, h: string) =>
  ("Some words in a line of text,\nand more. ".repeat(5) + `\n\n${h}\n\n- a\n- b\n\n`).repeat((n / 240) | 0);
for (let i = 0; i < 2; i++)
  for (const h of ["## Head *x*", "## Head", "para"])
    for (const n of [1.25e5, 2.5e5, 5e5, 1e6]) run("prose " + h, prose(n, h));
for (const n of [1e3, 4e3, 16e3]) run("list", "- x\n".repeat(n));
