/** What makes each member, by its name. */
type Makers = Readonly<Record<string, () => unknown>>;
type Made<Of extends Makers> = { readonly [Name in keyof Of]: ReturnType<NonNullable<Of[Name]>> };

class LazyObject {
  readonly #makers: Makers;
  readonly #made: Record<string, unknown> = {};

  constructor(base: object, makers: Makers) {
    Object.assign(this, base);
    this.#makers = makers;
    for (const name of Object.keys(makers)) Object.defineProperty(this, name, LazyObject.#descriptorOf(name));
  }

  /** One for each name that the code has, whatever the number of objects. */
  static readonly #descriptors = new Map<string, PropertyDescriptor>();

  static #descriptorOf(name: string): PropertyDescriptor {
    const known = LazyObject.#descriptors.get(name);
    if (known !== undefined) return known;
    const descriptor: PropertyDescriptor = {
      enumerable: true,
      get(this: LazyObject) {
        if (!(name in this.#made)) this.#made[name] = this.#makers[name]?.();
        return this.#made[name];
      },
    };
    LazyObject.#descriptors.set(name, descriptor);
    return descriptor;
  }
}

/**
 * `base` with members that are made when they are first read, and once. They are the object's own, so that a copy by
 * `{...object}` holds their values. Getters are shared by all objects: one in an object literal (`get x() {…}`) is new
 * for each object, gives it a hidden class of its own, and V8 keeps that, and all that the getter closes over, until
 * the next full collection (docs/decisions/0019).
 */
export function withLazyMembers<Base extends object, Of extends Makers>(base: Base, makers: Of): Base & Made<Of> {
  return new LazyObject(base, makers) as unknown as Base & Made<Of>;
}
