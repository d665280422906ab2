import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { graphParameters } from "@larder/vector-index";
import type { Collection } from "chromadb";
import { ChromaClient } from "chromadb";
import type { OpenIndex, Peer, Shape } from "../peer.ts";
import { usualEfs } from "../peer.ts";
import { readBlocks } from "../vector-blocks.ts";

const collectionName = "vectors";
const startTimeoutMs = 60_000;
const pollMs = 20;
const cli = fileURLToPath(new URL("./cli.mjs", import.meta.resolve("chromadb")));

interface Server {
  readonly child: ChildProcess;
  readonly client: ChromaClient;
}

/** The server that the package carries, on loopback, with its data below the folder. Asks no other machine for anything. */
async function startServer({ folder }: Shape): Promise<Server> {
  const port = await freePort();
  const args = [cli, "run", "--path", join(folder, "chroma"), "--host", "127.0.0.1", "--port", String(port)];
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ANONYMIZED_TELEMETRY: "False" },
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-2_000);
  });
  const client = new ChromaClient({ host: "127.0.0.1", port, ssl: false });
  for (const endMs = performance.now() + startTimeoutMs; ; ) {
    const isUp = await client.heartbeat().then(
      () => true,
      () => false,
    );
    if (isUp) return { child, client };
    if (child.exitCode !== null) throw new Error(`Chroma's server failed: ${errors.trim().split("\n").at(-1)}`);
    if (performance.now() > endMs) throw new Error("Chroma's server does not answer");
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

function opened(shape: Shape, first: Server, firstCollection: Collection): OpenIndex {
  let server = first;
  let collection = firstCollection;
  return {
    get holders() {
      return server.child.pid === undefined ? [] : [server.child.pid];
    },
    /** What it takes for changed and gives back as changed, it searches with when it was started again. */
    async setEf(ef) {
      await collection.modify({ configuration: { hnsw: { ef_search: ef } } });
      await stopServer(server);
      server = await startServer(shape);
      collection = await openCollection(server);
    },
    async search(query, k) {
      const found = await collection.query({ queryEmbeddings: [Array.from(query)], nResults: k, include: [] });
      return (found.ids[0] ?? []).map(Number);
    },
    close: () => stopServer(server),
  };
}

async function stopServer({ child }: Server): Promise<void> {
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  await exited;
}

function openCollection({ client }: Server): Promise<Collection> {
  return client.getCollection({ name: collectionName, embeddingFunction: noEmbeddings });
}

export const chroma: Peer = {
  efs: usualEfs,
  async build(file, shape, progress) {
    const server = await startServer(shape);
    const { m, efConstruction, efSearch } = graphParameters;
    const collection = await server.client.createCollection({
      name: collectionName,
      configuration: {
        hnsw: { space: "cosine", max_neighbors: m, ef_construction: efConstruction, ef_search: efSearch },
      },
      embeddingFunction: noEmbeddings,
    });
    for (const block of readBlocks(file, shape.dimensions)) {
      const embeddings = Array.from({ length: block.count }, (_, i) => Array.from(block.row(i)));
      await collection.add({ ids: embeddings.map((_, i) => String(block.first + i)), embeddings });
      progress(block.first + block.count);
    }
    return opened(shape, server, collection);
  },
  /** The ef is in its files, where the last `setEf` left it. */
  async open(shape) {
    const server = await startServer(shape);
    return opened(shape, server, await openCollection(server));
  },
};

/** Vectors are given; the default would load a model from a hub. */
const noEmbeddings = {
  name: "none",
  generate: (): Promise<number[][]> => Promise.reject(new Error("asked to embed")),
};

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
