import { isSame, recordOf, type ViewContent } from '../../view.ts'
import { offered } from './offered.ts'

/** Puts a view's values into a layout before Dash sees it, so that its first callbacks have them already. */
export function fillLayout(layout: unknown, view: ViewContent): unknown {
  if (Array.isArray(layout)) return layout.map((one) => fillLayout(one, view))
  if (typeof layout !== 'object' || layout === null) return layout
  const node: Record<string, unknown> = { ...layout }
  const { namespace, type, props } = node
  if (typeof namespace !== 'string' || typeof type !== 'string') {
    for (const [name, inner] of Object.entries(node)) node[name] = fillLayout(inner, view)
    return node
  }
  const filled = recordOf(fillLayout(props, view))
  const { id } = filled
  const key = typeof id === 'string' ? id : idText(id)
  const wanted = Object.hasOwn(view.components, key) ? view.components[key] : undefined
  if (wanted !== undefined && (wanted.type === '' || wanted.type === `${namespace}/${type}`)) {
    for (const [name, value] of Object.entries(wanted.props)) {
      const fit = offered(filled, name, value)
      // What is not offered here may be in a moment, or never: that is found out afterwards.
      if (fit.isWhole && !isSame(filled[name], fit.value)) filled[name] = fit.value
    }
  }
  return { ...node, props: filled }
}

/** As Dash writes the id of a pattern: with sorted keys. */
function idText(id: unknown): string {
  const entries = Object.entries(recordOf(id)).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify(Object.fromEntries(entries))
}
