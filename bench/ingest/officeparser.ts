/** officeparser, the most widely used npm reader of office files and PDF in one. Arguments: see `runPeer`. */
import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { convert } from "html-to-text";
import { parseOffice } from "officeparser";
import type { LoadTexts } from "./peer-pipeline.ts";
import { runPeer } from "./peer-pipeline.ts";

const office = new Set([".pdf", ".docx", ".pptx", ".xlsx", ".odt", ".odp", ".ods", ".rtf"]);
const plain = new Set([".txt", ".md", ".rst", ".org", ".xml", ".csv", ".ipynb"]);

const load: LoadTexts = async (file) => {
  const extension = extname(file).toLowerCase();
  if (office.has(extension)) return [(await parseOffice(file)).toText()];
  if (extension === ".html") return [convert(await readFile(file, "utf8"))];
  if (plain.has(extension)) return [await readFile(file, "utf8")];
  throw new Error("no reader");
};

await runPeer(load);
