type Paint = (text: string) => string

export interface Paints {
  bold: Paint
  dim: Paint
  green: Paint
  red: Paint
  yellow: Paint
  cyan: Paint
}

/** Colours for a terminal; the plain text elsewhere, and where NO_COLOR asks for it. */
export function createPaints(isTerminal: boolean, environment: NodeJS.ProcessEnv): Paints {
  const isPainted = isTerminal && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb'
  const paint = (code: number): Paint => {
    return (text) => (isPainted ? `\u001B[${code}m${text}\u001B[0m` : text)
  }
  return {
    bold: paint(1),
    dim: paint(2),
    red: paint(31),
    green: paint(32),
    yellow: paint(33),
    cyan: paint(36),
  }
}
