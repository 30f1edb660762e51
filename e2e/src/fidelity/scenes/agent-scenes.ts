import type { Scene } from './scene.ts'

const pauseMs = 400

/** Coding agents, whose model does what the prompt says. */
export const agentScenes: readonly (Scene & { readonly runtime: string })[] = [
  {
    name: 'Claude Code, asking for permission',
    runtime: 'claude-code',
    redraws: true,
    typed: [
      { keys: '', until: /❯/ },
      { keys: 'ANSWER[A **bold** answer, `code` and 界面]', until: /界面\]/, pauseMs },
      { keys: '\r', until: /A bold answer/ },
      { keys: 'TOOLCALL[echo 42 > ~/proof.txt; cat ~/proof.txt]', until: /cat ~\/proof\.txt\]/, pauseMs },
      { keys: '\r', until: /Do you want to proceed/, pauseMs },
    ],
  },
  {
    name: 'Codex, after an answer',
    runtime: 'codex',
    redraws: true,
    typed: [
      { keys: '', until: /OpenAI Codex/, pauseMs },
      { keys: 'ANSWER[A **bold** answer, `code` and 界面]', until: /界面\]/, pauseMs },
      { keys: '\r', until: /A bold answer/, pauseMs },
      { keys: 'TOOLCALL[seq 1 30]', until: /seq 1 30\]/, pauseMs },
      { keys: '\r', until: /^ +30 *$/m, pauseMs: 1500 },
    ],
  },
]
