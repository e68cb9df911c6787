export interface FilledForm {
  readonly action: string
  readonly fields: Readonly<Record<string, string>>
}

/** Types of fields that a person would type an account's name into. */
const nameTypes = new Set(['text', 'email', ''])

/**
 * The first form of a page that has a field for a name or a password, filled in; its hidden fields stay
 * as they are. Read by its tags alone: providers write these pages on their servers, or not at all.
 */
export function readForm(
  html: string,
  url: string,
  { login, password }: { readonly login: string; readonly password: string },
): FilledForm | undefined {
  for (const [, opening = '', content = ''] of html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gis)) {
    const inputs = [...content.matchAll(/<input\b([^>]*)>/gi)].map(([, tag = '']) => ({
      name: attribute(tag, 'name') ?? '',
      type: attribute(tag, 'type')?.toLowerCase() ?? '',
      value: attribute(tag, 'value') ?? '',
    }))
    const nameField = inputs.find(({ type, name }) => nameTypes.has(type) && name !== '')
    const passwordField = inputs.find(({ type }) => type === 'password')
    if (!nameField && !passwordField) continue
    const hidden = inputs.filter(({ type }) => type === 'hidden')
    return {
      action: new URL(attribute(opening, 'action') ?? '', url).href,
      fields: {
        ...Object.fromEntries(hidden.map(({ name, value }) => [name, value])),
        ...(nameField && { [nameField.name]: login }),
        ...(passwordField && { [passwordField.name]: password }),
      },
    }
  }
  return undefined
}

function attribute(tag: string, name: string): string | undefined {
  const found = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, 'i').exec(
    tag,
  )
  const text = found?.[1] ?? found?.[2] ?? found?.[3]
  return text === undefined ? undefined : decode(text)
}

const named: Readonly<Record<string, string>> = { amp: '&', quot: '"', lt: '<', gt: '>', apos: "'" }

const decode = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]+));/gi, (whole, decimal, hex, name) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal))
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex as string, 16))
    return named[name as string] ?? whole
  })
