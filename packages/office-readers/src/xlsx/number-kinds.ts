import type { NumberKind } from "../sheets/number-text.ts";
import { builtInKind, kindOfFormat } from "../sheets/number-text.ts";
import type { XlsxParts } from "./xlsx-parts.ts";

/** What each style of cells (`s` of a cell) makes of a number. */
export async function readNumberKinds(parts: XlsxParts, part: string): Promise<readonly NumberKind[]> {
  const codes = new Map<number, string>();
  const formats: number[] = [];
  let isCellStyles = false;
  await parts.read(part, {
    open: (name, attributes) => {
      if (name === "s:numFmt") codes.set(Number(attributes.numFmtId), attributes.formatCode ?? "");
      if (name === "s:cellXfs") isCellStyles = true;
      if (name === "s:xf" && isCellStyles) formats.push(Number(attributes.numFmtId ?? 0));
    },
    close: (name) => {
      if (name === "s:cellXfs") isCellStyles = false;
    },
  });
  return formats.map((id) => {
    const code = codes.get(id);
    return code === undefined ? builtInKind(id) : kindOfFormat(code);
  });
}
