export { sourceCodeReader } from "./code/read-source-code.ts";
export { readHtml } from "./html/read-html.ts";
export { readJson, readJsonLines } from "./json/read-json.ts";
export { readMail, readMailbox } from "./mail/read-mail.ts";
export { readMarkdown } from "./markdown/read-markdown.ts";
export { readAsciidoc, readOrg, readRestructuredText } from "./markup/read-markup.ts";
export { readNotebook } from "./notebook/read-notebook.ts";
export { readPlainText } from "./read-plain-text.ts";
export { readXml } from "./xml/read-xml.ts";
