/** Form of tenant ids and dashboard slugs; stable for ever, so it is strict. */
export const slugForm = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

export const isSlug = (text: string): boolean => slugForm.test(text)
