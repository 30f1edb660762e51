import { describe, expect, it } from 'vitest'
import { judgeTrial } from './isolation-check.ts'
import { type IsolationFacts, installCommand, judgeIsolation } from './isolation-diagnosis.ts'

const good: IsolationFacts = {
  platform: 'linux',
  tools: { bwrap: '/b', nsenter: '/n', setpriv: '/s', flock: '/f', tmux: '/t' },
  asRoot: false,
  distribution: 'debian',
  inContainer: false,
  apparmorRestrictsUserNamespaces: null,
  unprivilegedUserNamespaces: null,
  maxUserNamespaces: '96365',
  trialFailure: null,
}
const trialFailure = 'bwrap: No permissions to create new namespace'
const report = 'CapEff=0000000000000000\nNoNewPrivs=1\nuid=20000\nhome\n'

describe('what stands in the way of isolation', () => {
  it('is nothing when the trial sandbox did what it should', () => {
    expect(judgeIsolation(good, false)).toEqual({ isolation: 'namespaces', problems: [] })
  })

  it.each([
    ['macOS', { platform: 'darwin' }, /macOS/, /virtual machine/],
    [
      'no bubblewrap',
      { tools: { ...good.tools, bwrap: null } },
      /bwrap is not/,
      /apt-get install -y bubblewrap/,
    ],
    [
      'no tools at all',
      { tools: { bwrap: null, nsenter: null, setpriv: null, flock: null, tmux: null } },
      /are not installed/,
      /bubblewrap util-linux tmux/,
    ],
    ['a container', { inContainer: true, trialFailure }, /Docker/, /seccomp=unconfined/],
    [
      'AppArmor',
      { apparmorRestrictsUserNamespaces: '1', trialFailure },
      /AppArmor/,
      /apparmor_restrict_unprivileged_userns=0/,
    ],
    [
      'a kernel switch',
      { unprivilegedUserNamespaces: '0', trialFailure },
      /ordinary users/,
      /unprivileged_userns_clone=1/,
    ],
    [
      'a limit of none',
      { maxUserNamespaces: '0', trialFailure },
      /no user namespaces/,
      /max_user_namespaces/,
    ],
    ['something else', { trialFailure: 'odd' }, /odd/, /--allow-unisolated/],
  ])('has words and a fix of its own: %s', (_, facts, message, fix) => {
    const { isolation, problems } = judgeIsolation({ ...good, ...facts }, false)

    expect(isolation).toBe('none')
    const [problem] = problems
    expect(problem?.message).toMatch(message)
    expect(problem?.fix).toMatch(fix)
  })

  it.each([
    ['tmux', 'namespaces', null],
    ['flock', 'namespaces', null],
    ['bwrap', 'none', []],
    ['nsenter', 'none', []],
  ] as const)(
    'without %s leaves the isolation %s, also where none is accepted',
    (tool, isolation, accepted) => {
      const facts = { ...good, tools: { ...good.tools, [tool]: null } }
      const problems = [{ message: `${tool} is not installed.`, fix: expect.stringContaining('apt-get') }]

      expect(judgeIsolation(facts, false)).toEqual({ isolation, problems })
      expect(judgeIsolation(facts, true)).toEqual({ isolation, problems: accepted ?? problems })
    },
  )

  it('is accepted on Linux only, and hides no other tool that is missing', () => {
    const none = { bwrap: null, nsenter: null, setpriv: null, flock: null, tmux: null }
    const { isolation, problems } = judgeIsolation({ ...good, tools: none }, true)

    expect(isolation).toBe('none')
    expect(problems).toEqual([
      { message: 'setpriv, flock, tmux are not installed.', fix: expect.stringMatching(/util-linux tmux/) },
    ])
    expect(judgeIsolation({ ...good, trialFailure }, true)).toEqual({ isolation: 'none', problems: [] })
    expect(judgeIsolation({ ...good, platform: 'darwin' }, true).problems).toHaveLength(1)
  })

  it.each([
    ['ubuntu debian', 'sudo apt-get install -y tmux'],
    ['fedora', 'sudo dnf install -y tmux'],
    ['alpine', 'sudo apk add tmux'],
    ['arch', 'sudo pacman -S --needed tmux'],
    ['opensuse suse', 'sudo zypper install -y tmux'],
  ])('is installed on %s by %s', (distribution, command) => {
    expect(installCommand(['tmux'], distribution, false)).toBe(command)
    expect(installCommand(['tmux'], distribution, true)).toBe(command.replace('sudo ', ''))
  })
})

describe('the report of a trial sandbox', () => {
  it.each([
    [report, null],
    [report.replace('CapEff=0', 'CapEff=f'), /capabilities/],
    [report.replace('NoNewPrivs=1', 'NoNewPrivs=0'), /privileges/],
    [report.replace('20000', '0'), /root/],
    [`${report}shadow\n`, /shadow/],
    [`${report}usr\n`, /usr/],
    [report.replace('home\n', ''), /home/],
    ['', /capabilities/],
  ])('%j is judged', (said, verdict) => {
    const judged = judgeTrial(said)

    if (verdict === null) expect(judged).toBeNull()
    else expect(judged).toMatch(verdict)
  })
})
