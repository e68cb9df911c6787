/** What a brand's colours are said in, for one page alone: it holds no other markup. */
const brandStyle = /<style\b[^>]*>[^<]*<\/style>/g

/**
 * One of our pages, read as a document of its own: no script in it runs. Its colours are left out: they
 * have the nonce of another answer, and the policy of this page, which holds for it too, would be reported
 * as broken.
 */
export const readPage = (text: string): Document =>
  new DOMParser().parseFromString(text.replaceAll(brandStyle, ''), 'text/html')
