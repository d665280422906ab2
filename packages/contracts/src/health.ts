export type HealthState = "ok" | "degraded" | "down";

/** One line of `/health/ready`. `detail` is for an operator: no paths, no secrets. */
export interface ComponentHealth {
  readonly name: string;
  readonly state: HealthState;
  readonly detail: string;
}
