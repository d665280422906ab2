/** LangChain.js: the loader that it has for the extension. Arguments: see `runPeer`. */
import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { JSONLoader } from "@langchain/classic/document_loaders/fs/json";
import { TextLoader } from "@langchain/classic/document_loaders/fs/text";
import { CSVLoader } from "@langchain/community/document_loaders/fs/csv";
import { DocxLoader } from "@langchain/community/document_loaders/fs/docx";
import { EPubLoader } from "@langchain/community/document_loaders/fs/epub";
import { PDFLoader } from "@langchain/community/document_loaders/fs/pdf";
import { PPTXLoader } from "@langchain/community/document_loaders/fs/pptx";
import { convert } from "html-to-text";
import type { LoadTexts } from "./peer-pipeline.ts";
import { runPeer } from "./peer-pipeline.ts";

interface Loader {
  load(): Promise<readonly { readonly pageContent: string }[]>;
}

const loaders: Readonly<Record<string, (file: string) => Loader>> = {
  ".pdf": (file) => new PDFLoader(file),
  ".docx": (file) => new DocxLoader(file),
  ".doc": (file) => new DocxLoader(file, { type: "doc" }),
  ".pptx": (file) => new PPTXLoader(file),
  ".epub": (file) => new EPubLoader(file),
  ".csv": (file) => new CSVLoader(file),
  ".ipynb": (file) => new JSONLoader(file),
  ".txt": (file) => new TextLoader(file),
  ".md": (file) => new TextLoader(file),
  ".rst": (file) => new TextLoader(file),
  ".org": (file) => new TextLoader(file),
  ".xml": (file) => new TextLoader(file), // with its tags: there is no other for it
};

const load: LoadTexts = async (file) => {
  const extension = extname(file).toLowerCase();
  // What its HtmlToTextTransformer calls; its loaders of pages take addresses, not files.
  if (extension === ".html") return [convert(await readFile(file, "utf8"))];
  const loader = loaders[extension];
  if (loader === undefined) throw new Error("no loader");
  return (await loader(file).load()).map(({ pageContent }) => pageContent);
};

await runPeer(load);
