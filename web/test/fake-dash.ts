/**
 * Dash's client as far as views and failed callbacks need it (dash 4.4.1): the page's components in a
 * store, with what people set in them, and a way to set it from outside. Put into an app that renders.
 */
export const FAKE_DASH = `
  const component = (namespace, type, props) => ({ namespace, type, props })
  const children = [
    component('dash_core_components', 'Input', { id: 'line', value: 'all lines' }),
    component('dash_core_components', 'Input', { id: 'basis', value: 'paid' }),
    component('dash_html_components', 'P', { id: 'paid', children: '' }),
  ]
  window.dash_core_components = { Input: { dashPersistence: { persisted_props: ['value'] } } }
  window.dash_html_components = { P: {} }
  const strs = Object.fromEntries(children.map(({ props }, at) => [props.id, ['children', at]]))
  const state = { appLifecycle: 'HYDRATED', callbacks: {}, layout: { children }, paths: { strs, objs: {} } }
  const listeners = new Set()
  function setProps(id, props) {
    const one = children.find((child) => child.props.id === id)
    one.props = { ...one.props, ...props }
    const shown = document.getElementById(id)
    if ('value' in props) shown.value = props.value
    if ('children' in props) shown.textContent = props.children
    for (const listener of listeners) listener()
  }
  window.dash_stores = [{
    getState: () => state,
    subscribe: (listener) => { listeners.add(listener); return () => listeners.delete(listener) },
  }]
  window.dash_clientside = { set_props: setProps }
  document.addEventListener('input', ({ target }) => setProps(target.id, { value: target.value }))
`

export const FAKE_DASH_PAGE =
  '<main id="figures"><h1>Figures</h1><label for="line">Line</label><input id="line" value="all lines"><label for="basis">Basis</label><input id="basis" value="paid"><section><h2>Paid to date</h2><p id="paid"></p></section></main>'
