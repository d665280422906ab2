import type { ParseWarning } from "@larder/contracts";

/** Flags of regions are spelled with tags: a black flag, letters, a cancel tag. */
const regionFlag = /\u{1F3F4}[\u{E0020}-\u{E007E}]{1,8}\u{E007F}/gu;
const tag = /[\u{E0000}-\u{E007F}]/gu;
/** More variation selectors in a row than any character takes carry bytes. */
const selectorRun = /[\u{FE00}-\u{FE0F}\u{E0100}-\u{E01EF}]{4,}/gu;
const directionOverride = /[\u202D\u202E]/gu;

/**
 * Characters by which a text says something else to a model than to whoever looks at it. They stay in the text, which is
 * the document's own; whoever reads an answer from it is warned. Linear.
 */
export function suspiciousCharacters(text: string): readonly ParseWarning[] {
  const warnings: ParseWarning[] = [];
  const invisible = count(text.replace(regionFlag, ""), tag) + count(text, selectorRun);
  if (invisible > 0) {
    const message = `${invisible} invisible characters that can spell hidden text`;
    warnings.push({ code: "invisible_text", message });
  }
  const overrides = count(text, directionOverride);
  if (overrides > 0) {
    const message = `${overrides} characters that reverse the order in which text is shown`;
    warnings.push({ code: "direction_overridden", message });
  }
  return warnings;
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
