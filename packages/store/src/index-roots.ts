import type { Call, IndexRoots, KnowledgeBaseId, Label, PassageId } from "@larder/contracts";
import type { BucketLeaf, PassageFacts } from "@larder/receipts";
import { bucketOf, PassageTree, passageLeaf, proveInclusion, sha256Hex, sha256OfVector } from "@larder/receipts";
import { and, asc, count, eq, gt, isNull, max, sql } from "drizzle-orm";
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
  /** The last operation of the log that the tree holds. */
  readonly sequence: number;
  /** Buckets that changed since it was stored, each as often as it did. */
  readonly unstored: number;
}

const storeTree = `insert into passage_trees (knowledge_base_id, sequence, buckets) values (?, ?, ?)
on conflict (knowledge_base_id) do update set sequence = excluded.sequence, buckets = excluded.buckets
where excluded.sequence > passage_trees.sequence`;

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

  function keep(id: KnowledgeBaseId, { tree, sequence, unstored }: Omit<KeptTree, "root">): KeptTree {
    const isStored = unstored <= bucketsUnstoredMax;
    const state = { tree, root: tree.root, sequence, unstored: isStored ? unstored : 0 };
    if (!isStored) {
      const written = writer.write([[storeTree, [id, sequence, tree.buckets.slice()]]]);
      written.catch(() => undefined); // it is only made anew then; such as when the knowledge base has gone
    }
    kept.delete(id); // the latest stands last
    kept.set(id, state);
    const [oldest] = kept.keys();
    if (kept.size > treesKept && oldest !== undefined) kept.delete(oldest);
    return state;
  }

  /** `undefined` when the tree has to be made from all leaves. */
  function follow(queries: Queries, id: KnowledgeBaseId, latest: number): KeptTree | undefined {
    const state = kept.get(id) ?? readTree(queries, id);
    if (state === undefined || state.sequence > latest) return undefined; // the log went back: the knowledge base is gone
    if (state.sequence === latest) return kept.has(id) ? state : keep(id, state);
    const changed = changedBuckets(queries, id, state.sequence);
    if (changed === undefined || changed.length > bucketsReadMax) return undefined;
    const leaves = new Map<number, BucketLeaf[]>(changed.map((bucket) => [bucket, []]));
    const listed = sql`(select value from json_each(${JSON.stringify(changed)}))`;
    for (const row of selectLeaves(queries, and(ofKnowledgeBase(id), sql`${passageLeaves.bucket} in ${listed}`))) {
      leaves.get(row.bucket)?.push(row);
    }
    kept.delete(id); // should the update fail half-way
    state.tree.update(leaves);
    return keep(id, { tree: state.tree, sequence: latest, unstored: state.unstored + changed.length });
  }

  function build(queries: Queries, id: KnowledgeBaseId, latest: number): KeptTree {
    const leaves = new Map<number, BucketLeaf[]>();
    for (const row of selectLeaves(queries, ofKnowledgeBase(id))) {
      const bucket = leaves.get(row.bucket);
      if (bucket === undefined) leaves.set(row.bucket, [row]);
      else bucket.push(row);
    }
    const tree = new PassageTree();
    tree.update(leaves);
    return keep(id, { tree, sequence: latest, unstored: leaves.size }); // a small one is made faster than read
  }

  /** What is made of the tree of now is made in the snapshot that the tree is of. */
  async function withTree<T>(
    id: KnowledgeBaseId,
    call: Call,
    use: (tree: KeptTree, queries: Queries) => T,
  ): Promise<T> {
    const known = read(call, (queries) => {
      const latest = latestSequence(queries, id);
      const followed = follow(queries, id, latest);
      if (followed !== undefined) return { result: use(followed, queries) };
      return hasAllLeaves(queries, id) ? { result: use(build(queries, id, latest), queries) } : undefined;
    });
    if (known !== undefined) return known.result;
    await fillLeaves(context, id, call);
    return read(call, (queries) => use(build(queries, id, latestSequence(queries, id)), queries));
  }

  return {
    indexRoot: (id, call) => withTree(id, call, ({ root }) => root),
    prove: (id, passageId, call) =>
      withTree(id, call, ({ tree, root }, queries) => {
        const facts = factsOf(queries, id, passageId);
        if (facts === undefined) return undefined;
        const inBucket = and(ofKnowledgeBase(id), eq(passageLeaves.bucket, bucketOf(passageId)));
        const proof = proveInclusion(tree, facts, selectLeaves(queries, inBucket));
        return proof === undefined ? undefined : { root, ...proof, passageId };
      }),
  };
}

