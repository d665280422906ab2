import type {
  Attempt,
  BatchAnswer,
  BatchRequest,
  Call,
  Clock,
  ErrorRecord,
  GeneratorRouter,
  Route,
  ToolCallDelta,
} from "@larder/contracts";
import { followCalls, LarderError, toErrorRecord, toolCallsOf } from "@larder/contracts";
import { totalCost } from "../routing/next-candidate.ts";

export interface LiveCallPorts {
  readonly router: GeneratorRouter;
  readonly clock: Pick<Clock, "nowMs">;
  /** Told at each sending of all attempts so far, as they are if the process dies now. */
  note(attempts: readonly Attempt[]): void;
}

export type LiveEnding =
  | { readonly kind: "answered"; readonly answer: BatchAnswer }
  | { readonly kind: "failed"; readonly route: Route; readonly error: ErrorRecord }
  /** Nobody was asked, for want of money only. */
  | { readonly kind: "penniless"; readonly route: Route };

/**
 * A live call for a request that waited, with the attempts before it. Rejects with the signal's reason when it is stopped:
 * that is nobody's failure, and what was sent is noted.
 */
export async function callLive(
  job: BatchRequest,
  earlier: readonly Attempt[],
  { router, clock, note }: LiveCallPorts,
  call: Call,
): Promise<LiveEnding> {
  const leftMs = Math.max(1, job.deadlineAtMs - clock.nowMs());
  const policy = { ...job.request.policy, deadlineMs: leftMs };
  const followed = followCalls((attempts) => note([...earlier, ...attempts]));
  const withEarlier = (last: Route): Route => ({ ...last, attempts: [...earlier, ...last.attempts] });
  let text = "";
  const pieces: ToolCallDelta[] = [];
  for await (const event of router.generate({ ...job.request, policy, ...followed }, call)) {
    switch (event.kind) {
      case "routed":
        break;
      case "text":
        text += event.text;
        break;
      case "tool_call":
        pieces.push(event.delta);
        break;
      case "answered": {
        const { finishReason, usage } = event;
        const route = withEarlier(event.route);
        const cost = totalCost(route.attempts);
        return {
          kind: "answered",
          answer: { text, finishReason, usage, route, ...toolCallsOf(pieces), ...(cost !== undefined && { cost }) },
        };
      }
      case "broken":
        call.signal.throwIfAborted();
        return { kind: "failed", route: withEarlier(event.route), error: event.error };
      case "unanswered":
        return unanswered(event.route, withEarlier(event.route));
      default:
        event satisfies never;
    }
  }
  throw new LarderError("UNEXPECTED", { cause: new Error("the router gave no end") });
}

function unanswered({ attempts, candidates }: Route, route: Route): LiveEnding {
  const failure = attempts.findLast(({ error }) => error !== undefined)?.error;
  if (failure !== undefined) return { kind: "failed", route, error: failure };
  const isForMoney = candidates.some(({ refusals }) => refusals.some(({ code }) => code === "budget_exhausted"));
  if (isForMoney) return { kind: "penniless", route };
  return { kind: "failed", route, error: toErrorRecord(new LarderError("POLICY_UNSATISFIABLE")) };
}
