export { readRtf } from "./rtf/read-rtf.ts";
export { readXlsx } from "./xlsx/read-xlsx.ts";
