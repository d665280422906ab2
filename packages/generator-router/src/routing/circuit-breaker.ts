import type { LarderError } from "@larder/contracts";

export interface BreakerLimits {
  /** For a model that refused for load and named no time. */
  readonly overloadedMs: number;
  /** For whoever failed `failuresMax` times in a row; doubled with each failure after that. */
  readonly failingMs: number;
  readonly failuresMax: number;
  /** Longest cool-down that repeated failures lead to. */
  readonly failingMsMax: number;
  /** For a key that was refused. */
  readonly credentialMs: number;
}

/**
 * `probing`: its cool-down is over and one request is on trial with it; what comes of that decides for all. The word is
 * older than the name of the trial, and stands in receipts.
 */
export interface Pause {
  readonly kind: "credential" | "cool_down" | "probing";
  readonly remainingMs: number;
}

/** One call that was let through. The first verdict counts; a call that ends without one must be `left`. */
export interface Permit {
  /** It gave text, or refused the request for what it says: it works. More may follow, and `failed` still counts. */
  alive(nowMs: number): void;
  failed(error: LarderError, nowMs: number): void;
  /** Nothing was learned. */
  left(): void;
}

/** Who is left alone for a while, and until when. Times are milliseconds of one monotonic clock. */
export interface CircuitBreaker {
  /** What keeps this model from being asked now. */
  pauseOf(provider: string, model: string, nowMs: number): Pause | undefined;
  /** Lets a call through, or not: after a cool-down exactly one at a time, until one of them is answered. */
  enter(provider: string, model: string, nowMs: number): Permit | undefined;
}

interface Circuit {
  untilMs: number;
  /** In a row, of calls that were let through regularly. */
  failures: number;
  isOpen: boolean;
  isOnTrial: boolean;
  isCredential: boolean;
}

/**
 * A circuit for each provider (its key, its address) and one for each of its models (all else). Closed: everybody is let
 * through. Open: nobody, until its time. Then half-open: one request is the trial; its first text closes the circuit,
 * its failure opens it for longer. A cool-down only ever extends: neither a shorter one nor an answer to a request that
 * began before it lets anybody back early. Failures of requests that began before it do not lengthen it by themselves,
 * or a hundred calls at once would count as a hundred outages. Memory is bounded by the models that are not well.
 */
export function createCircuitBreaker(limits: BreakerLimits): CircuitBreaker {
  /** By provider, then by model; the provider's own under {@link ofProvider}. Nobody who is well is in it. */
  const circuits = new Map<string, Map<string, Circuit>>();

  const find = (provider: string, name: string) => circuits.get(provider)?.get(name);
  const open = (provider: string, name: string): Circuit => {
    const ofOne = circuits.get(provider) ?? new Map<string, Circuit>();
    const circuit = ofOne.get(name) ?? closed();
    circuits.set(provider, ofOne);
    ofOne.set(name, circuit);
    return circuit;
  };
  const drop = (provider: string, name: string): void => {
    const ofOne = circuits.get(provider);
    ofOne?.delete(name);
    if (ofOne?.size === 0) circuits.delete(provider);
  };

  const pauseOfCircuit = (circuit: Circuit | undefined, nowMs: number): Pause | undefined => {
    if (circuit === undefined || !circuit.isOpen) return undefined;
    const remainingMs = circuit.untilMs - nowMs;
    if (remainingMs > 0) return { kind: circuit.isCredential ? "credential" : "cool_down", remainingMs };
    return circuit.isOnTrial ? { kind: "probing", remainingMs: 0 } : undefined;
  };
  const pauseOf = (provider: string, model: string, nowMs: number): Pause | undefined => {
    const ofOne = circuits.get(provider);
    if (ofOne === undefined) return undefined;
    return pauseOfCircuit(ofOne.get(ofProvider), nowMs) ?? pauseOfCircuit(ofOne.get(model), nowMs);
  };

  /** A failed call of this circuit; `waitMs` is what the provider asked for, or 0. */
  const fail = (circuit: Circuit, waitMs: number, isTrial: boolean, nowMs: number, isCredential = false): void => {
    const isLate = circuit.isOpen && !isTrial;
    if (!isLate) circuit.failures += 1;
    if (isTrial) circuit.isOnTrial = false;
    const beyond = circuit.failures - limits.failuresMax;
    const failingMs = isLate || beyond < 0 ? 0 : Math.min(limits.failingMs * 2 ** beyond, limits.failingMsMax);
    const pauseMs = Math.max(waitMs, failingMs);
    if (pauseMs === 0 && !circuit.isOpen) return;
    circuit.isOpen = true;
    circuit.isCredential = isCredential;
    circuit.untilMs = Math.max(circuit.untilMs, nowMs + pauseMs);
  };
  const revive = (provider: string, name: string, isTrial: boolean, nowMs: number): void => {
    const circuit = find(provider, name);
    if (circuit === undefined) return;
    if (isTrial) circuit.isOnTrial = false;
    // A cool-down that began while the trial ran stands.
    if (circuit.isOpen ? isTrial && circuit.untilMs <= nowMs : true) drop(provider, name);
  };
  const release = (provider: string, name: string): void => {
    const circuit = find(provider, name);
    if (circuit !== undefined) circuit.isOnTrial = false;
  };

  return {
    pauseOf,
    enter(provider, model, nowMs) {
      if (pauseOf(provider, model, nowMs) !== undefined) return undefined;
      const names = [ofProvider, model];
      const onTrial = new Set<string>();
      for (const name of names) {
        const circuit = find(provider, name);
        if (circuit?.isOpen !== true) continue;
        circuit.isOnTrial = true;
        onTrial.add(name);
      }
      const settle = (act: (name: string, isTrial: boolean) => void) => {
        for (const name of names) act(name, onTrial.delete(name));
      };
      return {
        alive: (atMs) => settle((name, isTrial) => revive(provider, name, isTrial, atMs)),
        failed(error, atMs) {
          const at = error.code;
          if (at === "PROVIDER_REJECTED") return this.alive(atMs); // the request was at fault, not the model
          const isOfProvider = at === "PROVIDER_AUTHENTICATION" || at === "PROVIDER_UNREACHABLE";
          settle((name, isTrial) => {
            if ((name === ofProvider) === isOfProvider) {
              const isCredential = at === "PROVIDER_AUTHENTICATION";
              fail(open(provider, name), askedMs(error, limits), isTrial, atMs, isCredential);
            } else if (isTrial && name === ofProvider) {
              revive(provider, name, true, atMs); // it could be reached
            } else if (isTrial) release(provider, name);
          });
        },
        left: () => settle((name, isTrial) => void (isTrial && release(provider, name))),
      };
    },
  };
}

/** Stands for the provider itself among the names of its models, none of which is empty. */
const ofProvider = "";

const closed = (): Circuit => ({ untilMs: 0, failures: 0, isOpen: false, isOnTrial: false, isCredential: false });

/** What the provider asked for, or what its refusal stands for; 0 when nothing does. */
function askedMs(error: LarderError, limits: BreakerLimits): number {
  if (error.code === "PROVIDER_AUTHENTICATION") return limits.credentialMs;
  const { retryAfterMs } = error.details;
  const asked = typeof retryAfterMs === "number" ? retryAfterMs : 0;
  return asked || (error.code === "PROVIDER_OVERLOADED" ? limits.overloadedMs : 0);
}
