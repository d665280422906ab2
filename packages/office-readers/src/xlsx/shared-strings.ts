import type { ParseLimits } from "@larder/text-blocks";
import { refuseLongText } from "@larder/text-blocks";
import type { XlsxParts } from "./xlsx-parts.ts";

/** Texts that cells name by number. How a word is read aloud (`rPh`) is none of it. */
export async function readSharedStrings(
  parts: XlsxParts,
  part: string,
  { textCharactersMax }: ParseLimits,
): Promise<readonly string[]> {
  const strings: string[] = [];
  let pieces: string[] | undefined;
  let isText = false;
  let phonetic = 0;
  let characters = 0;
  await parts.read(part, {
    open: (name) => {
      if (name === "s:si") pieces = [];
      if (name === "s:rPh") phonetic += 1;
      isText = name === "s:t";
    },
    text: (text) => {
      if (!isText || phonetic > 0 || pieces === undefined) return;
      pieces.push(text);
      characters += text.length;
      refuseLongText(characters, textCharactersMax);
    },
    close: (name) => {
      isText = false;
      if (name === "s:rPh") phonetic -= 1;
      if (name !== "s:si") return;
      strings.push(unescapeText((pieces ?? []).join("")));
      pieces = undefined;
    },
  });
  return strings;
}

/** Characters that XML cannot hold are written `_x000D_` (ECMA-376, part 1, 22.9.2.19). */
export function unescapeText(text: string): string {
  if (!text.includes("_x")) return text;
  return text.replace(/_x([0-9A-Fa-f]{4})_/gu, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
