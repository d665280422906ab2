export { readDoc } from "./doc/read-doc.ts";
export { readDocx } from "./docx/read-docx.ts";
export { createEpubReader } from "./epub/read-epub.ts";
export { createMsgReader } from "./msg/read-msg.ts";
export { readOdf } from "./odf/read-odf.ts";
export { readPpt } from "./ppt/read-ppt.ts";
export { readPptx } from "./pptx/read-pptx.ts";
