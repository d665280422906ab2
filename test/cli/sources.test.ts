import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, realpath, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { writeTar, writeZip } from "@larder/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LarderProcess } from "../kill/larder-process.ts";
import { startLarder } from "../kill/larder-process.ts";
import { larderArguments, runLarder } from "./run-larder.ts";

let folder = "";
let larder: LarderProcess;
let origin = "";
const pages = new Map<string, string>();
const asked: string[] = [];
const site = createServer((request, reply) => {
  asked.push(request.url ?? "");
  const page = pages.get(request.url ?? "");
  if (page === undefined) reply.writeHead(404).end();
  else reply.writeHead(200, { "content-type": "text/html" }).end(page);
});

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "larder-sources-")));
  await mkdir(join(folder, "data"));
  await new Promise<void>((listening) => site.listen(0, "127.0.0.1", listening));
  const host = `127.0.0.1:${(site.address() as AddressInfo).port}`;
  origin = `http://${host}`;
  const env = { LARDER_FETCH_PRIVATE_HOSTS: host, LARDER_FETCH_HOST_GAP_MS: "0" };
  larder = await startLarder(join(folder, "data"), { env });
});
afterAll(async () => {
  larder.kill("SIGTERM");
  await larder.exited;
  site.closeAllConnections();
  site.close();
  await rm(folder, { recursive: true, force: true });
});

const run = (...args: readonly string[]) =>
  runLarder(["--server", larder.url, ...args], { dataDir: join(folder, "data"), cwd: folder });

/** Titles of the documents that can be found, in order. */
async function titlesIn(name: string): Promise<readonly string[]> {
  const all = (await (await fetch(`${larder.url}/v1/knowledge-bases`)).json()) as {
    data: { id: string; name: string }[];
  };
  const id = all.data.find((one) => one.name === name)?.id;
  const list = await fetch(`${larder.url}/v1/knowledge-bases/${id}/documents?status=ready&limit=200`);
  if (!list.ok) return [];
  const { data } = (await list.json()) as { data: { file_name: string; version: number }[] };
  return data.map(({ file_name, version }) => `${file_name}@${version}`).sort();
}

/** Texts of the documents of this name. */
async function contentsIn(name: string, fileName: string): Promise<readonly string[]> {
  const all = (await (await fetch(`${larder.url}/v1/knowledge-bases`)).json()) as {
    data: { id: string; name: string }[];
  };
  const path = `${larder.url}/v1/knowledge-bases/${all.data.find((one) => one.name === name)?.id}/documents`;
  const list = (await (await fetch(`${path}?limit=200`)).json()) as { data: { id: string; file_name: string }[] };
  const named = list.data.filter((document) => document.file_name === fileName);
  return await Promise.all(
    named.map(async ({ id }) => {
      const { text } = (await (await fetch(`${path}/${id}/content`)).json()) as { text: string };
      return text.trim();
    }),
  );
}

async function becomes(name: string, titles: readonly string[]): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (JSON.stringify(await titlesIn(name)) === JSON.stringify(titles)) return;
    await delay(100);
  }
  expect(await titlesIn(name)).toEqual(titles);
}

describe("an archive", () => {
  it("takes each file of an archive, and none of them twice", async () => {
    const box = [
      { name: "vinegar.md", content: "# Vinegar\n\nVinegar keeps for ever.\n" },
      { name: "inner.zip", content: writeZip([{ name: "x.txt", content: "never opened" }]) },
    ];
    await writeFile(join(folder, "box.tar.gz"), gzipSync(writeTar(box)));
    const first = await run("ingest", "box.tar.gz", "--kb", "boxes");
    expect(first.stdout).toContain("boxes: 1 document added, 0 unchanged, 1 failed");
    expect(first.stdout).toContain("failed box.tar.gz/inner.zip: Documents of this type cannot be read.");
    const again = await run("ingest", "box.tar.gz", "--kb", "boxes");
    expect(again.stdout).toContain("boxes: 0 documents added, 1 unchanged, 1 failed");
  });
});

