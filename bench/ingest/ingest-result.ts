/** What one system made of a folder of files; printed by its process as one line of JSON. */
export interface IngestResult {
  readonly passages: number;
  /** Of these, those whose vectors were taken from others of the same text; only of a system that does so. */
  readonly reused?: number;
  /** UTF-16 code units of text that were taken from the files. */
  readonly characters: number;
  /** By file name: why nothing came of it. */
  readonly failed: Readonly<Record<string, string>>;
  /** By file name; only of a system that counts them, for those that have any. */
  readonly pages?: Readonly<Record<string, number>>;
  /** Seconds by step, summed over the files; only of a system that tells them. */
  readonly steps?: Readonly<Record<string, number>>;
}

/** Tells the measuring process where the work begins and ends; between the two only the work happens. */
export async function measured(work: () => Promise<IngestResult>): Promise<void> {
  process.stdout.write(`${JSON.stringify({ event: "start" })}\n`);
  const result = await work();
  process.stdout.write(`${JSON.stringify({ event: "end", result })}\n`);
  // The processes are looked at once more before they go.
  await new Promise((resolve) => process.stdin.once("data", resolve));
}
