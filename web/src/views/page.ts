import type { Language } from '../words/language.ts'

/** What every page needs, whoever looks at it. */
export interface Page {
  /** For the one `<style>` that carries a tenant's colours; there is no inline script. */
  nonce: string
  assets: Assets
  requestId: string
  /** Where a retry or a sign-in leads back to; a local path. */
  returnPath?: string
  language: Language
  theme: Theme
}

/** `auto` follows the device. */
export const THEMES = ['auto', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

/** URLs of the content-hashed files, e.g. `/assets/shell-1a2b3c4d.js`. */
export interface Assets {
  shellScript: string
  shellStyle: string
  frameScript: string
  icon: string
}

export interface Brand {
  tenantId: string
  displayName: string
  /** A `data:` URI of an image. */
  logo?: string
  /** `#rrggbb` */
  primary?: string
  /** `#rrggbb`; for what stands out in pictures. */
  accent?: string
}

export interface Person {
  email: string
  /** With which requests of a page say for whom it was made. */
  key?: string
  role: 'admin' | 'viewer'
  canSwitch: boolean
  /** How long the session lasts if nobody does anything; pages that end with it do not say. */
  secondsLeft?: number
  /** What would end it: that nobody does anything, or its age. */
  endsBy?: 'idle' | 'age'
}