describe("addresses", () => {
  it("are taken from a sitemap but for what robots.txt forbids, and again without a change", async () => {
    const paths = ["/plums.html", "/figs.html", "/secret/x.html", "/gone.html"];
    pages.set("/robots.txt", "user-agent: larder\ndisallow: /secret");
    pages.set("/plums.html", "<h1>Plums</h1><p>Plums keep for a week.</p>");
    pages.set("/figs.html", "<h1>Figs</h1><p>Figs keep for a day.</p>");
    pages.set("/secret/x.html", "<p>never taken</p>");
    const locations = paths.map((path) => `<url><loc>${origin}${path}</loc></url>`).join("");
    const others = ["https://a.example/", "https://b.example/", "mailto:c@d.example"];
    const left = others.map((address) => `<url><loc>${address}</loc></url>`).join("");
    pages.set("/sitemap.xml", `<urlset>${locations}${left}</urlset>`);
    const first = await run("ingest", "--sitemap", `${origin}/sitemap.xml`, "--kb", "site");
    expect(first.stdout).toContain("site: 2 documents added, 0 unchanged, 2 failed");
    expect(first.stdout).toContain("3 addresses of sitemaps left out: 2 of another host, 1 no http or https address");
    expect(first.stdout).toMatch(/failed \S+\/gone\.html: [^\n]*\(site_status: 404\)/);
    expect(first.stdout).toContain("ADDRESS_FORBIDS_ROBOTS");
    expect(first.stdout).toContain("ADDRESS_ANSWERED_ERROR");
    expect(first.code).toBe(3);
    expect(asked).not.toContain("/secret/x.html");
    expect(asked.filter((path) => path === "/robots.txt")).toHaveLength(1);
    await writeFile(join(folder, "list.txt"), `# of the site\n${origin}/plums.html\n\n${origin}/figs.html\r\n`);
    const again = await run("ingest", "--urls", "list.txt", "--url", `${origin}/plums.html`, "--kb", "site");
    expect(again.stdout).toContain("site: 0 documents added, 2 unchanged, 0 failed");
    const few = await run("--json", "ingest", "--urls", "list.txt", "--max-pages", "1", "--kb", "site");
    expect(JSON.parse(few.stdout)).toMatchObject({ unchanged: 1, is_cut: true, files: [{ outcome: "unchanged" }] });
    const none = await run("ingest", "--sitemap", `${origin}/none.xml`, "--kb", "site");
    expect(none.stderr).toContain(`site_status: 404; sitemap: ${origin}/none.xml`);
    expect(none.stderr).toContain("ADDRESS_ANSWERED_ERROR");
  });
});

describe("a folder", () => {
  it("tells new files from changed ones and from copies, and what stays found when a change cannot be read", async () => {
    const shelf = join(folder, "shelf");
    await mkdir(join(shelf, "copies"), { recursive: true });
    await writeFile(join(shelf, "log.md"), "# Log\n\nThe lamp burns.\n");
    await writeFile(join(shelf, "copies", "log.md"), "# Log\n\nThe lamp burns.\n");
    await writeFile(join(shelf, "rope.md"), "# Rope\n\nRope is counted.\n");
    const first = await run("ingest", "shelf", "--kb", "shelf");
    expect(first.stdout).toContain("shelf: 2 documents added, 0 unchanged, 1 with the same bytes as others, 0 failed");
    expect(first.stdout).toMatch(/same bytes shelf\/(?:copies\/)?log\.md: as shelf\/(?:copies\/)?log\.md\n/);
    await writeFile(join(shelf, "rope.md"), "# Rope\n\nRope is counted twice.\n");
    const second = await run("--json", "ingest", "shelf", "--kb", "shelf");
    expect(JSON.parse(second.stdout)).toMatchObject({ added: 0, changed: 1, unchanged: 1, duplicates: 1, failed: 0 });
    await writeFile(join(shelf, "rope.md"), Buffer.from("d0cf11e0a1b11ae1", "hex"));
    const third = await run("ingest", "shelf", "--kb", "shelf");
    expect(third.code).toBe(3);
    expect(third.stdout).toMatch(/failed shelf\/rope\.md: [^\n]+\n +the version before is still found\n/);
    const { stdout: jobs } = await run("jobs", "list", "--state", "failed", "--kb", "shelf");
    expect(jobs).toContain(`failed ${join(shelf, "rope.md")} doc_`);
    expect(jobs).toContain("(the version before is still found)");
    const found = await run("search", "is rope counted twice?", "--kb", "shelf");
    expect(found.stdout).toContain("Rope · rope.md");
  });
});

