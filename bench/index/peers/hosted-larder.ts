import { join } from "node:path";
import type { EmbedderId, VectorIndexKind } from "@larder/contracts";
import { graphParameters, openVectorIndex } from "@larder/vector-index";
import { applyRows, benchCollection } from "../neighbour-statistics.ts";
import type { OpenIndex, Peer, Shape } from "../peer.ts";

const call = { signal: new AbortController().signal };
const embedderId = "bench" as EmbedderId;
const pollMs = 100;

/** Through the port and over the process boundary, as a server has it, with the settings that Larder chooses by itself. */
async function openHosted({ folder, dimensions }: Shape, exactVectorsMax?: number): Promise<OpenIndex & Hosted> {
  const index = await openVectorIndex(
    {
      folder: join(folder, "vectors"),
      dimensions,
      embedderId,
      ...(exactVectorsMax === undefined ? {} : { exactVectorsMax }),
    },
    call,
  );
  const { kind } = await index.status(benchCollection, call); // loads the checkpoint
  return {
    index,
    kind,
    get holders() {
      return index.pid === undefined ? [] : [index.pid];
    },
    async search(query, k) {
      const { hits } = await index.search(benchCollection, query, { limit: k }, call);
      return hits.map(({ label }) => label - 1);
    },
    close: () => index.close(),
  };
}

interface Hosted {
  readonly index: Awaited<ReturnType<typeof openVectorIndex>>;
  readonly kind: VectorIndexKind;
}

function hostedPeer(kind: VectorIndexKind, exactVectorsMax?: number): Peer {
  return {
    note: kind === "exact" ? "exact" : `its own ef, ${graphParameters.efSearch}`,
    async build(file, shape, progress) {
      const hosted = await openHosted(shape, exactVectorsMax);
      await applyRows(hosted.index, file, progress);
      for (;;) {
        const { degraded } = await hosted.index.status(benchCollection, call);
        if (degraded === undefined) break;
        progress(Number(/: (\d+) of/.exec(degraded)?.[1] ?? 0));
        await new Promise((resolve) => setTimeout(resolve, pollMs));
      }
      await hosted.index.checkpoint(benchCollection, call);
      return hosted;
    },
    async open(shape) {
      const hosted = await openHosted(shape, exactVectorsMax);
      if (hosted.kind !== kind) throw new Error(`came back as ${hosted.kind}`);
      return hosted;
    },
  };
}

/** The graph at every size: where it is not the default, what a lower `exactVectorsMax` would give. */
export const larderGraph: Peer = hostedPeer("hnsw", 1);

export const larderExact: Peer = hostedPeer("exact");
