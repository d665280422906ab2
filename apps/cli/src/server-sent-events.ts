import { createParser } from "eventsource-parser";

export interface ServerSentEvent {
  readonly event: string;
  readonly data: unknown;
}

/** Events of a response in order, each one's data read as JSON. Leaving the loop cancels the response. */
export async function* readServerSentEvents(response: Response): AsyncIterable<ServerSentEvent> {
  if (response.body === null) return;
  const queue: ServerSentEvent[] = [];
  const parser = createParser({
    onEvent: ({ event = "message", data }) => queue.push({ event, data: JSON.parse(data) }),
  });
  const decoder = new TextDecoder();
  for await (const bytes of response.body as ReadableStream<Uint8Array> & AsyncIterable<Uint8Array>) {
    parser.feed(decoder.decode(bytes, { stream: true }));
    while (queue.length > 0) yield queue.shift() as ServerSentEvent;
  }
}
