import { isUtf8 } from "node:buffer";
import { malformedZip } from "./zip-errors.ts";

/** Code page 437, upper half: what names are in that are not UTF-8. */
const codePage437 =
  "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00A0";

/** Many tools write UTF-8 without saying so; what is not valid UTF-8 is read as the code page of the old tools. */
export function decodeEntryName(raw: Uint8Array): string {
  if (isUtf8(raw)) return Buffer.from(raw).toString("utf8");
  return Array.from(raw, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : codePage437[byte - 0x80])).join("");
}

/**
 * A relative path with `/` between its parts. Backslashes, which some Windows tools write, become slashes first.
 *
 * @throws {@link LarderError} `DOCUMENT_MALFORMED` for a name that leads out of the archive or holds control characters
 */
export function toSafeName(decoded: string): string {
  const name = decoded.replaceAll("\\", "/");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  const isUnsafe = name === "" || name.startsWith("/") || /^[a-z]:/iu.test(name) || /[\x00-\x1f\x7f]/u.test(name);
  if (isUnsafe || name.split("/").includes("..")) throw malformedZip("entry_name");
  return name;
}
