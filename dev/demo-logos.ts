/** Marks of the fictional tenants, drawn for the demo. */
const drawings = {
  'acme-corp': `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="14" fill="#0b5fa5"/><path d="M14 48 32 14l18 34h-9l-9-18-9 18z" fill="#fff"/></svg>`,
  globex: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="14" fill="#7a3e9d"/><g fill="none" stroke="#fff" stroke-width="4"><circle cx="32" cy="32" r="18"/><ellipse cx="32" cy="32" rx="8" ry="18"/><path d="M14 32h36"/></g></svg>`,
  initech: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="14" fill="#0f766e"/><path d="M18 18h8v28h-8zM30 18h16v8H30zM30 30h12v8H30z" fill="#fff"/></svg>`,
}

/** A tenant's mark as the `data:` URI that its branding holds. */
export const logoOf = (tenant: keyof typeof drawings): string =>
  `data:image/svg+xml;base64,${Buffer.from(drawings[tenant]).toString('base64')}`
