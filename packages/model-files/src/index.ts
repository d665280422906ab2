export { graphFileOf, isModelId, type ModelDtype, modelDtypes } from "./model-layout.ts";
export { type ModelTask, type PinnedModel, type PinOptions, pinModelFiles } from "./pin-model-files.ts";
export { type FileHashes, pinFile, sortedByFile } from "./pins.ts";
export { type ModelFolder, readPinnedFiles } from "./read-pinned-files.ts";
export { type ModelFiles, verifyModelFiles } from "./verify-model-files.ts";
