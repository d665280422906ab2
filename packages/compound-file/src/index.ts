export { type CompoundFile, openCompoundFile } from "./compound-file.ts";
export type { CompoundFolder, CompoundStorage, CompoundStream } from "./directory.ts";
