/**
 * The least that any gateway can add here: a process that passes bytes on to the provider and back over kept sockets,
 * reads nothing, chooses nothing and writes nothing down. Ends with its parent.
 */
import { once } from "node:events";
import { Agent, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

const provider = new URL(process.argv[2] ?? "");
const agent = new Agent({ keepAlive: true });
const server = createServer((asked, reply) => {
  const { method, url: path } = asked;
  const { host: _, ...headers } = asked.headers;
  const sending = request({ agent, hostname: provider.hostname, port: provider.port, path, method, headers });
  sending.once("response", (answer) => {
    reply.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(reply);
  });
  sending.once("error", () => reply.destroy());
  asked.pipe(sending);
}).listen(0, "127.0.0.1");
await once(server, "listening");
process.once("disconnect", () => process.exit(0));
const { port } = server.address() as AddressInfo;
process.send?.({ url: `http://127.0.0.1:${port}${provider.pathname}` });
