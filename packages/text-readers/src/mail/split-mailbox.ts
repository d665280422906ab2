/**
 * The messages of a mailbox in the mbox format: each starts with a line `From <sender> <date>` after a blank line, and
 * lines of its text that look so have a `>` before them, which is taken away. Linear.
 */
export function* splitMailbox(bytes: Uint8Array): Generator<Uint8Array> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let start = lineEnd(file, 0);
  for (let at = file.indexOf("\nFrom ", start); at >= 0; at = file.indexOf("\nFrom ", at + 1)) {
    if (!isSeparator(file, at)) continue;
    yield withoutEscapes(file.subarray(start, at));
    start = lineEnd(file, at + 1);
  }
  yield withoutEscapes(file.subarray(start));
}

/** Whether the line after this line break is one that parts messages. */
function isSeparator(file: Buffer, lineBreak: number): boolean {
  const before = file.subarray(Math.max(0, lineBreak - 2), lineBreak).toString("latin1");
  if (!before.endsWith("\n") && before !== "\n\r") return false;
  return separatorLine.test(file.subarray(lineBreak + 1, lineBreak + 300).toString("latin1"));
}

/** A sender and a date with its time and year, such as `From a@b.org Sat Jan  3 01:05:34 1996`. */
const separatorLine = /^From [^\n]{1,200}\d\d:\d\d[^\n]{0,40}\d{4}/u;

function lineEnd(file: Buffer, at: number): number {
  const lineBreak = file.indexOf("\n", at);
  return lineBreak < 0 ? file.length : lineBreak + 1;
}

function withoutEscapes(message: Buffer): Uint8Array {
  if (!message.includes("\n>")) return message;
  return Buffer.from(message.toString("latin1").replace(/\n>(>*From )/gu, "\n$1"), "latin1");
}
