import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { request } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

export interface UploadMeasure {
  readonly status: number;
  readonly body: string;
  readonly seconds: number;
  /** Resident memory of the server's process, in bytes. */
  readonly residentBefore: number;
  readonly residentMax: number;
}

const pieceBytes = 2 ** 20;
const sampleMs = 50;

/** Posts one file of random bytes to a server on this machine and watches its process. Needs /proc (Linux). */
export async function measureUpload(
  server: { readonly url: string; readonly pid: number },
  bytes: number,
): Promise<UploadMeasure> {
  const { id } = await makeKnowledgeBase(server.url);
  const boundary = "--of-the-measure";
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="large.bin"\r\n\r\n`;
  const tail = `\r\n--${boundary}--\r\n`;
  const length = head.length + bytes + tail.length;
  const residentBefore = await residentBytes(server.pid);
  let residentMax = residentBefore;
  const sampler = setInterval(() => {
    void residentBytes(server.pid).then((resident) => {
      residentMax = Math.max(residentMax, resident);
    });
  }, sampleMs);
  const startMs = performance.now();
  try {
    const sent = request(`${server.url}/v1/knowledge-bases/${id}/documents`, {
      method: "POST",
      headers: { "content-type": `multipart/form-data; boundary=${boundary}`, "content-length": length },
    });
    const answered = once(sent, "response") as Promise<[IncomingMessage]>;
    await pipeline(Readable.from(generate(head, bytes, tail)), sent);
    const [response] = await answered;
    let body = "";
    for await (const piece of response) body += String(piece);
    const seconds = (performance.now() - startMs) / 1_000;
    return { status: response.statusCode ?? 0, body, seconds, residentBefore, residentMax };
  } finally {
    clearInterval(sampler);
  }
}

async function makeKnowledgeBase(url: string): Promise<{ id: string }> {
  const reply = await fetch(`${url}/v1/knowledge-bases`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: `upload-${randomBytes(4).toString("hex")}` }),
  });
  return (await reply.json()) as { id: string };
}

/** The same megabyte over and over, numbered; nothing that a reader of documents would take long over. */
function* generate(head: string, bytes: number, tail: string): Generator<Uint8Array> {
  yield Buffer.from(head);
  const piece = Buffer.concat([Buffer.alloc(8), randomBytes(pieceBytes - 8)]);
  for (let at = 0; at < bytes; at += pieceBytes) {
    const next = Buffer.from(piece.subarray(0, Math.min(pieceBytes, bytes - at)));
    if (next.length >= 8) next.writeUInt32LE(at / pieceBytes, 4);
    yield next;
  }
  yield Buffer.from(tail);
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB/mu.exec(status)?.[1] ?? 0) * 1024;
}
