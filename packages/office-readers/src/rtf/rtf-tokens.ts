/** Where a document says something. `text` is bytes, one to a character; `word` a control word with its number. */
export interface RtfHandler {
  open(): void;
  close(): void;
  text(bytes: string): void;
  word(name: string, value: number | undefined): void;
  /** `\'hh` as one byte. */
  byte(value: string): void;
}

const word = /\\([a-zA-Z]{1,32})(-?\d{1,10})? ?/y;
const run = /[^\\{}\r\n]+/y;
const hexadecimal = /^[0-9a-fA-F]{2}$/u;

/**
 * Groups, words and text of RTF, in one pass. `source` holds one byte to a character. Binary data behind `\bin` is left
 * out. Braces that do not match are passed on as they come.
 */
export function readTokens(source: string, handler: RtfHandler): void {
  for (let at = 0; at < source.length; ) {
    const character = source.charAt(at);
    if (character === "{" || character === "}") {
      if (character === "{") handler.open();
      else handler.close();
      at += 1;
    } else if (character === "\\") {
      at = readControl(source, at, handler);
    } else if (character === "\r" || character === "\n") {
      at += 1;
    } else {
      run.lastIndex = at;
      const text = run.exec(source)?.[0] ?? character;
      handler.text(text);
      at += text.length;
    }
  }
}

function readControl(source: string, at: number, handler: RtfHandler): number {
  word.lastIndex = at;
  const [found, name, digits] = word.exec(source) ?? [];
  if (found !== undefined && name !== undefined) {
    const value = digits === undefined ? undefined : Number(digits);
    if (name === "bin") return at + found.length + Math.max(0, value ?? 0);
    handler.word(name, value);
    return at + found.length;
  }
  const symbol = source.charAt(at + 1);
  const code = source.slice(at + 2, at + 4);
  if (symbol === "'" && hexadecimal.test(code)) {
    handler.byte(String.fromCharCode(Number.parseInt(code, 16)));
    return at + 4;
  }
  handler.word(symbol === "\r" || symbol === "\n" ? "par" : symbol, undefined);
  return at + 2;
}
