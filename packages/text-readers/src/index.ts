export { readDelimited } from "./delimited/read-delimited.ts";
export { readHtml } from "./html/read-html.ts";
export { readMarkdown } from "./markdown/read-markdown.ts";
export { readPlainText } from "./read-plain-text.ts";
