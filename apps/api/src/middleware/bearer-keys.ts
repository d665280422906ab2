import { createHash, timingSafeEqual } from "node:crypto";
import type { Secret } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { MiddlewareHandler } from "hono";
import type { ApiEnv } from "../api-env.ts";

/** Read without a key: they tell what the API is, and that the process lives, nothing of what is in it. */
const openPaths = /^\/(?:$|health\/live|openapi\.json|docs(?:\/.*)?|errors(?:\/.*)?)$/;

/**
 * Lets a request through that carries one of the keys, before a byte of its body is read. Keys are compared by their
 * SHA-256, each of them each time, so that the time taken tells nothing of how much of a key was right.
 */
export function bearerKeys(keys: readonly Secret[]): MiddlewareHandler<ApiEnv> {
  const digests = keys.map((key) => sha256(key.reveal()));
  return async (c, next) => {
    if (digests.length === 0 || openPaths.test(c.req.path)) return next();
    const sent = /^Bearer +([\x21-\x7e]{1,512}) *$/i.exec(c.req.header("authorization") ?? "")?.[1];
    if (sent === undefined) throw new LarderError("KEY_MISSING");
    const digest = sha256(sent);
    const matches = digests.map((known) => timingSafeEqual(known, digest));
    if (!matches.includes(true)) throw new LarderError("KEY_WRONG");
    c.set("callerScope", digest.toString("hex").slice(0, 32));
    return next();
  };
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
