import { LarderError } from "@larder/contracts";
import type { NumberKind } from "../sheets/number-text.ts";
import { builtInKind, kindOfFormat } from "../sheets/number-text.ts";
import { biffRecords, malformedXls, PartReader } from "./biff-records.ts";

export interface XlsSheetPlace {
  readonly name: string;
  readonly isHidden: boolean;
  readonly offset: number;
}

/** What the sheets of a workbook have in common. */
export interface XlsGlobals {
  readonly sheets: readonly XlsSheetPlace[];
  readonly strings: readonly string[];
  readonly kinds: readonly NumberKind[];
  readonly is1904: boolean;
}

/** Excel 97 to 2003. What came before has other texts and is rare. */
const versionRead = 0x0600;

/** @throws {@link LarderError} `DOCUMENT_UNSUPPORTED` for workbooks before Excel 97, `DOCUMENT_ENCRYPTED`, `DOCUMENT_MALFORMED` */
export function readGlobals(stream: Buffer): XlsGlobals {
  const sheets: XlsSheetPlace[] = [];
  const codes = new Map<number, string>();
  const formats: number[] = [];
  let strings: readonly string[] = [];
  let is1904 = false;
  let isFirst = true;
  for (const { id, parts } of biffRecords(stream, 0)) {
    const reader = new PartReader(parts);
    if (isFirst) refuseOldVersion(id, reader);
    isFirst = false;
    if (id === 0x0a) break; // end of the globals
    if (id === 0x2f) throw new LarderError("DOCUMENT_ENCRYPTED", { details: { container: "xls" } });
    if (id === 0x22) is1904 = reader.word() === 1;
    if (id === 0x85) sheets.push(...placeOf(reader));
    if (id === 0x041e) codes.set(reader.word(), reader.text(reader.word()));
    if (id === 0xe0) {
      reader.skip(2);
      formats.push(reader.word());
    }
    if (id === 0xfc) strings = readStrings(reader);
  }
  const kinds = formats.map((format) => {
    const code = codes.get(format);
    return code === undefined ? builtInKind(format) : kindOfFormat(code);
  });
  return { sheets, strings, kinds, is1904 };
}

function refuseOldVersion(id: number, reader: PartReader): void {
  if (id !== 0x0809) throw malformedXls("workbook");
  if (reader.word() === versionRead) return;
  const mediaType = "application/vnd.ms-excel";
  throw new LarderError("DOCUMENT_UNSUPPORTED", { details: { mediaType, problem: "older_than_excel_97" } });
}

/** Charts and macros that are sheets of their own hold no cells. */
function placeOf(reader: PartReader): readonly XlsSheetPlace[] {
  const offset = reader.long();
  const isHidden = (reader.byte() & 3) !== 0;
  const isWorksheet = reader.byte() === 0;
  const name = reader.text(reader.byte());
  return isWorksheet ? [{ name, isHidden, offset }] : [];
}

function readStrings(reader: PartReader): readonly string[] {
  reader.skip(4);
  const count = reader.long();
  const strings: string[] = [];
  while (strings.length < count && !reader.isAtEnd) strings.push(reader.text(reader.word()));
  return strings;
}
