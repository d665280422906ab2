/** Never text for a reader. */
export const droppedElements: ReadonlySet<string> = new Set([
  "applet",
  "audio",
  "button",
  "canvas",
  "datalist",
  "embed",
  "frameset",
  "iframe",
  "noembed",
  "noframes",
  "noscript",
  "object",
  "script",
  "select",
  "style",
  "svg",
  "template",
  "textarea",
  "video",
]);

/** Text around the document proper; taken only when there is no other. */
export const boilerplateElements: ReadonlySet<string> = new Set(["aside", "footer", "nav"]);
export const boilerplateRoles: ReadonlySet<string> = new Set(["complementary", "contentinfo", "navigation", "search"]);

/** Elements that end the paragraph before them and their own. Others stand inside a line. */
export const blockElements: ReadonlySet<string> = new Set([
  "address",
  "article",
  "aside",
  "blockquote",
  "body",
  "caption",
  "center",
  "dd",
  "details",
  "dialog",
  "dir",
  "div",
  "dl",
  "dt",
  "fieldset",
  "figcaption",
  "figure",
  "footer",
  "form",
  "h1",
  "h2",
  "h3",
  "h4",
  "h5",
  "h6",
  "head",
  "header",
  "hgroup",
  "hr",
  "html",
  "legend",
  "li",
  "main",
  "menu",
  "nav",
  "ol",
  "option",
  "p",
  "pre",
  "section",
  "summary",
  "table",
  "tbody",
  "td",
  "tfoot",
  "th",
  "thead",
  "title",
  "tr",
  "ul",
]);

/** Inside a table cell these show that the table lays out a page rather than data. */
export const layoutContents: ReadonlySet<string> = new Set([
  "article",
  "blockquote",
  "h1",
  "h2",
  "h3",
  "h4",
  "h5",
  "h6",
  "hr",
  "main",
  "pre",
  "section",
  "table",
]);

/** Styles that leave nothing to see. Those of style sheets are not looked at. */
const hidingStyle =
  /(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0+)?\s*(?:[;!]|$)|font-size\s*:\s*0(?:\.0+)?(?:px|pt|em|rem|%)?\s*(?:[;!]|$))/iu;

export function isHidden(attributes: Readonly<Record<string, string>>): boolean {
  return attributes["aria-hidden"]?.toLowerCase() === "true" || isHiddenFromSight(attributes);
}

/** Shown to nobody, where `aria-hidden` is only not read aloud. */
export function isHiddenFromSight({ hidden, style }: Readonly<Record<string, string>>): boolean {
  if (hidden !== undefined && hidden.toLowerCase() !== "until-found") return true;
  return style !== undefined && hidingStyle.test(style);
}
