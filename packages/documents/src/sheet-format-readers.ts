import type { FormatReader } from "@larder/text-blocks";

type Loading = () => Promise<FormatReader<Uint8Array>>;

const xlsx: Loading = async () => (await import("@larder/office-readers")).readXlsx;
const ods: Loading = async () => (await import("@larder/office-readers")).readOds;
const officeSheet = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/** Workbooks, with and without macros and as templates, and RTF. */
export const sheetReaders: readonly (readonly [mediaType: string, load: Loading])[] = [
  [`${officeSheet}.sheet`, xlsx],
  [`${officeSheet}.template`, xlsx],
  ["application/vnd.ms-excel.sheet.macroEnabled.12", xlsx],
  ["application/vnd.ms-excel.template.macroEnabled.12", xlsx],
  ["application/vnd.oasis.opendocument.spreadsheet", ods],
  ["application/vnd.oasis.opendocument.spreadsheet-template", ods],
  ["application/vnd.ms-excel", async () => (await import("@larder/office-readers")).readXls],
  ["application/rtf", async () => (await import("@larder/office-readers")).readRtf],
];
