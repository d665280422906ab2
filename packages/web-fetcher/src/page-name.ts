/** The last part of an address's path, decoded; `undefined` when it has none or it cannot be decoded. */
export function fileNameOf(url: URL): string | undefined {
  const last = url.pathname.split("/").at(-1) ?? "";
  try {
    const name = decodeURIComponent(last);
    return name === "" ? undefined : name;
  } catch {
    return undefined;
  }
}
