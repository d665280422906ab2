import type { ParsedDocument } from "@larder/contracts";
import type { ZipEntryToWrite } from "@larder/testkit";
import { writeZip } from "@larder/testkit";

const officeDocument = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const wordprocessing = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

/** `["styles", "word/styles.xml"]` is `rId1` of this list, and so on. */
export function relationships(links: readonly (readonly [type: string, target: string])[]): string {
  const items = links.map(
    ([type, target], i) => `<Relationship Id="rId${i + 1}" Type="${officeDocument}/${type}" Target="${target}"/>`,
  );
  return `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${items.join("")}</Relationships>`;
}

export function toWordXml(root: string, content: string): string {
  return `<?xml version="1.0"?><w:${root} xmlns:w="${wordprocessing}" xmlns:r="${officeDocument}"
    xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">${content}</w:${root}>`;
}

/** A Word document; `parts` are the contents of further parts by their root element, such as `styles`. */
export function writeDocx(
  body: string,
  parts: Readonly<Record<string, string>> = {},
  more: readonly ZipEntryToWrite[] = [],
): Buffer {
  const names = Object.keys(parts);
  return writeZip([
    { name: "_rels/.rels", content: relationships([["officeDocument", "word/document.xml"]]) },
    { name: "word/document.xml", content: toWordXml("document", `<w:body>${body}</w:body>`) },
    { name: "word/_rels/document.xml.rels", content: relationships(names.map((name) => [name, `${name}.xml`])) },
    ...names.map((name) => ({ name: `word/${name}.xml`, content: toWordXml(name, parts[name] ?? "") })),
    ...more,
  ]);
}

/** A paragraph of Word with properties in front of its text, which may hold elements when it begins with one. */
export function p(content: string, properties = ""): string {
  const runs = content.startsWith("<") ? content : `<w:r><w:t>${content}</w:t></w:r>`;
  return `<w:p><w:pPr>${properties}</w:pPr>${runs}</w:p>`;
}

/** Kind and text of each block, with the path of its headings where it has one. */
export function blocksOf({ text, blocks }: ParsedDocument): readonly string[] {
  return blocks.map(({ kind, start, end, headings }) => {
    const path = headings.length === 0 ? "" : ` @ ${headings.join(" > ")}`;
    return `${kind}: ${text.slice(start, end)}${path}`;
  });
}
