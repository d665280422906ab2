import type { JsonValue } from "../json/parse-json.ts";
import { droppedElements } from "./element-rules.ts";
import type { XmlElement } from "./xml-tree.ts";

/**
 * Elements that hold data, as an object: members are their names, elements of one name next to each other a list. An
 * element without elements is its text; attributes are members of those that have no text.
 */
export function toJsonValue(elements: readonly XmlElement[]): JsonValue {
  const members: [string, JsonValue][] = [];
  for (const element of elements) {
    if (droppedElements.has(element.name)) continue;
    const value = dataOf(element);
    if (value === "") continue;
    const last = members.at(-1);
    if (last?.[0] !== element.name) members.push([element.name, value]);
    else if (typeof last[1] !== "string" && last[1].kind === "array") last[1].items.push(value);
    else last[1] = { kind: "array", items: [last[1], value] };
  }
  return { kind: "object", members };
}

function dataOf({ attributes, children }: XmlElement): JsonValue {
  const inner = children.filter((child) => typeof child !== "string");
  const text = children
    .filter((child) => typeof child === "string")
    .join("")
    .trim();
  if (inner.length === 0 && text !== "") return text;
  const own: [string, JsonValue][] = Object.entries(attributes)
    .filter(([name]) => !/^(?:xmlns|xml|xsi|xlink)(?::|$)/u.test(name))
    .map(([name, value]) => [name, value]);
  const nested = toJsonValue(inner);
  const members = typeof nested === "string" || nested.kind === "array" ? [] : nested.members;
  if (own.length === 0 && members.length === 0) return "";
  return { kind: "object", members: [...own, ...members] };
}
