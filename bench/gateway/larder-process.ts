/** A whole Larder server in a process of its own: worker, database and all, as `larder serve` runs it. */
import { runServer } from "@larder/api";

const server = await runServer({ ...process.env, LARDER_PORT: "0", LARDER_LOG_LEVEL: "error" });
process.once("disconnect", () => void server.close().then(() => process.exit(0)));
process.send?.({ url: `${server.url}/v1` });
