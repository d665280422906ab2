/** Which of a model's ONNX files is read: `onnx/model<suffix>.onnx`. */
export type ModelDtype = keyof typeof dtypeSuffixes;

/** Part of a model's file name, as transformers.js derives it. */
const dtypeSuffixes = {
  fp32: "",
  fp16: "_fp16",
  q8: "_quantized",
  int8: "_int8",
  uint8: "_uint8",
  q4: "_q4",
} as const;

export const modelDtypes = Object.keys(dtypeSuffixes) as readonly ModelDtype[];

export function graphFileOf(dtype: ModelDtype): string {
  return `onnx/model${dtypeSuffixes[dtype]}.onnx`;
}

/** Without these the runtime cannot open a model. */
export function requiredFiles(graphFile: string): readonly string[] {
  return ["config.json", "tokenizer.json", "tokenizer_config.json", graphFile];
}

/** `name` or `owner/name`; nothing that could lead out of the models' folder. */
export function isModelId(model: string): boolean {
  return /^[\w.-]+(\/[\w.-]+)?$/.test(model) && !model.split("/").some((part) => /^\.+$/.test(part));
}
