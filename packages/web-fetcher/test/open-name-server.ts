import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import type { ResolveHost } from "../src/guarded-lookup.ts";

/** Addresses of a name by their kind; `"silence"` for a question that gets no answer. A name not in it does not exist. */
export type Zone = Readonly<Record<string, { readonly a?: string; readonly aaaa?: string } | "silence">>;

/** Of a question, in the wire format. */
const types = { a: 1, aaaa: 28 } as const;

/**
 * A name server on loopback (RFC 1035 over UDP), and a `resolve` that asks it for both kinds of addresses. Answers may be
 * kept for no time at all.
 */
export async function openNameServer(zone: Zone) {
  const socket = createSocket("udp4");
  const questions: string[] = [];
  socket.on("message", (query, { port, address }) => {
    const { name, type, end } = readQuestion(query);
    questions.push(name);
    const known = zone[name];
    if (known === "silence") return;
    const kind = type === types.aaaa ? "aaaa" : "a";
    const value = known?.[kind];
    const flags = known === undefined ? 0x8183 : 0x8180; // no such name; no error
    const head = Buffer.from(query.subarray(0, end));
    head.writeUInt16BE(flags, 2);
    head.writeUInt16BE(value === undefined ? 0 : 1, 6);
    head.writeUInt32BE(0, 8); // no other records
    socket.send(value === undefined ? head : Buffer.concat([head, toRecord(types[kind], value)]), port, address);
  });
  await new Promise<void>((bound) => socket.bind(0, "127.0.0.1", bound));
  const resolver = new Resolver({ timeout: 60_000, tries: 1 });
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  let waiting = 0;
  const resolve: ResolveHost = async (hostname) => {
    waiting += 1;
    const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    waiting -= 1;
    const addresses = answers.flatMap((answer, index) =>
      answer.status === "rejected" ? [] : answer.value.map((address) => ({ address, family: index === 0 ? 4 : 6 })),
    );
    const [first] = answers;
    if (addresses.length === 0 && first.status === "rejected") throw first.reason;
    return addresses;
  };
  return {
    resolve,
    /** Names in the order in which they were asked for, once for each kind of address. */
    questions,
    /** Look-ups that have not ended. */
    waiting: () => waiting,
    async [Symbol.asyncDispose]() {
      resolver.cancel();
      await new Promise<void>((closed) => socket.close(closed));
    },
  };
}

/** Its name is a row of labels, each after its length, up to an empty one. */
function readQuestion(query: Buffer) {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function toRecord(type: number, address: string): Buffer {
  const data = type === types.a ? Buffer.from(address.split(".").map(Number)) : ipv6Bytes(address);
  const head = Buffer.from("c00c00000001000000000000", "hex"); // the question's name, its type, internet, 0 s, length
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function ipv6Bytes(address: string): Buffer {
  const [left = "", right = ""] = address.split("::");
  const groups = (text: string): string[] =>
    text === "" ? [] : text.split(":").map((group) => group.padStart(4, "0"));
  const [before, after] = [groups(left), groups(right)];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0000");
  return Buffer.from([...before, ...zeros, ...after].join(""), "hex");
}
