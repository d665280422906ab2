/** Entry of a child: one line of JSON on standard input says what to do; whoever closes that input ends the work. */
import { createInterface } from "node:readline";
import { describeBehaviour } from "./compare-vectors.ts";
import { generateVectors } from "./generate-vectors.ts";
import { buildPeer, servePeer } from "./measure-peer.ts";
import { findPeer } from "./peers.ts";
import { writeRealVectors } from "./real-vectors.ts";
import type { TaskInputs, TaskName, TaskResults } from "./tasks.ts";
import { countRows, readRows } from "./vector-blocks.ts";
import { readStatistics } from "./vector-statistics.ts";
import { writeTruth } from "./write-truth.ts";

type Tell = (progress: string) => void;

const tasks: {
  readonly [Name in TaskName]: (input: TaskInputs[Name], tell: Tell) => Promise<TaskResults[Name]>;
} = {
  async generate({ files, queries, seed }, tell) {
    generateVectors(readStatistics(), { vectors: files.count, queries }, seed, files);
    tell("looking for the true neighbours");
    await writeTruth(files);
    return { count: files.count };
  },
  async embed({ files, queries, evaluation, ask }, tell) {
    await writeRealVectors(evaluation, ask, queries, files);
    tell("looking for the true neighbours");
    await writeTruth(files);
    return { count: countRows(files.vectors, files.dimensions) };
  },
  behaviour: ({ files }) =>
    describeBehaviour(files.vectors, files.dimensions, readRows(files.queries, files.dimensions)),
  build: async (input, tell) => buildPeer(await findPeer(input.peer).load(), input, tell),
  serve: async (input, tell) => servePeer(await findPeer(input.peer).load(), input, tell),
};

const say = (said: { readonly progress?: string; readonly result?: unknown }): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.write(`${JSON.stringify({ task: true, ...said })}\n`, () => resolve());
  });

async function run<Name extends TaskName>(name: Name, input: TaskInputs[Name]): Promise<void> {
  const result = await tasks[name](input, (progress) => void say({ progress }));
  await say({ result });
}

const lines = createInterface({ input: process.stdin });
lines.once("line", (line) => {
  const { name, input } = JSON.parse(line) as { name: TaskName; input: never }; // written by runChild
  run(name, input).catch((thrown: unknown) => {
    process.stderr.write(`${thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)}\n`);
    process.exit(1);
  });
});
lines.once("close", () => process.kill(-process.pid, "SIGKILL")); // with all that a peer has started
