import type { Call, IndexRoots, KnowledgeBaseId, Label, PassageId } from "@larder/contracts";
import type { BucketLeaf, PassageFacts } from "@larder/receipts";
import { bucketOf, PassageTree, passageLeaf, proveInclusion, sha256Hex, sha256OfVector } from "@larder/receipts";
import { and, asc, count, eq, gt, isNull, max, sql } from "drizzle-orm";
import { prunedThrough } from "./prune-operations.ts";
import type { RowWriter } from "./row-writer.ts";
import { indexOperations, knowledgeBases, passageLeaves, passages, passageTrees, vectors } from "./schema/index.ts";
import type { Queries } from "./sqlite-connection.ts";
import type { StoreContext } from "./store-context.ts";

/** Trees that are kept, of the knowledge bases that were asked last: 256 KiB each. Chosen arbitrarily. */
const treesKept = 64;
/** Changed buckets above which all leaves are read in one go. Chosen arbitrarily: a quarter of the buckets. */
const bucketsReadMax = 1_024;
/** Buckets that changed since a tree was stored, above which it is stored again. Chosen arbitrarily. */
const bucketsUnstoredMax = 512;
/** Passages that get their leaf in one transaction; others wait for it. */
const passagesPerFill = 2_000;

interface KeptTree {
  readonly tree: PassageTree;
  readonly root: string;
  /** Of the knowledge base: what is of another is no state of this one. */
  readonly generation: number;
  /** The last operation of the log that the tree holds. */
  readonly sequence: number;
  /** Buckets that changed since it was stored, each as often as it did. */
  readonly unstored: number;
}

const storeTree = `insert into passage_trees (knowledge_base_id, generation, sequence, buckets) values (?, ?, ?, ?)
on conflict (knowledge_base_id) do update set generation = excluded.generation, sequence = excluded.sequence,
  buckets = excluded.buckets
where (excluded.generation, excluded.sequence) > (passage_trees.generation, passage_trees.sequence)`;

/**
 * Roots of knowledge bases, each from a tree in memory that follows the operation log: while nothing changed the cost is
 * one look at the log's end. A change costs its bucket's leaves. A new process begins with the tree that another one
 * stored. Where there is none all leaves are read, and in a database of before every passage's text and vector.
 *
 * @param writer - Stores trees beside the answers that wait for their roots.
 */
