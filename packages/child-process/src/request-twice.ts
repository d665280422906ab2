import type { Call, LarderError } from "@larder/contracts";
import type { ChildProcess } from "./child-process-port.ts";

export interface SecondAsking {
  /** The child ended, or its successor could not be opened: nothing that the request itself is to blame for. */
  isEnd(thrown: unknown): boolean;
  /** What a second end in a row is told as. */
  asUnavailable(thrown: unknown): LarderError;
}

/** For requests that change nothing: what a dead child took along is asked once more of its successor. */
export async function requestTwice(
  child: ChildProcess,
  method: string,
  payload: unknown,
  call: Call,
  { isEnd, asUnavailable }: SecondAsking,
): Promise<unknown> {
  try {
    return await child.request(method, payload, call);
  } catch (thrown) {
    call.signal.throwIfAborted();
    if (!isEnd(thrown)) throw thrown;
  }
  try {
    return await child.request(method, payload, call);
  } catch (thrown) {
    call.signal.throwIfAborted();
    throw isEnd(thrown) ? asUnavailable(thrown) : thrown;
  }
}
