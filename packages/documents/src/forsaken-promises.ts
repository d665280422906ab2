/**
 * Lets promises fail that nobody waits for. pdf.js drops those of fonts and patterns that it no longer wants, and one may
 * fail after its document was answered: by default that ends the process, and with it the next document, which has nothing
 * to do with it.
 */
export function ignoreForsakenPromises(): void {
  process.on("unhandledRejection", () => undefined);
}
