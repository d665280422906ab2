/** A value that must not be seen: printing, logging and JSON show `[secret]`. */
export class Secret {
  readonly #value: string; // private fields are not shown by console.log

  constructor(value: string) {
    this.#value = value;
  }

  /** Called by the adapter that sends it, nowhere else. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }
}