describe("a folder that is watched", () => {
  it("is followed: files added, changed, renamed and deleted, also while nobody watched", async () => {
    const notes = join(folder, "notes");
    await mkdir(join(notes, "d"), { recursive: true });
    await writeFile(join(notes, "a.md"), "# A\n\nApples keep in the cellar.\n");
    const watch = (...more: readonly string[]) => {
      const args = ["--server", larder.url, "ingest", "notes", "--watch", "--kb", "notes", ...more];
      const child = spawn(process.execPath, larderArguments(args), {
        cwd: folder,
        env: { PATH: process.env.PATH ?? "", NO_COLOR: "1" },
        stdio: ["ignore", "pipe", "inherit"],
      });
      let printed = "";
      child.stdout.on("data", (text: Buffer) => {
        printed += text.toString();
      });
      const ended = once(child, "exit");
      return { child, ended, printed: () => printed };
    };
    const first = watch();
    while (!first.printed().includes("watching")) await delay(50);
    await becomes("notes", ["a.md@1"]);
    await writeFile(join(notes, "same.md"), "# A\n\nApples keep in the cellar.\n");
    while (!first.printed().includes("same bytes notes/same.md: as notes/a.md")) await delay(50);
    await writeFile(join(notes, "d", "b.md"), "# B\n\nBeets want sand.\n");
    await becomes("notes", ["a.md@1", "b.md@1"]);
    await writeFile(join(notes, "d", "b.md"), "# B\n\nBeets want wet sand.\n");
    await becomes("notes", ["a.md@1", "b.md@2"]);
    await rename(join(notes, "d", "b.md"), join(notes, "beets.md"));
    await becomes("notes", ["a.md@1", "beets.md@1"]);
    await rm(join(notes, "a.md"));
    await becomes("notes", ["beets.md@1", "same.md@1"]); // which had the same bytes
    await writeFile(join(notes, "twin.md"), "# A\n\nApples keep in the cellar.\n");
    while (!first.printed().includes("same bytes notes/twin.md: as notes/same.md")) await delay(50);
    await writeFile(join(notes, "twin.md"), "# A\n\nApples rot in the cellar.\n");
    await becomes("notes", ["beets.md@1", "same.md@1", "twin.md@1"]); // an edit of one of two equal files
    expect(await contentsIn("notes", "same.md")).toEqual(["# A\n\nApples keep in the cellar."]);
    expect(await contentsIn("notes", "twin.md")).toEqual(["# A\n\nApples rot in the cellar."]);
    await writeFile(join(notes, "twin.md"), "# A\n\nApples keep in the cellar.\n");
    await becomes("notes", ["beets.md@1", "same.md@1"]); // one document again
    await rm(join(notes, "twin.md"));
    while (!first.printed().includes("removed notes/twin.md")) await delay(50);
    await writeFile(
      join(notes, "box.zip"),
      writeZip([
        { name: "in/x.md", content: "# X\n\nIn the box." },
        { name: "in/y.md", content: "# Y\n\nIn it as well." },
      ]),
    );
    await becomes("notes", ["beets.md@1", "in/x.md@1", "in/y.md@1", "same.md@1"]);
    await writeFile(join(notes, "box.zip"), writeZip([{ name: "in/x.md", content: "# X\n\nIn the box." }]));
    await becomes("notes", ["beets.md@1", "in/x.md@1", "same.md@1"]);
    first.child.kill("SIGINT");
    expect(await first.ended).toEqual([0, null]);
    const lines = first.printed().split("\n");
    const changes = lines.slice(lines.indexOf("watching; Ctrl-C ends it") + 1, -1);
    // A file may be looked at once more than it was written.
    expect(changes.filter((line) => !line.startsWith("unchanged "))).toEqual([
      "same bytes notes/same.md: as notes/a.md",
      "added notes/d/b.md",
      "changed notes/d/b.md",
      "removed notes/d/b.md",
      "added notes/beets.md",
      "removed notes/a.md",
      "same bytes notes/twin.md: as notes/same.md",
      "changed notes/twin.md",
      "same bytes notes/twin.md: as notes/same.md",
      "removed notes/twin.md",
      "added notes/box.zip/in/x.md",
      "added notes/box.zip/in/y.md",
      "removed notes/box.zip/in/y.md",
    ]);

    await rm(join(notes, "box.zip"));
    await rename(join(notes, "beets.md"), join(notes, "carrots.md"));
    const told = await run("ingest", "notes", "--kb", "notes");
    expect(told.code).toBe(0);
    const second = watch("--delete");
    await becomes("notes", ["carrots.md@1", "same.md@1"]);
    second.child.kill("SIGINT");
    await second.ended;

    const third = watch();
    while (!third.printed().includes("watching")) await delay(50);
    await rename(notes, join(folder, "moved"));
    const [code] = await third.ended;
    expect(code).toBe(2); // told, not stuck, and nothing deleted: a folder that was moved says nothing of its files
    expect(third.printed()).not.toContain("removed");
    await becomes("notes", ["carrots.md@1", "same.md@1"]);
  });
});
