import type { ErrorCode, ErrorDetails } from "@larder/contracts";

/** From the parent. `payload` crosses by structured clone: typed arrays and bigints keep their kind. */
export type ParentMessage =
  | { readonly kind: "request"; readonly id: number; readonly method: string; readonly payload: unknown }
  | { readonly kind: "abort"; readonly id: number };

/** From the child. `ready` comes once, when its handlers are in place. */
export type ChildMessage =
  | { readonly kind: "ready" }
  | { readonly kind: "reply"; readonly id: number; readonly value: unknown }
  | {
      readonly kind: "failure";
      readonly id: number;
      readonly code: ErrorCode;
      readonly details: ErrorDetails;
      /** What happened, for the parent's log; it is the cause, never shown to a caller. */
      readonly cause: string;
    };
