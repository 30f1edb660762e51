export interface Bar {
  readonly label: string
  readonly value: number
  readonly isOurs: boolean
}

const width = 720
const labelWidth = 220
const barHeight = 18
const pitch = 28
const top = 44
const room = 64

/** Horizontal bars as an SVG that fits a light and a dark page. */
export function barChart(title: string, bars: readonly Bar[]): string {
  const most = Math.max(...bars.map(({ value }) => value))
  const height = top + bars.length * pitch + 8
  const scale = (width - labelWidth - room) / most
  const drawn = bars.map(({ label, value, isOurs }, index) => {
    const y = top + index * pitch
    const length = Math.max(1, value * scale)
    const middle = y + barHeight / 2 + 4
    return [
      `<text class="label" x="${labelWidth - 10}" y="${middle}" text-anchor="end">${escapeXml(label)}</text>`,
      `<rect class="${isOurs ? 'ours' : 'other'}" x="${labelWidth}" y="${y}" width="${length.toFixed(1)}" height="${barHeight}" rx="2"/>`,
      `<text class="value" x="${(labelWidth + length + 8).toFixed(1)}" y="${middle}">${value.toFixed(2)}</text>`,
    ].join('\n')
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(title)}">
<style>
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600 }
.value { fill: #59636e }
.ours { fill: #1f2328 }
.other { fill: #c4cad1 }
@media (prefers-color-scheme: dark) {
  text, .ours { fill: #f0f2f4 }
  .value { fill: #9da7b3 }
  .other { fill: #4a525c }
}
</style>
<text class="title" x="0" y="18">${escapeXml(title)}</text>
${drawn.join('\n')}
</svg>
`
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