export function createIndexRoots(context: StoreContext, writer: Pick<RowWriter, "write">): IndexRoots {
  const { read } = context;
  const kept = new Map<KnowledgeBaseId, KeptTree>();

  function keep(id: KnowledgeBaseId, { tree, generation, sequence, unstored }: Omit<KeptTree, "root">): KeptTree {
    const isStored = unstored <= bucketsUnstoredMax;
    const state = { tree, root: tree.root, generation, sequence, unstored: isStored ? unstored : 0 };
    if (!isStored) {
      const written = writer.write([[storeTree, [id, generation, sequence, tree.buckets.slice()]]]);
      written.catch(() => undefined); // it is only made anew then; such as when the knowledge base has gone
    }
    kept.delete(id); // the latest stands last
    kept.set(id, state);
    const [oldest] = kept.keys();
    if (kept.size > treesKept && oldest !== undefined) kept.delete(oldest);
    return state;
  }

  /** `undefined` when the tree has to be made from all leaves. */
  function follow(queries: Queries, id: KnowledgeBaseId, { generation, latest }: LogEnd): KeptTree | undefined {
    const known = kept.get(id);
    const state = known?.generation === generation ? known : readTree(queries, id, generation);
    if (state === undefined || state.sequence > latest) return undefined; // the log went back: the knowledge base is gone
    if (state.sequence < prunedThrough(queries, id, generation)) return undefined; // what changed since is no longer told
    if (state.sequence === latest) return kept.get(id) === state ? state : keep(id, state);
    const changed = changedBuckets(queries, id, state);
    if (changed === undefined || changed.length > bucketsReadMax) return undefined;
    const leaves = new Map<number, BucketLeaf[]>(changed.map((bucket) => [bucket, []]));
    const listed = sql`(select value from json_each(${JSON.stringify(changed)}))`;
    for (const row of selectLeaves(
      queries,
      and(ofGeneration(id, generation), sql`${passageLeaves.bucket} in ${listed}`),
    )) {
      leaves.get(row.bucket)?.push(row);
    }
    kept.delete(id); // should the update fail half-way
    state.tree.update(leaves);
    return keep(id, { tree: state.tree, generation, sequence: latest, unstored: state.unstored + changed.length });
  }

  function build(queries: Queries, id: KnowledgeBaseId, { generation, latest }: LogEnd): KeptTree {
    const leaves = new Map<number, BucketLeaf[]>();
    for (const row of selectLeaves(queries, ofGeneration(id, generation))) {
      const bucket = leaves.get(row.bucket);
      if (bucket === undefined) leaves.set(row.bucket, [row]);
      else bucket.push(row);
    }
    const tree = new PassageTree();
    tree.update(leaves);
    return keep(id, { tree, generation, sequence: latest, unstored: leaves.size }); // a small one is made faster than read
  }

  /** What is made of the tree of now is made in the snapshot that the tree is of. */
  async function withTree<T>(
    id: KnowledgeBaseId,
    call: Call,
    use: (tree: KeptTree, queries: Queries) => T,
  ): Promise<T> {
    const known = read(call, (queries) => {
      const end = logEnd(queries, id);
      const followed = follow(queries, id, end);
      if (followed !== undefined) return { result: use(followed, queries) };
      return hasAllLeaves(queries, id, end) ? { result: use(build(queries, id, end), queries) } : undefined;
    });
    if (known !== undefined) return known.result;
    await fillLeaves(context, id, call);
    return read(call, (queries) => use(build(queries, id, logEnd(queries, id)), queries));
  }

  return {
    indexRoot: (id, call) => withTree(id, call, ({ root }) => root),
    prove: (id, passageId, call) =>
      withTree(id, call, ({ tree, root, generation }, queries) => {
        const facts = factsOf(queries, id, generation, passageId);
        if (facts === undefined) return undefined;
        const inBucket = and(ofGeneration(id, generation), eq(passageLeaves.bucket, bucketOf(passageId)));
        const proof = proveInclusion(tree, facts, selectLeaves(queries, inBucket));
        return proof === undefined ? undefined : { root, ...proof, passageId };
      }),
  };
}

/** From text and vector themselves, so that a proof is of what is there and not of a leaf that was kept. */
function factsOf(
  queries: Queries,
  id: KnowledgeBaseId,
  generation: number,
  passageId: PassageId,
): PassageFacts | undefined {
  const row = queries
    .select({ text: passages.text, vector: vectors.vector })
    .from(passages)
    .innerJoin(vectors, eq(vectors.label, passages.label))
    .where(and(eq(passages.knowledgeBaseId, id), eq(passages.generation, generation), eq(passages.id, passageId)))
    .get();
  if (row === undefined) return undefined;
  return { passageId, textSha256: sha256Hex(row.text), vectorSha256: sha256OfVector(row.vector) };
}

const ofGeneration = (id: KnowledgeBaseId, generation: number) =>
  and(eq(passageLeaves.knowledgeBaseId, id), eq(passageLeaves.generation, generation));

function readTree(queries: Queries, id: KnowledgeBaseId, generation: number): KeptTree | undefined {
  const ofOne = and(eq(passageTrees.knowledgeBaseId, id), eq(passageTrees.generation, generation));
  const row = queries.select().from(passageTrees).where(ofOne).get();
  if (row === undefined) return undefined;
  const tree = new PassageTree(row.buckets);
  return { tree, root: tree.root, generation: row.generation, sequence: row.sequence, unstored: 0 };
}

/** Of the generation that searches see. */
interface LogEnd {
  readonly generation: number;
  readonly latest: number;
}

