import type { FormatReader } from "@larder/text-blocks";

type Loading = () => Promise<FormatReader<Uint8Array>>;

const officeOpen = "application/vnd.openxmlformats-officedocument.";
const readDocx: Loading = async () => (await import("@larder/office-readers")).readDocx;
const readPptx: Loading = async () => (await import("@larder/office-readers")).readPptx;

/** Macros are never read, so a document with them has the reader of one without; a template is read like a document. */
export const officeReaders: readonly (readonly [string, Loading])[] = [
  [`${officeOpen}wordprocessingml.document`, readDocx],
  [`${officeOpen}wordprocessingml.template`, readDocx],
  ["application/vnd.ms-word.document.macroEnabled.12", readDocx],
  ["application/vnd.ms-word.template.macroEnabled.12", readDocx],
  [`${officeOpen}presentationml.presentation`, readPptx],
  [`${officeOpen}presentationml.slideshow`, readPptx],
  [`${officeOpen}presentationml.template`, readPptx],
  ["application/vnd.ms-powerpoint.presentation.macroEnabled.12", readPptx],
  ["application/vnd.ms-powerpoint.slideshow.macroEnabled.12", readPptx],
];
