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
import { efSettings } from "../peer.ts";
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

function opened({ child }: Server, collection: Collection): OpenIndex {
  return {
    settings: efSettings((ef) => collection.modify({ configuration: { hnsw: { ef_search: ef } } })),
    holders: child.pid === undefined ? [] : [child.pid],
    async search(query, k) {
      const found = await collection.query({ queryEmbeddings: [Array.from(query)], nResults: k, include: [] });
      return (found.ids[0] ?? []).map(Number);
    },
    async close() {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await exited;
    },
  };
}

export const chroma: Peer = {
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
    return opened(server, collection);
  },
  async open(shape) {
    const server = await startServer(shape);
    const collection = await server.client.getCollection({ name: collectionName, embeddingFunction: noEmbeddings });
    return opened(server, collection);
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
