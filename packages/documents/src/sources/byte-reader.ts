/** Takes a stream apart by lengths. Holds no more than what was asked for and one piece. */
export class ByteReader {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#pieces = source[Symbol.asyncIterator]();
  }

  /** The next bytes together; fewer, or none, at the end of the stream. */
  async take(length: number): Promise<Buffer> {
    const taken: Uint8Array[] = [];
    for await (const piece of this.pass(length)) taken.push(piece);
    return Buffer.concat(taken);
  }

  /** The next bytes as they come; fewer at the end of the stream. */
  async *pass(length: number): AsyncGenerator<Uint8Array> {
    for (let missing = length; missing > 0; ) {
      if (this.#rest.length === 0) {
        const { done, value } = await this.#pieces.next();
        if (done === true) return;
        this.#rest = value;
      }
      const piece = this.#rest.subarray(0, missing);
      this.#rest = this.#rest.subarray(piece.length);
      missing -= piece.length;
      yield piece;
    }
  }

  /** Lets go of the stream. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }
}
