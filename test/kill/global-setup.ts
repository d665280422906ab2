export { buildLarder as setup } from "./build-larder.ts";
