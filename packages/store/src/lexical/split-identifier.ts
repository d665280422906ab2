const joiners = /[._\-+#]+/u;
const hasJoiner = /[._\-+#]/u;
const numeric = /^v?\p{N}+(?:\.\p{N}+)*$/iu;
/** Between `a` and `B` in `aB`, and between `A` and `Bc` in `ABc`. */
const humps = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;

/**
 * The words inside an identifier, in order: `readFileSync` is `read`, `File`, `Sync`; `utf8-text_file.ts` is `utf8`,
 * `text`, `file`, `ts`. A plain word, a number and a version (`12.11.1`, `v2.0`) have no parts: `[]`. Keeps case.
 */
export function splitIdentifier(identifier: string): readonly string[] {
  if (numeric.test(identifier)) return [];
  const words = (hasJoiner.test(identifier) ? identifier.split(joiners) : [identifier]).filter((word) => word !== "");
  const parts = words.flatMap((word) => splitHumps(word));
  return parts.length === 1 && parts[0] === identifier ? [] : parts;
}

/** Humps of one letter are no words: `mRNA` and `eBay` stay whole. */
function splitHumps(word: string): readonly string[] {
  const parts = word.split(humps);
  return parts.some((part) => part.length < 2) ? [word] : parts;
}

const codeJoiner = /[_+#]/u;

/** Words joined as no language joins them: `read_file`, `readFile`. `E-Mail` and a missing space (`end.Next`) are not. */
export function isCode(identifier: string): boolean {
  return codeJoiner.test(identifier) || identifier.split(joiners).some((word) => splitHumps(word).length > 1);
}
