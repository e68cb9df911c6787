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

/** Lets a property of a prototype read differently; setting it, if that was possible, stays as it was. */
export function replaceGetter<Owner extends object, Key extends keyof Owner>(
  owner: Owner,
  name: Key,
  read: (value: Owner[Key]) => Owner[Key],
): void {
  const property = Object.getOwnPropertyDescriptor(owner, name)
  const real = property?.get
  if (property === undefined || real === undefined) return
  Object.defineProperty(owner, name, {
    ...property,
    get(this: Owner) {
      return read(Reflect.apply<Owner, [], Owner[Key]>(real, this, []))
    },
  })
}
