export type { ZipEntry } from "./central-directory.ts";
export { openZip, type ZipArchive } from "./zip-archive.ts";
export type { ZipLimits } from "./zip-limits.ts";
