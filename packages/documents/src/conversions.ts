const conversions: readonly (readonly [mediaType: RegExp, convertTo: string])[] = [
  [/^application\/msword$|wordprocessing|x-hwp$|works/u, ".docx"],
  [/^application\/vnd\.ms-powerpoint|presentation$|vnd\.apple\.keynote/u, ".pptx"],
  [/^application\/vnd\.ms-excel|spreadsheet|vnd\.apple\.numbers/u, ".xlsx"],
  [/^application\/vnd\.ms-outlook$/u, ".eml"],
  [/visio|graphics|postscript|vnd\.apple\.pages|^application\/oxps/u, ".pdf"],
  [/^application\/x-mobipocket/u, ".epub"],
  [/^(?:image|audio|video)\//u, "text, by recognition"],
];

/** What its own program should save a document as that nobody reads here; `undefined` when that cannot be said. */
export function conversionOf(mediaType: string): string | undefined {
  return conversions.find(([pattern]) => pattern.test(mediaType))?.[1];
}
