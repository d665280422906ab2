export { readOds } from "./ods/read-ods.ts";
export { readRtf } from "./rtf/read-rtf.ts";
export { readXls } from "./xls/read-xls.ts";
export { readXlsx } from "./xlsx/read-xlsx.ts";
