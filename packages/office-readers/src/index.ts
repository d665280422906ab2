export { readDocx } from "./docx/read-docx.ts";
export { createEpubReader } from "./epub/read-epub.ts";
export { readOdf } from "./odf/read-odf.ts";
export { readPptx } from "./pptx/read-pptx.ts";
