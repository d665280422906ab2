import type { LarderError } from "@larder/contracts";

export interface CoolDownLimits {
  /** For a provider that refused for load and named no time. */
  readonly overloadedMs: number;
  /** For a model that failed `failuresMax` times in a row; doubled with each failure after that. */
  readonly failingMs: number;
  readonly failuresMax: number;
  /** Longest cool-down that repeated failures lead to. */
  readonly failingMsMax: number;
  /** For a key that was refused. */
  readonly credentialMs: number;
}

export interface Pause {
  readonly kind: "credential" | "cool_down";
  readonly remainingMs: number;
}

/** Who is left alone for a while, and until when. Times are milliseconds of one monotonic clock. */
export interface CoolDowns {
  /** What keeps this model from being asked now; the longest pause where there are several. */
  pauseOf(provider: string, model: string, nowMs: number): Pause | undefined;
  failed(provider: string, model: string, error: LarderError, nowMs: number): void;
  answered(provider: string, model: string): void;
}

/** A cool-down only ever extends: a second, shorter one does not let a provider back early. */
export function createCoolDowns(limits: CoolDownLimits): CoolDowns {
  const models = new Map<string, { untilMs: number; failures: number }>();
  const credentials = new Map<string, number>();
  return {
    pauseOf(provider, model, nowMs) {
      if (credentials.size === 0 && models.size === 0) return undefined;
      const credentialMs = (credentials.get(provider) ?? 0) - nowMs;
      if (credentialMs > 0) return { kind: "credential", remainingMs: credentialMs };
      const modelMs = (models.get(`${provider}/${model}`)?.untilMs ?? 0) - nowMs;
      return modelMs > 0 ? { kind: "cool_down", remainingMs: modelMs } : undefined;
    },
    failed(provider, model, error, nowMs) {
      if (error.code === "PROVIDER_REJECTED") return; // the request was at fault, not the model
      if (error.code === "PROVIDER_AUTHENTICATION") {
        const untilMs = nowMs + limits.credentialMs;
        credentials.set(provider, Math.max(credentials.get(provider) ?? 0, untilMs));
        return;
      }
      const key = `${provider}/${model}`;
      const state = models.get(key) ?? { untilMs: 0, failures: 0 };
      const failures = state.failures + 1;
      const untilMs = nowMs + waitMs(error, failures, limits);
      models.set(key, { failures, untilMs: Math.max(state.untilMs, untilMs) });
    },
    answered(provider, model) {
      const key = `${provider}/${model}`;
      const state = models.get(key);
      if (state !== undefined) models.set(key, { ...state, failures: 0 });
      credentials.delete(provider);
    },
  };
}

function waitMs(error: LarderError, failures: number, limits: CoolDownLimits): number {
  const { retryAfterMs } = error.details;
  const asked = typeof retryAfterMs === "number" ? retryAfterMs : 0;
  const loaded = error.code === "PROVIDER_OVERLOADED" ? limits.overloadedMs : 0;
  const beyond = failures - limits.failuresMax;
  const failing = beyond < 0 ? 0 : Math.min(limits.failingMs * 2 ** beyond, limits.failingMsMax);
  return Math.max(asked || loaded, failing);
}
