/** Entry of a child: one line of JSON on standard input says what to do; whoever closes that input ends the work. */
import { createInterface } from "node:readline";
import type { TaskInputs, TaskName, TaskResults } from "./tasks.ts";

type Tell = (progress: string) => void;

/** Each loads what it needs and no more: what is loaded is part of the memory that is measured. */
const tasks: {
  readonly [Name in TaskName]: (input: TaskInputs[Name], tell: Tell) => Promise<TaskResults[Name]>;
} = {
  async generate({ files, queries, seed, ask }, tell) {
    const { generateVectors } = await import("./generate-vectors.ts");
    const { readStatistics } = await import("./vector-statistics.ts");
    const { writeTruth } = await import("./write-truth.ts");
    generateVectors(readStatistics(), { vectors: files.count, queries }, { seed, ask }, files);
    tell("looking for the true neighbours");
    await writeTruth(files);
    return { count: files.count };
  },
  async embed({ files, queries, evaluation, ask }, tell) {
    const { writeRealVectors } = await import("./real-vectors.ts");
    const { writeTruth } = await import("./write-truth.ts");
    const count = await writeRealVectors(evaluation, ask, queries, files);
    tell("looking for the true neighbours");
    await writeTruth(files);
    return { count };
  },
  async behaviour({ files }) {
    const { describeBehaviour } = await import("./compare-vectors.ts");
    const { readRows } = await import("./vector-blocks.ts");
    const behaviour = await describeBehaviour(
      files.vectors,
      files.dimensions,
      readRows(files.queries, files.dimensions),
    );
    return behaviour;
  },
  build: async (input, tell) => (await measuring()).buildPeer(await loadPeer(input.peer), input, tell),
  tune: async (input, tell) => (await measuring()).tunePeer(await loadPeer(input.peer), input, tell),
  serve: async (input, tell) => (await measuring()).servePeer(await loadPeer(input.peer), input, tell),
};

const measuring = () => import("./measure-peer.ts");
const loadPeer = async (id: string) => (await import("./peers.ts")).findPeer(id).load();

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
