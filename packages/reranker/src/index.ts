export { type OnnxReranker, type OnnxRerankerOptions, openOnnxReranker } from "./onnx-reranker.ts";
