import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { brandProperties, brandStyle, SURFACES } from './brand-style.ts'
import { contrastRatio, isHexColour, READABLE, readableShade, textOn } from './contrast.ts'
import { toText } from './markup.ts'

const colour = fc
  .integer({ min: 0, max: 0xffffff })
  .map((value) => `#${value.toString(16).padStart(6, '0')}`)

describe('contrastRatio', () => {
  it('agrees with the values that WCAG gives', () => {
    expect(contrastRatio('#000000', '#ffffff')).toBeCloseTo(21, 5)
    expect(contrastRatio('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
    expect(contrastRatio('#123456', '#123456')).toBe(1)
  })

  it('does not depend on the order', () => {
    fc.assert(fc.property(colour, colour, (a, b) => contrastRatio(a, b) === contrastRatio(b, a)))
  })
})

describe('a brand colour', () => {
  it('carries text that can be read, whichever colour a tenant chose', () => {
    fc.assert(
      fc.property(colour, (brand) => {
        expect(contrastRatio(textOn(brand), brand)).toBeGreaterThanOrEqual(READABLE)
      }),
      { numRuns: 1000 },
    )
  })

  it('becomes ink that can be read on our light and dark surfaces', () => {
    fc.assert(
      fc.property(colour, fc.constantFrom(...Object.values(SURFACES)), (brand, surface) => {
        const ink = readableShade(brand, surface)
        expect(contrastRatio(ink, surface)).toBeGreaterThanOrEqual(READABLE)
      }),
      { numRuns: 1000 },
    )
  })

  it('stays as it is where it can be read already', () => {
    expect(readableShade('#0b3d91', SURFACES.light)).toBe('#0b3d91')
  })
})

describe('brandStyle', () => {
  it('writes nothing but colours into the style element', () => {
    fc.assert(
      fc.property(colour, colour, (primary, accent) => {
        expect(brandProperties({ primary, accent })).toMatch(/^[\w\s#:;,()-]+$/)
      }),
    )
  })

  it('gives the second colour a shade that can be read, as the first', () => {
    fc.assert(
      fc.property(colour, (accent) => {
        const [, light = '', dark = ''] =
          /light-dark\((.*),(.*)\)/.exec(brandProperties({ accent })) ?? []
        expect(contrastRatio(light, SURFACES.light)).toBeGreaterThanOrEqual(READABLE)
        expect(contrastRatio(dark, SURFACES.dark)).toBeGreaterThanOrEqual(READABLE)
      }),
    )
  })

  it('leaves out what is no colour', () => {
    for (const hostile of ['red', '#fff', '#12345g', '#000000;}*{display:none', '</style>', '']) {
      expect(isHexColour(hostile)).toBe(false)
      expect(toText(brandStyle('n', [[':root', { primary: hostile, accent: hostile }]]))).toBe('')
    }
  })
})
