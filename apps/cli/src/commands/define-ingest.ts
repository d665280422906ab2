import type { Command } from "commander";
import type { RunCommand } from "./define-prices.ts";
import type { IngestOptions } from "./ingest.ts";
import { ingest } from "./ingest.ts";

const maxPagesDefault = 1_000;

export function defineIngest(
  program: Command,
  run: RunCommand,
  wholeNumber: (text: string) => number,
  addTo: (text: string, before?: readonly string[]) => readonly string[],
): void {
  program
    .command("ingest [paths...]")
    .description("add files, folders, archives and addresses; unchanged ones are not read again")
    .option("--url <address>", "add the page at this address; may be repeated", addTo)
    .option("--urls <file>", "add the pages at the addresses of this file, one a line")
    .option("--sitemap <address>", "add the pages of this sitemap; may be repeated", addTo)
    .option("--max-pages <count>", "most pages of all addresses together", wholeNumber, maxPagesDefault)
    .option("--watch", "go on with what changes in the folders, until Ctrl-C")
    .option("--delete", "delete the documents of files that are gone from the folders")
    .action(run((context, paths: string[], given: IngestOptions) => ingest(paths, given, context)));
}
