import type { CodeRows } from "./code-rows.ts";
import type { LinkLists } from "./link-lists.ts";
import type { NodeNames } from "./node-names.ts";

/** What a graph consists of, as a file keeps it. Row, node and name of a vector have one number. */
export interface GraphContent {
  readonly rows: CodeRows;
  readonly links: LinkLists;
  readonly names: NodeNames;
  /** Where walks begin: a node of the highest level. Meaningless in a graph without nodes. */
  entry: number;
}
