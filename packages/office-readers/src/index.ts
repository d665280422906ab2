export { readDocx } from "./docx/read-docx.ts";
export { readPptx } from "./pptx/read-pptx.ts";
