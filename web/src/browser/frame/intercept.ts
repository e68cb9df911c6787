type Method = (...args: unknown[]) => unknown

/** Replaces a method; a proxy keeps its name and length, and calls it with the caller's own `this`. */
export function intercept<Owner extends object>(
  owner: Owner,
  name: keyof Owner,
  around: (call: () => unknown, self: unknown, args: unknown[]) => unknown,
): void {
  const real: unknown = Reflect.get(owner, name)
  if (!isMethod(real)) return
  Reflect.set(
    owner,
    name,
    new Proxy(real, {
      apply: (target, self: unknown, args: unknown[]) =>
        around(() => Reflect.apply<unknown, unknown[], unknown>(target, self, args), self, args),
    }),
  )
}

function isMethod(value: unknown): value is Method {
  return typeof value === 'function'
}
