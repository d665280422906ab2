import type { KnowledgeBaseId } from "@larder/contracts";
import { vectorCollectionOf } from "@larder/contracts";
import { testCall as call } from "@larder/testkit";
import type Sqlite from "better-sqlite3";
import type { TemporaryStore } from "./open-temporary-store.ts";

/** Statements that find nothing in a sound database. Each is one promise of ingestion, said over the rows. */
const promises: Readonly<Record<string, string>> = {
  "a job's counts are not what its documents are": `
    select j.id from jobs j left join job_documents d on d.job_id = j.id where j.kind = 'upload' group by j.id
    having j.document_count <> count(d.position) or j.ready_count <> coalesce(sum(d.outcome = 'ready'), 0)
      or j.failed_count <> coalesce(sum(d.outcome = 'failed'), 0)
      or (j.finished_at_ms is null) <> (coalesce(sum(d.outcome = 'pending'), 0) > 0)`,
  "a job waits for a document that nobody makes": `
    select d.job_id from job_documents d join jobs j on j.id = d.job_id where d.outcome = 'pending' and not exists
      (select 1 from tasks t where t.document_id = d.document_id and t.remade_for is null)`,
  "a document's status is not what the queue says": `
    select d.id from documents d where (d.status in ('queued', 'parsing', 'embedding')) <>
      (select count(*) from tasks t where t.document_id = d.id and t.remade_for is null)`,
  "a document is ready and has nothing to be found by": `
    select d.id from documents d join version_reports r on r.document_id = d.id and r.version = d.live_version
    where not exists (select 1 from passages p join knowledge_bases k on k.id = p.knowledge_base_id
        and k.generation = p.generation where p.document_id = d.id and p.version = d.live_version)
      and not exists (select 1 from documents o join version_reports s on s.document_id = o.id
        and s.version = o.live_version join passages p on p.document_id = o.id and p.version = o.live_version
        where o.id = r.duplicate_of and s.text_sha256 = r.text_sha256)`,
  "a document repeats itself, or what is gone": `
    select r.document_id from version_reports r join documents d on d.id = r.document_id and d.live_version = r.version
    where r.duplicate_of is not null and not exists (select 1 from documents o join version_reports s
      on s.document_id = o.id and s.version = o.live_version
      where o.id = r.duplicate_of and o.id <> r.document_id and s.text_sha256 = r.text_sha256)`,
  "two documents are told to repeat each other": `
    select a.document_id from version_reports a join documents d on d.id = a.document_id and d.live_version = a.version
    join version_reports b on b.document_id = a.duplicate_of join documents e on e.id = b.document_id
      and e.live_version = b.version where b.duplicate_of = a.document_id`,
  "a document is there for nobody": `
    select d.id from documents d where not exists
      (select 1 from document_claims c where c.live_id = d.id or c.next_id = d.id)`,
  "a text is live that nobody has": `
    select d.id from documents d where d.live_version > 0
      and not exists (select 1 from document_claims c where c.live_id = d.id)`,
  "a sender waits for a version that is not there": `
    select c.number from document_claims c where c.next_id is not null and not exists (select 1 from documents d
      join document_versions v on v.document_id = d.id and v.version <> d.live_version
      join knowledge_bases k on k.id = d.knowledge_base_id and k.generation = v.generation where d.id = c.next_id)`,
  "a version is in the making that would take somebody's text": `
    select d.id from documents d join document_claims c on c.live_id = d.id and c.next_id is not d.id
    where d.live_version > 0 and d.status <> 'ready'`,
  "a version is in the making that nobody waits for": `
    select d.id from documents d where d.status <> 'ready' and not exists
      (select 1 from document_claims c where c.next_id = d.id or c.live_id = d.id and d.live_version = 0)`,
  "a live version is of another generation": `
    select d.id from documents d join knowledge_bases k on k.id = d.knowledge_base_id join document_versions v
      on v.document_id = d.id and (v.version = d.live_version or d.live_version = 0 and v.version = d.shown_version)
    where v.generation <> k.generation`,
  "a generation that nobody sees is not marked for removal": `
    select v.document_id from document_versions v join knowledge_bases k on k.id = v.knowledge_base_id
    left join reindexings r on r.knowledge_base_id = k.id
    where v.generation <> k.generation and v.generation <> coalesce(r.generation, 0) and k.remains_since_ms is null`,
  "a making anew counts wrongly": `
    select r.job_id from reindexings r join jobs j on j.id = r.job_id where j.finished_at_ms is not null
      or j.document_count <> (select count(*) from documents d where d.knowledge_base_id = r.knowledge_base_id
        and d.live_version > 0)
      or j.ready_count <> (select count(*) from documents d join document_versions v on v.document_id = d.id
        and v.version = d.next_version where d.knowledge_base_id = r.knowledge_base_id and v.ready_at_ms is not null)`,
  "a knowledge base's languages are not those of its passages": `
    select k.id from knowledge_bases k where k.languages <> (select json_group_object(language, passages) from
      (select coalesce(p.language, 'en') as language, count(*) as passages from documents d join passages p
        on p.document_id = d.id and p.version = d.live_version where d.knowledge_base_id = k.id group by 1 order by 1))`,
  "the languages of a making anew are not those of its passages": `
    select r.job_id from reindexings r where r.languages <> (select json_group_object(language, passages) from
      (select coalesce(p.language, 'en') as language, count(*) as passages from documents d join passages p on
        p.document_id = d.id and p.version = d.next_version where d.knowledge_base_id = r.knowledge_base_id
        group by 1 order by 1))`,
  "a knowledge base's tokens are not those of its documents": `
    select k.id from knowledge_bases k where k.token_count <> (select coalesce(sum(case when r.is_skipped then 0
      else v.token_count end), 0) from documents d join document_versions v on v.document_id = d.id
      and v.version = d.live_version left join version_reports r on r.document_id = d.id and r.version = d.live_version
      where d.knowledge_base_id = k.id)`,
};

/** What is wrong now, by the rows, by search and by the log that indexes follow. */
export async function historyProblems(
  store: TemporaryStore,
  reader: Sqlite.Database,
  id: KnowledgeBaseId,
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const [name, statement] of Object.entries(promises)) {
    const rows = reader.prepare(statement).all();
    if (rows.length > 0) problems.push(`${name}: ${JSON.stringify(rows.slice(0, 3))}`);
  }
  const live = reader
    .prepare<[string], number>(
      `select p.label from passages p join documents d on d.id = p.document_id and d.live_version = p.version
       where p.knowledge_base_id = ? order by p.label`,
    )
    .pluck()
    .all(id);
  const hits = await store.lexical.search(id, "fruit alpha beta", { limit: 10_000 }, call);
  const found = hits.map(({ label }) => label as number).toSorted((a, b) => a - b);
  if (JSON.stringify(found) !== JSON.stringify(live)) problems.push(`search finds ${found}, live are ${live}`);
  const indexed = await followedLabels(store, id);
  if (JSON.stringify(indexed) !== JSON.stringify(live)) problems.push(`indexes hold ${indexed}, live are ${live}`);
  return problems;
}

async function followedLabels(store: TemporaryStore, id: KnowledgeBaseId): Promise<readonly number[]> {
  const { generation } = await store.documents.knowledgeBase(id, call);
  const labels = new Set<number>();
  for (const { kind, label } of await store.operationLog.readAfter(vectorCollectionOf(id, generation), 0, 100_000)) {
    if (kind === "add") labels.add(label);
    else labels.delete(label);
  }
  return [...labels].toSorted((a, b) => a - b);
}
