export { type CodeKernel, codesStep, createCodeKernel } from "./code-kernel.ts";
export { createDotKernel, type DotKernel, strideBytesStep } from "./dot-kernel.ts";
export { createLinearMemory, type LinearMemory, memoryPageBytes, memoryPagesMax } from "./linear-memory.ts";
