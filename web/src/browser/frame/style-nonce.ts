import { intercept } from './intercept.ts'

/** Plotly and Dash add `<style>` elements at run time; the policy lets only those with the nonce apply. */
export function giveStylesNonce(nonce: string): void {
  intercept(Document.prototype, 'createElement', (call) => {
    const element = call()
    if (element instanceof HTMLStyleElement) element.nonce = nonce
    return element
  })
}
