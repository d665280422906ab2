/** A checkpoint that must not be used. Its message is for logs and never reaches a caller: the log is replayed. */
export class CheckpointDamage extends Error {
  override readonly name = "CheckpointDamage";
}

const damageCodes = new Set(["ENOENT", "EISDIR", "ENOTDIR", "EIO", "ELOOP"]);

/**
 * True for a file that is damaged, missing or of the wrong kind. Other failures (no permission, too many open files)
 * say nothing about the checkpoint, so they must not condemn it.
 */
export function isCheckpointDamage(thrown: unknown): boolean {
  if (thrown instanceof CheckpointDamage) return true;
  return thrown instanceof Error && "code" in thrown && damageCodes.has(String(thrown.code));
}
