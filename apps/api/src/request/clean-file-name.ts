const charactersMax = 200;

/**
 * A sent file name, fit to be shown: one line, no invisible or reordering characters, no folders, well-formed Unicode,
 * at most 200 characters. What is left empty becomes `document`.
 */
export function cleanFileName(sent: string | undefined): string {
  const base = (sent ?? "").split(/[/\\]/).at(-1) ?? "";
  const visible = base.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, "").trim();
  const name = Array.from(visible).slice(0, charactersMax).join(""); // by code point: a pair is not torn
  return name === "" || name === "." || name === ".." ? "document" : name;
}
