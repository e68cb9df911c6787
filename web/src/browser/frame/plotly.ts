declare global {
  interface Window {
    /** Where Dash's graphs find plotly.js; its renderer says so when it starts. */
    _dashPlotlyJSURL: string | undefined
  }
}

/** plotly.js is the same for all dashboards: what Dash would fetch below its own path is kept elsewhere. */
export function takePlotlyFrom(shared: string | undefined, slug: string): void {
  if (shared === undefined) return
  const own = `/dashboard/${slug}/_dash-component-suites/plotly/package_data/plotly.min.js`
  let said: string | undefined
  Object.defineProperty(window, '_dashPlotlyJSURL', {
    configurable: true,
    get: () => (said === own ? shared : said),
    set(url: string) {
      said = url
    },
  })
}
