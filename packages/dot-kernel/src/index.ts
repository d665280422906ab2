export type { DotKernel, LinearMemory } from "./dot-kernel.ts";
export { createDotKernel, createLinearMemory, memoryPageBytes, memoryPagesMax, strideBytesStep } from "./dot-kernel.ts";