function logEnd(queries: Queries, id: KnowledgeBaseId): LogEnd {
  const ofId = eq(knowledgeBases.id, id);
  const found = queries.select({ generation: knowledgeBases.generation }).from(knowledgeBases).where(ofId).get();
  const { generation = 1 } = found ?? {};
  const ofOne = and(eq(indexOperations.knowledgeBaseId, id), eq(indexOperations.generation, generation));
  const row = queries
    .select({ sequence: max(indexOperations.sequence) })
    .from(indexOperations)
    .where(ofOne)
    .get();
  return { generation, latest: row?.sequence ?? 0 };
}

function selectLeaves(queries: Queries, where: ReturnType<typeof and>) {
  const { bucket, passageId, leaf } = passageLeaves;
  return queries.select({ bucket, passageId, leaf }).from(passageLeaves).where(where).all();
}

/** Of the operations after `sequence`; `undefined` when one of them does not say. */
function changedBuckets(
  queries: Queries,
  id: KnowledgeBaseId,
  { generation, sequence }: Pick<KeptTree, "generation" | "sequence">,
): readonly number[] | undefined {
  const after = and(
    eq(indexOperations.knowledgeBaseId, id),
    eq(indexOperations.generation, generation),
    gt(indexOperations.sequence, sequence),
  );
  const rows = queries.selectDistinct({ bucket: indexOperations.bucket }).from(indexOperations).where(after).all();
  const buckets = rows.flatMap(({ bucket }) => (bucket === null ? [] : [bucket]));
  return buckets.length === rows.length ? buckets : undefined;
}

function hasAllLeaves(queries: Queries, id: KnowledgeBaseId, { generation }: LogEnd): boolean {
  const counted = queries.select({ leaves: count() }).from(passageLeaves).where(ofGeneration(id, generation)).get();
  const row = queries
    .select({ passages: knowledgeBases.passageCount })
    .from(knowledgeBases)
    .where(eq(knowledgeBases.id, id))
    .get();
  return counted?.leaves === (row?.passages ?? 0);
}

/** Gives every passage that has none its leaf, some at a time, so that whatever else waits gets its turn. */
async function fillLeaves({ write, connection }: StoreContext, id: KnowledgeBaseId, call: Call): Promise<void> {
  const insertLeaf = connection.db
    .insert(passageLeaves)
    .values({
      label: sql.placeholder("label"),
      knowledgeBaseId: sql.placeholder("knowledgeBaseId"),
      bucket: sql.placeholder("bucket"),
      passageId: sql.placeholder("passageId"),
      generation: sql.placeholder("generation"),
      leaf: sql.placeholder("leaf"),
    })
    .prepare();
  let after = 0 as Label;
  for (;;) {
    const last = write(call, (queries) => {
      const rows = queries
        .select({
          label: passages.label,
          id: passages.id,
          text: passages.text,
          generation: passages.generation,
          vector: vectors.vector,
        })
        .from(passages)
        .innerJoin(vectors, eq(vectors.label, passages.label))
        .leftJoin(passageLeaves, eq(passageLeaves.label, passages.label))
        .where(and(eq(passages.knowledgeBaseId, id), gt(passages.label, after), isNull(passageLeaves.label)))
        .orderBy(asc(passages.label))
        .limit(passagesPerFill)
        .all();
      const leaves = rows.map(({ label, id: passageId, text, generation, vector }) =>
        leafRowOf(id, {
          label,
          passageId,
          generation,
          textSha256: sha256Hex(text),
          vectorSha256: sha256OfVector(vector),
        }),
      );
      for (const leaf of leaves) insertLeaf.run(leaf);
      return rows.at(-1)?.label;
    });
    if (last === undefined) return;
    after = last;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

interface LeafFacts {
  readonly label: Label;
  readonly passageId: PassageId;
  readonly generation: number;
  readonly textSha256: string;
  readonly vectorSha256: string;
}

export function leafRowOf(knowledgeBaseId: KnowledgeBaseId, { label, passageId, generation, ...hashes }: LeafFacts) {
  const leaf = passageLeaf({ passageId, ...hashes });
  return { label, knowledgeBaseId, generation, bucket: bucketOf(passageId), passageId, leaf };
}
