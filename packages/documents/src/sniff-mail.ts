const header =
  /^(?:From|To|Cc|Date|Subject|Received|Return-Path|Message-ID|MIME-Version|Content-Type|Delivered-To|X-[\w-]+):/iu;
const anyHeader = /^[\w-]{1,100}:[ \t]/u;
const mailboxStart = /^From [^\n]{1,200}\d\d:\d\d[^\n]{0,40}\d{4}[^\n]*\n>?[\w-]{1,100}:/u;

/**
 * A mailbox by the line that parts its messages; a message by four header lines in front, one of them about its own
 * form, or by two where its name says so.
 */
export function sniffMail(head: string, named: string | undefined): string | undefined {
  if (mailboxStart.test(head)) return "application/mbox";
  const lines = head.split("\n", 200);
  if (!anyHeader.test(lines[0] ?? "")) return undefined;
  const end = lines.findIndex((line) => line.trim() === "");
  const headers = lines.slice(0, end < 0 ? lines.length : end).filter((line) => header.test(line));
  if (named === "message/rfc822" && headers.length >= 2) return named;
  const isAboutForm = headers.some((line) => /^(?:MIME-Version|Message-ID|Received):/iu.test(line));
  return headers.length >= 4 && isAboutForm ? "message/rfc822" : undefined;
}
