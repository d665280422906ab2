/** A route as the router lists it: middleware is listed under the method `ALL`. */
interface ListedRoute {
  readonly method: string;
  readonly path: string;
}

/**
 * Tells which methods a path answers, for a 405 and its `Allow`. An empty list means that there is no such path.
 * Patterns have `:name` for one segment and `:name{.+}` for the rest.
 */
export function createAllowedMethods(routes: readonly ListedRoute[]): (path: string) => readonly string[] {
  const patterns = routes
    .filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => ({ method: method.toUpperCase(), pattern: toPattern(path) }));
  return (path) => {
    const methods = patterns.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
    return [...new Set(methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])))].sort();
  };
}

function toPattern(path: string): RegExp {
  const segments = path.split("/").map((segment) => {
    if (segment.endsWith("{.+}")) return ".+";
    return segment.startsWith(":") ? "[^/]+" : segment.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  });
  return new RegExp(`^${segments.join("/")}$`);
}
