const odf = "urn:oasis:names:tc:opendocument:xmlns:";

export const odfPrefixes: Readonly<Record<string, string>> = {
  [`${odf}office:1.0`]: "office",
  [`${odf}text:1.0`]: "text",
  [`${odf}table:1.0`]: "table",
  [`${odf}drawing:1.0`]: "draw",
  [`${odf}presentation:1.0`]: "presentation",
  [`${odf}style:1.0`]: "style",
  [`${odf}manifest:1.0`]: "manifest",
  "http://purl.org/dc/elements/1.1/": "dc",
};
