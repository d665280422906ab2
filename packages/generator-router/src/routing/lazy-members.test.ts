import { expect, it } from "vitest";
import { withLazyMembers } from "./lazy-members.ts";

it("makes a member when it is first read, and once", () => {
  let made = 0;
  const told = withLazyMembers({ id: "a" }, { reason: () => `made ${++made}` });
  expect(made).toBe(0);
  expect([told.reason, told.reason, told.id]).toEqual(["made 1", "made 1", "a"]);
});

it("gives its members to whoever copies or prints it, and each object its own", () => {
  const one = withLazyMembers({ id: 1 }, { twice: () => 2, none: () => undefined });
  const two = withLazyMembers({ id: 2 }, { twice: () => 4 });
  expect({ ...one, id: 3 }).toEqual({ id: 3, twice: 2, none: undefined });
  expect(JSON.stringify(two)).toBe('{"id":2,"twice":4}');
  expect(Object.keys(two)).toEqual(["id", "twice"]);
});
