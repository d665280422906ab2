import type { FilterField, FilterValue } from "@larder/contracts";
import type { SQL, SQLWrapper } from "drizzle-orm";
import { sql } from "drizzle-orm";
import { documentClaims, documents, documentVersions } from "../schema/index.ts";

/** A field as SQL reads it beside a row of `document_versions`. */
export interface FieldSql {
  /** 1 or 0. */
  readonly isPresent: SQL;
  /** Equal to the {@link identityOf} a value exactly when the field holds this value. NULL when the field is missing. */
  readonly identity: SQL;
  /** `undefined` for a value that no such field can hold. */
  identityOf(value: FilterValue): string | number | undefined;
  /** NULL when it is no text. */
  readonly text: SQL;
  /** NULL when it is no number. */
  readonly number: SQL;
  /** Milliseconds; NULL when it is no date. */
  readonly instantMs: SQL;
  /** Set for what may hold a list: the JSON that it stands in, and the path there. */
  readonly list?: { readonly json: SQL; readonly path: string };
  /** Set where a document may have several values: true when the condition, which is never NULL, is true of any of them. */
  ofAny?(condition: SQL): SQL;
}

const nothing = sql`null`;

export function toFieldSql(field: FilterField): FieldSql {
  if (field.kind === "metadata") return metadataField(field.path);
  switch (field.fact) {
    case "bytes":
      return numberFact(sql`${documentVersions.bytes}`);
    case "createdAt":
      return instantFact(ofDocument(documents.createdAtMs));
    case "externalId":
      return { ...textFact(sql`${documentClaims.externalId}`), ofAny: ofAnyClaim };
    case "id":
      return textFact(sql`${documentVersions.documentId}`);
    case "mediaType":
      return textFact(sql`${documentVersions.mediaType}`);
    case "title":
      return textFact(sql`${documentVersions.title}`);
  }
}

function ofDocument(column: SQLWrapper): SQL {
  return sql`(select ${column} from ${documents} where ${documents.id} = ${documentVersions.documentId})`;
}

function ofAnyClaim(condition: SQL): SQL {
  return sql`exists (select 1 from ${documentClaims}
    where ${documentClaims.liveId} = ${documentVersions.documentId} and ${condition})`;
}

/**
 * Every name of the path stands in quotes, in JSON's own spelling, so that dots, brackets, quotes and whatever else a
 * sender put in a name mean nothing; and the path is a bound parameter like any value. A value is identified by its JSON
 * text: what is stored was printed by `JSON.stringify`, so the same value has the same text, to the last digit.
 */
function metadataField(names: readonly string[]): FieldSql {
  const path = `$${names.map((name) => `.${JSON.stringify(name)}`).join("")}`;
  const json = sql`${documentVersions.metadata}`;
  const type = sql`json_type(${json}, ${path})`;
  const text = sql`case ${type} when 'text' then ${json} ->> ${path} end`;
  return {
    isPresent: sql`${type} is not null`,
    identity: sql`(${json} -> ${path})`,
    identityOf: (value) => JSON.stringify(value),
    text: sql`(${text})`,
    number: sql`(case when ${type} in ('integer', 'real') then cast(${json} ->> ${path} as real) end)`, // as JSON means it
    instantMs: sql`instant_ms(${text})`,
    list: { json, path },
  };
}

function textFact(column: SQL): FieldSql {
  return {
    isPresent: sql`${column} is not null`,
    identity: column,
    identityOf: (value) => (typeof value === "string" ? value : undefined),
    text: column,
    number: nothing,
    instantMs: sql`instant_ms(${column})`,
  };
}

function numberFact(column: SQL): FieldSql {
  const identityOf = (value: FilterValue) => (typeof value === "number" ? value : undefined);
  return { isPresent: sql`1`, identity: column, identityOf, text: nothing, number: column, instantMs: nothing };
}

function instantFact(column: SQL): FieldSql {
  const identityOf = () => undefined;
  return { isPresent: sql`1`, identity: nothing, identityOf, text: nothing, number: nothing, instantMs: column };
}
