/** True for an address or name that only this machine can reach. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, "").toLowerCase();
  return bare === "localhost" || bare === "::1" || /^127(?:\.\d{1,3}){3}$/.test(bare);
}

/** True for a literal address of this machine or a private network. A name is not, save `localhost`: looking it up asks others. */
export function isPrivateAddress(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, "").toLowerCase();
  return (
    isLoopback(bare) ||
    /^10(?:\.\d{1,3}){3}$/.test(bare) ||
    /^192\.168(?:\.\d{1,3}){2}$/.test(bare) ||
    /^172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2}$/.test(bare) ||
    /^f[cd][0-9a-f]{2}:/.test(bare)
  );
}
