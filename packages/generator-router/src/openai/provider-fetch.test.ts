import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs";
import { expect, it } from "vitest";
import { defaultConnectionLimits, openProviderFetch } from "./provider-fetch.ts";

/** Tells nobody how long it keeps an idle socket. */
const server = `
  const server = require("node:http").createServer((request, response) => {
    request.resume().on("end", () => response.end("ok"));
    response.on("finish", () => setTimeout(() => request.socket.end(), 300));
  });
  server.keepAliveTimeout = 0;
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
`;

it("sends nothing on a socket that the provider closed while this process stood still", async () => {
  // In a process of its own: it goes on while this one does not.
  const provider = spawn(process.execPath, ["-e", server], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(provider.stdout, "data")) as [Buffer];
  const { fetch, close } = openProviderFetch(defaultConnectionLimits);
  const ask = async () => {
    const { status, body } = await fetch(`http://127.0.0.1:${line.toString().trim()}/`, { method: "POST", body: "x" });
    for await (const _ of body ?? []); // to its end, so that the socket is used again
    return status;
  };
  try {
    expect(await ask()).toBe(200);
    await new Promise((resolve) => readFile(import.meta.filename, resolve)); // back from a look at what came
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500);
    expect(await ask()).toBe(200);
  } finally {
    await close();
    provider.kill();
  }
});
