import { LarderError } from "@larder/contracts";

/** Longest event that is kept in memory; a provider that sends more is not speaking this format. */
const eventCharactersMax = 4_000_000;

/**
 * The `data` of each event, in order, together where they came in one packet. Lines end in LF, CRLF or CR wherever packets are cut; comments and other fields
 * are skipped; several `data` lines of one event are joined by LF. What stands unfinished at the end is given too.
 * Cost: linear in the bytes, however they are cut.
 * @throws {@link LarderError} `PROVIDER_REPLY_MALFORMED` for an event beyond four million characters
 * @source WHATWG HTML, §9.2.6 "Interpreting an event stream"
 */
export async function* readEventData(
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly string[], void, undefined> {
  const decoder = new TextDecoder();
  /** The line that has not ended yet. */
  let rest = "";
  let data: string[] = [];
  let characters = 0;
  /** A CR ended the last line, so an LF right after it belongs to that end. */
  let wasReturn = false;

  const take = (line: string): string | undefined => {
    if (line === "") {
      const event = data.length === 0 ? undefined : data.join("\n");
      data = [];
      characters = 0;
      return event;
    }
    if (line.startsWith("data:")) {
      data.push(line.slice(line.startsWith("data: ") ? 6 : 5));
      characters += line.length;
    }
    return undefined;
  };

  for await (const part of bytes) {
    let text = decoder.decode(part, { stream: true });
    if (text === "") continue;
    if (wasReturn && text.startsWith("\n")) text = text.slice(1);
    wasReturn = text === "" ? false : text.endsWith("\r");
    const lines = text.split(/\r\n|\n|\r/);
    lines[0] = rest + (lines[0] ?? "");
    rest = lines.pop() ?? "";
    const events = lines.flatMap((line) => take(line) ?? []);
    if (events.length > 0) yield events;
    if (rest.length + characters > eventCharactersMax) {
      throw new LarderError("PROVIDER_REPLY_MALFORMED", { details: { reason: "event_too_long" } });
    }
  }
  const events = [rest + decoder.decode(), ""].flatMap((line) => take(line) ?? []);
  if (events.length > 0) yield events;
}
