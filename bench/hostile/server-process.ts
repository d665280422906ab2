/** Larder's server, apart from the process that measures it. Argument: data folder. Sends its address to its parent. */
import { runServer } from "@larder/api";

const server = await runServer({
  LARDER_DATA_DIR: process.argv[2],
  LARDER_PORT: "0",
  LARDER_LOG_LEVEL: "silent",
});
process.send?.(server.url);
process.once("SIGTERM", () => void server.close().then(() => process.exit(0)));
