declare const brand: unique symbol;

/** A `T` that only its own constructor may mint, so that two ids of one shape cannot be swapped. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
