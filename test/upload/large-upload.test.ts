import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { measureUpload } from "../../bench/upload/measure-upload.ts";
import type { LarderProcess } from "../kill/larder-process.ts";
import { startLarder } from "../kill/larder-process.ts";

const mebibyte = 2 ** 20;
let dataDir: string;
let server: LarderProcess;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "larder-upload-"));
  server = await startLarder(dataDir, { env: { LARDER_UPLOAD_BYTES_MAX: String(300 * mebibyte) } });
});
afterAll(async () => {
  server.kill("SIGTERM");
  await server.exited;
  await rm(dataDir, { recursive: true, force: true });
});

it.skipIf(process.platform !== "linux")("takes 300 MiB without holding them", async () => {
  const { status, residentBefore, residentMax } = await measureUpload(server, 300 * mebibyte);
  expect(status).toBe(202);
  // What the sockets and the collector hold varies; a server that kept the file would hold all of it.
  expect(residentMax - residentBefore).toBeLessThan(100 * mebibyte);
});

it.skipIf(process.platform !== "linux")("stops at the limit, and keeps nothing", async () => {
  const before = await readdir(join(dataDir, "blobs"));
  const refused = await measureUpload(server, 301 * mebibyte).catch((cause: unknown) => ({
    cause,
    status: 0,
    body: "",
  }));
  // The sender may be cut off before it has read the reply: it was still sending.
  if (refused.status !== 0) expect(refused).toMatchObject({ status: 413 });
  expect(await readdir(join(dataDir, "blobs"))).toEqual(before);
  expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
});