/** From text and vector themselves, so that a proof is of what is there and not of a leaf that was kept. */
function factsOf(queries: Queries, id: KnowledgeBaseId, passageId: PassageId): PassageFacts | undefined {
  const row = queries
    .select({ text: passages.text, vector: vectors.vector })
    .from(passages)
    .innerJoin(vectors, eq(vectors.label, passages.label))
    .where(and(eq(passages.knowledgeBaseId, id), eq(passages.id, passageId)))
    .get();
  if (row === undefined) return undefined;
  return { passageId, textSha256: sha256Hex(row.text), vectorSha256: sha256OfVector(row.vector) };
}

const ofKnowledgeBase = (id: KnowledgeBaseId) => eq(passageLeaves.knowledgeBaseId, id);

function readTree(queries: Queries, id: KnowledgeBaseId): KeptTree | undefined {
  const row = queries.select().from(passageTrees).where(eq(passageTrees.knowledgeBaseId, id)).get();
  if (row === undefined) return undefined;
  const tree = new PassageTree(row.buckets);
  return { tree, root: tree.root, sequence: row.sequence, unstored: 0 };
}

function latestSequence(queries: Queries, id: KnowledgeBaseId): number {
  const ofOne = eq(indexOperations.knowledgeBaseId, id);
  const row = queries
    .select({ sequence: max(indexOperations.sequence) })
    .from(indexOperations)
    .where(ofOne)
    .get();
  return row?.sequence ?? 0;
}

function selectLeaves(queries: Queries, where: ReturnType<typeof and>) {
  const { bucket, passageId, leaf } = passageLeaves;
  return queries.select({ bucket, passageId, leaf }).from(passageLeaves).where(where).all();
}

/** Of the operations after `sequence`; `undefined` when one of them does not say. */
function changedBuckets(queries: Queries, id: KnowledgeBaseId, sequence: number): readonly number[] | undefined {
  const after = and(eq(indexOperations.knowledgeBaseId, id), gt(indexOperations.sequence, sequence));
  const rows = queries.selectDistinct({ bucket: indexOperations.bucket }).from(indexOperations).where(after).all();
  const buckets = rows.flatMap(({ bucket }) => (bucket === null ? [] : [bucket]));
  return buckets.length === rows.length ? buckets : undefined;
}

function hasAllLeaves(queries: Queries, id: KnowledgeBaseId): boolean {
  const counted = queries.select({ leaves: count() }).from(passageLeaves).where(ofKnowledgeBase(id)).get();
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
      leaf: sql.placeholder("leaf"),
    })
    .prepare();
  let after = 0 as Label;
  for (;;) {
    const last = write(call, (queries) => {
      const rows = queries
        .select({ label: passages.label, id: passages.id, text: passages.text, vector: vectors.vector })
        .from(passages)
        .innerJoin(vectors, eq(vectors.label, passages.label))
        .leftJoin(passageLeaves, eq(passageLeaves.label, passages.label))
        .where(and(eq(passages.knowledgeBaseId, id), gt(passages.label, after), isNull(passageLeaves.label)))
        .orderBy(asc(passages.label))
        .limit(passagesPerFill)
        .all();
      const leaves = rows.map(({ label, id: passageId, text, vector }) =>
        leafRowOf(id, { label, passageId, textSha256: sha256Hex(text), vectorSha256: sha256OfVector(vector) }),
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
  readonly textSha256: string;
  readonly vectorSha256: string;
}

export function leafRowOf(knowledgeBaseId: KnowledgeBaseId, { label, passageId, ...hashes }: LeafFacts) {
  const leaf = passageLeaf({ passageId, ...hashes });
  return { label, knowledgeBaseId, bucket: bucketOf(passageId), passageId, leaf };
}
