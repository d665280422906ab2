import type { RequestListener, Server } from "node:http";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Certificate } from "./make-certificate.ts";

/** A web server on loopback. `origin` has no slash at its end. */
export const openWebServer = (answer: RequestListener) => listen(createServer(answer), "http");

/** The same behind TLS, with this certificate. */
export const openSecureWebServer = (certificate: Certificate, answer: RequestListener) =>
  listen(createSecureServer(certificate, answer), "https");

async function listen(server: Server, scheme: "http" | "https") {
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `${scheme}://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
