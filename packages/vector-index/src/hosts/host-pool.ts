import type { Call } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { IndexHost, IndexHostOptions } from "./index-host.ts";
import { createIndexHost } from "./index-host.ts";

export interface HostPoolOptions extends IndexHostOptions {
  /** Processes at most. */
  readonly hostsMax: number;
  /** Another one is started for a collection that comes when each holds this much already. Bytes. */
  readonly hostBytesComfortable: number;
}

/** The processes that hold collections. The first runs from the beginning, the others when they are needed. */
export class HostPool {
  readonly #options: HostPoolOptions;
  readonly #hosts: IndexHost[] = [];
  #isClosed = false;

  private constructor(options: HostPoolOptions) {
    this.#options = options;
  }

  static async open(options: HostPoolOptions, call: Call): Promise<HostPool> {
    const pool = new HostPool(options);
    await pool.host(0, call);
    return pool;
  }

  get hosts(): readonly IndexHost[] {
    return this.#hosts;
  }

  get hostsMax(): number {
    return this.#options.hostsMax;
  }

  /** The one of this number, started if need be. @throws {@link LarderError} `INDEX_UNAVAILABLE` */
  async host(number: number, call: Call): Promise<IndexHost> {
    if (this.#isClosed) throw new LarderError("INDEX_UNAVAILABLE"); // one that starts now nobody would end
    for (let next = this.#hosts.length; next <= number; next++) this.#hosts.push(createIndexHost(this.#options));
    const host = this.#hosts[number];
    if (host === undefined) throw new LarderError("INDEX_UNAVAILABLE");
    try {
      await host.start(call);
      return host;
    } catch (thrown) {
      throw call.signal.aborted ? thrown : new LarderError("INDEX_UNAVAILABLE", { cause: thrown });
    }
  }

  /** The one with the most room, for a collection that comes. A host that does not answer now is not asked. */
  async roomiest(call: Call): Promise<IndexHost> {
    const { hostsMax, hostBytesComfortable } = this.#options;
    const reports = await Promise.all(
      this.#hosts.map((host) => (this.#hosts.length > 1 || hostsMax > 1 ? freshBytes(host, call) : host.report.bytes)),
    );
    const least = Math.min(...reports);
    if (least > hostBytesComfortable && this.#hosts.length < hostsMax) return this.host(this.#hosts.length, call);
    return this.host(Math.max(0, reports.indexOf(least)), call);
  }

  async close(timeoutMs: number): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#hosts.map((host) => host.close(timeoutMs)));
  }
}

async function freshBytes(host: IndexHost, call: Call): Promise<number> {
  if (!host.isReady) return host.report.bytes;
  const report = await host.ask("report", undefined, call).catch(() => host.report);
  call.signal.throwIfAborted();
  return report.bytes;
}
