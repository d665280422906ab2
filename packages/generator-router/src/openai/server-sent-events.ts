import { LarderError } from "@larder/contracts";

/** Longest event that is kept in memory; a provider that sends more is not speaking this format. */
const eventCharactersMax = 4_000_000;

/**
 * The `data` of each event, in order. Lines end in LF, CRLF or CR wherever packets are cut; comments and other fields
 * are skipped; several `data` lines of one event are joined by LF. What stands unfinished at the end is given too.
 * @throws {@link LarderError} `PROVIDER_REPLY_MALFORMED` for an event beyond four million characters
 * @source WHATWG HTML, §9.2.6 "Interpreting an event stream"
 */
export async function* readEventData(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  let data: string[] = [];
  const take = (line: string): string | undefined => {
    if (line === "") {
      const event = data.length === 0 ? undefined : data.join("\n");
      data = [];
      return event;
    }
    if (line.startsWith("data:")) data.push(line.slice(line.startsWith("data: ") ? 6 : 5));
    return undefined;
  };
  for await (const part of bytes) {
    rest += decoder.decode(part, { stream: true });
    if (rest.length > eventCharactersMax) {
      throw new LarderError("PROVIDER_REPLY_MALFORMED", { details: { reason: "event_too_long" } });
    }
    // A CR at the very end may be half of a CRLF: it waits for the next packet.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const event = take(line);
      if (event !== undefined) yield event;
    }
  }
  for (const line of [(rest + decoder.decode()).replace(/\r$/, ""), ""]) {
    const event = take(line);
    if (event !== undefined) yield event;
  }
}
