/** Focus in and out, and the mouse in its three encodings: a terminal says these by itself, nobody typed them. */
const report = /^(?:\x1b\[[IO]|\x1b\[<\d+;\d+;\d+[Mm]|\x1b\[M[\s\S]{3}|\x1b\[\d+;\d+;\d+M)+$/

/** Whether `bytes` are nothing but what a terminal reports by itself. */
export function isTerminalReport(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x1b || bytes.length < 3) return false
  return report.test(String.fromCharCode(...bytes.subarray(0, longestReports)))
}

/** More than any burst of reports that is said at once. */
const longestReports = 1024
